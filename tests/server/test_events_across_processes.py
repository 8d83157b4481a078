"""Two server processes on one PostgreSQL: what is written through one reaches the streams of the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import httpx
import psycopg
import pytest

from server.bootstrap import open_service
from server.db.accounts import Account
from server.db.waking import hearing
from server.desk.password import password_hash
from server.settings import read_settings
from tests.parts.postgres import Postgres
from tests.parts.server_process import SECRET, ServerProcess, running_server
from tests.server.company import PASSWORD, fill
from tests.server.test_events import listening

_numbers = count(1)


@dataclass
class Two:
    """Servers A and B, and the database that they share."""

    a: httpx.Client
    b: httpx.Client
    b_process: ServerProcess
    database_url: str

    def new_customer(self) -> str:
        """Write through A; returns the aggregate."""
        fields = {"number": f"NEW-{next(_numbers)}", "name": {"zh": "新客户"}}
        answer = self.a.post("/v1/desk/customers", json={"fields": fields})
        assert answer.status_code == 201, answer.text
        (record,) = answer.json()["records"]
        return str(record)


@pytest.fixture(scope="module")
def two(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    """Both are running, with a supervisor signed in at each."""
    folder = tmp_path_factory.mktemp("two")
    url = postgres.fresh_database()
    variables = {"DOORSTEP_DATABASE_URL": url, "DOORSTEP_BLOB_STORE_URL": f"file:{folder / 'blobs'}"}
    _make_company(variables)
    with running_server(folder, variables) as first, running_server(folder, variables) as second:
        a, b = _signed_in(first), _signed_in(second)
        yield Two(a, b, second, url)
        a.close()
        b.close()


def _make_company(variables: dict[str, str]) -> None:
    own = {"DOORSTEP_BASE_URL": "http://127.0.0.1:8400", "DOORSTEP_SECRET": SECRET}
    service = open_service(read_settings(variables | own), migrate=True)
    fill(service.engine)
    service.accounts.put(
        Account(
            id="u-1", login="lin", display_name="林", roles=("supervisor", "intake"),
            password_hash=password_hash(PASSWORD),
        )
    )  # fmt: skip
    service.close()


def _signed_in(server: ServerProcess) -> httpx.Client:
    client = httpx.Client(base_url=server.base_url, trust_env=False, timeout=20)
    answer = client.post("/v1/desk/login", json={"login": "lin", "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return client


def test_a_write_in_one_process_reaches_a_stream_in_the_other(two: Two) -> None:
    with listening(two.b) as events:
        customer = two.new_customer()
        heard = next(data for kind, data in events if kind == "change")

    assert heard == {"aggregate": customer, "ver": 1}


def test_a_stream_whose_process_lost_its_connection_reads_again_and_hears_again(two: Two) -> None:
    with listening(two.b) as events:
        with psycopg.connect(two.database_url, autocommit=True) as admin:
            cut = admin.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND application_name = %s", (hearing.NAME,)
            ).fetchall()  # fmt: skip
            assert cut == [(True,), (True,)]
        two.new_customer()
        assert next(events)[0] == "reload", "what came meanwhile is told as: look again"
        # Each write comes by name, or before B listens again and is told by another `reload`.
        kinds = []
        while not kinds or kinds[-1] != "change":
            two.new_customer()
            kinds.append(next(events)[0])
        assert set(kinds) <= {"reload", "change"} and len(kinds) < 100


def test_a_server_ends_at_once_when_it_is_asked_to(two: Two) -> None:
    with listening(two.b) as events:
        assert two.b_process.stop() == 0
        list(events)
