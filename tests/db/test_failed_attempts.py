"""Failed attempts are counted by all processes on one database together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from server.db.failed_attempts import SqlFailedAttempts
from server.db.open import SqlStore, open_store
from tests.mobile_api.contract.failed_attempts import FailedAttemptsContract
from tests.server.live import live_server


class TestSql(FailedAttemptsContract):
    """Two stores over one database, as two processes have them."""

    @pytest.fixture
    def failed(self, store: SqlStore) -> SqlFailedAttempts:
        return SqlFailedAttempts(store.database)

    @pytest.fixture
    def another(self, store: SqlStore, migrated_url: str) -> Iterator[SqlFailedAttempts]:
        other = open_store(migrated_url, create=False)
        yield SqlFailedAttempts(other.database)
        other.close()


def test_two_servers_bear_no_more_guesses_than_one(database_url: str, tmp_path: Path) -> None:
    answers = []
    with live_server(database_url, tmp_path / "a") as one, live_server(database_url, tmp_path / "b") as two:
        for guess in range(20):
            with (one, two)[guess % 2].client() as client:
                answers.append(_sign_in(client, "wrong").status_code)
        exhausted = [_sign_in(server.client(), "wrong").json()["code"] for server in (one, two)]

    assert answers == [401] * 5 + [429] * 15
    assert exhausted == ["sign_in_attempts_exhausted"] * 2


def test_two_servers_bear_no_more_codes_than_one(database_url: str, tmp_path: Path) -> None:
    key = {"kty": "EC", "crv": "P-256", "x": _X, "y": _Y}
    told = []
    with live_server(database_url, tmp_path / "a") as one, live_server(database_url, tmp_path / "b") as two:
        for guess in range(24):
            body = {"code": f"WRONG-{guess}", "public_key": key}
            told.append((one, two)[guess % 2].client().post("/v1/enrol", json=body).json()["code"])

    assert told == ["enrolment_code_unknown"] * 10 + ["enrolment_attempts_exhausted"] * 14


def _sign_in(client: httpx.Client, password: str) -> httpx.Response:
    return client.post("/v1/desk/login", json={"login": "supervisor", "password": password})


_X, _Y = "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY", "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
"""The base point of P-256."""
