"""A customer whose data are everywhere, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.service import Service
from tests.personal_data import house


@pytest.fixture
def company(database_url: str, tmp_path: Path) -> Iterator[Service]:
    """A service with the customer in it."""
    with house.service(database_url, tmp_path) as opened:
        house.fill(opened)
        yield opened
