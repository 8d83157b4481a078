"""One live server per database for all tests of this folder; tests make the orders that they work on."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import ENGINES
from tests.server.live import Live, live_server
from tests.server.orders import Orders


@pytest.fixture(scope="session", params=ENGINES)
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A running server with a small company, once on SQLite and once on PostgreSQL."""
    folder = tmp_path_factory.mktemp("live")
    url = f"sqlite:///{folder / 'doorstep.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").fresh_database()
    with live_server(url, folder) as server:
        yield server


@pytest.fixture(scope="session")
def desks(live: Live) -> dict[str, httpx.Client]:
    """A signed-in client per role."""
    roles = ("intake", "dispatcher", "expert", "storekeeper", "supervisor", "auditor", "admin")
    return {role: live.sign_in(role) for role in roles}


@pytest.fixture
def orders(live: Live, desks: dict[str, httpx.Client]) -> Orders:
    """Makes orders and visits."""
    return Orders(live, desks)
