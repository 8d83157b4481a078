"""One life of the server: the real application over the real store, with a bomb in the database driver."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import anyio
import msgspec
import uvicorn
from sqlalchemy import BigInteger, Column, MetaData, Table, Text

from server.app import application
from server.bootstrap import tied
from server.db.address import is_sqlite, sqlite_path
from server.db.open import SqlStore
from server.db.postgres_database import PostgresDatabase
from server.db.postgres_store import PostgresStore
from server.db.projection import Projections, Projector
from server.db.sqlite_database import SqliteDatabase
from server.db.sqlite_store import SqliteStore
from server.service import Service
from server.settings import read_settings
from sync.engine import Draft
from sync.record import Record
from tests.kills import flawed
from tests.kills.bomb import Bomb, psycopg_class, sqlite_class
from tests.sync.toy import DESK, ToyRules

SECRET = "a secret of at least thirty-two characters"
STARTED_AT = 1_800_000_000
"""Seconds since 1970 at which life 0 would be; each further life is a second later."""
POOL = 2
JOB_TABLE = Table(
    "kills_job",
    MetaData(),
    Column("id", Text, primary_key=True),
    Column("used", BigInteger),
    Column("phone", Text),
)


class Home(msgspec.Struct, frozen=True):
    """Where all lives of one server are spent."""

    database_url: str
    folder: str
    flaw: str = ""


def projections() -> Projections:
    """The toy's one read model, so that read models are among what is written."""

    def row(record: Record) -> dict[str, Any]:
        return {"id": record.id, "used": record.fields.get("used"), "phone": record.fields.get("phone")}

    return Projections([Projector("job", JOB_TABLE, row)])


def opened(url: str, bomb: Bomb) -> SqlStore:
    """The store over connections that the bomb counts."""
    if is_sqlite(url):
        return SqliteStore(SqliteDatabase(sqlite_path(url), sqlite_class(bomb)), projections())
    return PostgresStore(PostgresDatabase(url, POOL, psycopg_class(bomb)), projections())


class Server:
    """The real server, made once in the parent: each fork only opens the database anew and answers."""

    def __init__(self, home: Home) -> None:
        if home.flaw:
            flawed.FLAWS[home.flaw]()
        self._home = home
        self._generation = 0
        self._bomb = Bomb(Path(home.folder) / "trace")
        self._store = opened(home.database_url, self._bomb)
        settings = read_settings({"DOORSTEP_DATABASE_URL": home.database_url, "DOORSTEP_SECRET": SECRET})
        self._service = tied(settings, ToyRules(), self._store, Path(home.folder), self._clock)
        self._app = _Armed(self._service, self._bomb)
        self._rehearse()

    def live(self, generation: int, listening: socket.socket) -> None:
        """Answer until killed. The clock stands still and names the life in every receipt."""
        self._generation = generation
        database = self._store.database
        if isinstance(database, SqliteDatabase):
            SqliteDatabase.__init__(database, database.path, sqlite_class(self._bomb))
        else:
            PostgresDatabase.__init__(database, self._home.database_url, POOL, psycopg_class(self._bomb))
        self._store.listen(self._service.changes.tell)
        uvicorn.Server(self._config()).run(sockets=[listening])

    def _rehearse(self) -> None:
        """Start and end once: the database closes, its threads end, and what is made at first use is inherited."""
        server = uvicorn.Server(self._config())
        startup = server.startup

        async def startup_and_end(sockets: Any = None) -> None:
            await startup(sockets)
            server.should_exit = True

        server.startup = startup_and_end  # type: ignore[method-assign]
        with socket.create_server(("127.0.0.1", 0)) as listening:
            server.run(sockets=[listening])

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(self._app, log_config=None, lifespan="on")

    def _clock(self) -> float:
        return float(STARTED_AT + self._generation)


class _Armed:
    """The application, with a door for the desk's drafts. `kill-at` arms the bomb, `keep` joins in, none disarms."""

    def __init__(self, service: Service, bomb: Bomb) -> None:
        self._service = service
        self._bomb = bomb
        self._app = application(service)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        kill_at = dict(scope["headers"]).get(b"kill-at")
        if kill_at is None:
            self._bomb.disarm()
        elif kill_at != b"keep":
            self._bomb.arm(int(kill_at))

        async def counted(message: Any) -> None:
            with self._bomb.around(message["type"]):
                await send(message)

        if scope["path"] == "/desk":
            await self._desk(receive, counted)
        else:
            await self._app(scope, receive, counted)

    async def _desk(self, receive: Any, send: Any) -> None:
        drafts = msgspec.json.decode((await receive())["body"], type=list[Draft])
        results = await anyio.to_thread.run_sync(self._service.engine.write, DESK, drafts)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": msgspec.json.encode(results)})
