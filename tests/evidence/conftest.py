"""A live server per database with a phone that signs; tests make the orders that they sign."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import ENGINES
from tests.evidence.office import Office
from tests.server.live import Live, live_server
from tests.server.signing import enrolled


@pytest.fixture(scope="session", params=ENGINES)
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A running server with a small company, once on SQLite and once on PostgreSQL."""
    folder = tmp_path_factory.mktemp("evidence")
    url = f"sqlite:///{folder / 'doorstep.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").fresh_database()
    with live_server(url, folder) as server:
        yield server


@pytest.fixture(scope="session")
def desks(live: Live) -> dict[str, httpx.Client]:
    """A signed-in client per role."""
    roles = ("intake", "dispatcher", "supervisor", "auditor", "storekeeper", "admin")
    return {role: live.sign_in(role) for role in roles}


@pytest.fixture(scope="session")
def office(live: Live, desks: dict[str, httpx.Client]) -> Office:
    """Where orders are signed and files handed out."""
    return Office(live, desks, enrolled(live, desks))
