"""One running company with Anna and Ben for every test of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.security.parties import Parties, parties
from tests.security.senders import Sender, senders


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parties]:
    """Anna, Ben and the desks, on a server of their own."""
    with parties(tmp_path_factory.mktemp("parties")) as made:
        yield made


@pytest.fixture(scope="module")
def everyone(both: Parties) -> dict[str, Sender]:
    """All who send what the OpenAPI document lets be sent, to that company."""
    return senders(both)
