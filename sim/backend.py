"""The server's database: in memory, a SQLite file, or a PostgreSQL database; each can be backed up and restored."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from threading import RLock
from typing import Any, Protocol

from media.memory_register import MemoryRegister
from media.register import UploadRegister
from mobile_api.ports import Devices, Enrolments, Quarantine
from server.db.devices import SqlDevices
from server.db.enrolments import SqlEnrolments
from server.db.migrate import migrate
from server.db.open import SqlStore, open_store
from server.db.quarantine import SqlQuarantine
from server.db.statement import Statement
from server.db.uploads import SqlUploads
from sync.memory import MemoryStore
from sync.store import Store
from tests.mobile_api.memory_ports import MemoryDevices, MemoryEnrolments, MemoryQuarantine
from tests.parts.postgres import Postgres

KINDS = ("memory", "sqlite", "postgres")
_EPOCH = Statement("UPDATE meta SET epoch = :epoch WHERE one = 1")
_DEPOSITS = Statement("SELECT device, payload FROM quarantine ORDER BY device, place")


class Backend(Protocol):
    """One database and the phones' ports over it."""

    @property
    def store(self) -> Store:
        """The engine's port."""

    @property
    def devices(self) -> Devices:
        """The phones."""

    @property
    def enrolments(self) -> Enrolments:
        """One-time codes."""

    @property
    def quarantine(self) -> Quarantine:
        """What withdrawn and unknown phones deposit."""

    @property
    def uploads(self) -> UploadRegister:
        """Rows of uploads."""

    def issue(self, digest: str, user: str, roles: tuple[str, ...], now: str, expires_at: str) -> None:
        """Make an enrolment code."""

    def begin_epoch(self, epoch: str) -> None:
        """Name the history that begins here."""

    def deposits(self) -> list[tuple[str, bytes]]:
        """(device, operation) of everything in quarantine."""

    def back_up(self) -> object:
        """A copy to go back to."""

    def restore(self, backup: Any) -> None:
        """Everything since the copy never happened. Ports and store are new objects afterwards."""

    def close(self) -> None:
        """Let go, and leave nothing behind."""


class InMemory:
    """See `Backend`."""

    def __init__(self) -> None:
        self._tie(MemoryStore("e1", RLock()))
        self.enrolments = MemoryEnrolments(self.store)
        self.quarantine = MemoryQuarantine()
        self.uploads = MemoryRegister()

    def _tie(self, store: MemoryStore) -> None:
        self.store = store
        self.devices = MemoryDevices(store)

    def issue(self, digest: str, user: str, roles: tuple[str, ...], now: str, expires_at: str) -> None:
        self.enrolments.issue(digest, user, roles, expires_at)

    def begin_epoch(self, epoch: str) -> None:
        self.store._state.epoch = epoch

    def deposits(self) -> list[tuple[str, bytes]]:
        return [(device, one) for device, held in sorted(self.quarantine.deposits.items()) for one in held]

    def back_up(self) -> object:
        said = self.devices.said, self.devices._floors
        deposits, codes = self.quarantine.deposits, self.enrolments._codes
        return copy.deepcopy((_rows(self.store), said, deposits, codes, self.uploads._rows))

    def restore(self, backup: Any) -> None:
        rows, said, deposits, codes, uploads = copy.deepcopy(backup)
        store = MemoryStore("e1", RLock())
        vars(store._state).update(rows)
        self._tie(store)
        self.devices.said, self.devices._floors = said
        self.quarantine, self.enrolments = MemoryQuarantine(), MemoryEnrolments(store)
        self.quarantine.deposits, self.enrolments._codes = deposits, codes
        self.uploads = MemoryRegister()
        self.uploads._rows = uploads

    def close(self) -> None:
        pass


def _rows(store: MemoryStore) -> dict[str, Any]:
    return {name: copy.copy(table) for name, table in vars(store._state).items()}


class _OnSql:
    store: SqlStore

    def _tie(self, url: str) -> None:
        self.url = url
        self.store = open_store(url, create=False)
        self.devices = SqlDevices(self.store)
        self.devices.answers_at_once = True  # the simulator has one thread, and no loop to hold up
        self.enrolments = SqlEnrolments(self.store.database)
        self.quarantine = SqlQuarantine(self.store.database)
        self.uploads = SqlUploads(self.store.database)

    def issue(self, digest: str, user: str, roles: tuple[str, ...], now: str, expires_at: str) -> None:
        self.enrolments.issue(digest, user, roles, now=now, expires_at=expires_at)

    def begin_epoch(self, epoch: str) -> None:
        self.store.database.write(lambda connection: connection.run(_EPOCH, epoch=epoch))

    def deposits(self) -> list[tuple[str, bytes]]:
        rows = self.store.database.read(lambda connection: connection.rows(_DEPOSITS))
        return [(device, bytes(payload)) for device, payload in rows]


class OnSqlite(_OnSql):
    """See `Backend`: a file on the disk of the phones."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._copies = 0
        shutil.copyfile(_migrated_file(), folder / "server.db")
        (folder / "server.db").chmod(0o600)
        self._tie(f"sqlite:///{folder / 'server.db'}")

    def back_up(self) -> object:
        self.store.close()
        self._copies += 1
        copied = self._folder / f"backup-{self._copies}.db"
        shutil.copyfile(self._folder / "server.db", copied)
        self._tie(self.url)
        return copied

    def restore(self, backup: Path) -> None:
        self.store.close()
        for suffix in ("-wal", "-shm"):
            (self._folder / f"server.db{suffix}").unlink(missing_ok=True)
        shutil.copyfile(backup, self._folder / "server.db")
        self._tie(self.url)

    def close(self) -> None:
        self.store.close()


class OnPostgres(_OnSql):
    """See `Backend`: a database of a cluster that is already there."""

    def __init__(self, cluster: Postgres) -> None:
        self._cluster = cluster
        self._made = [cluster.fresh_database(cluster.template("simulated", migrate))]
        self._tie(self._made[-1])

    def back_up(self) -> object:
        self.store.close()
        self._made.append(self._cluster.fresh_database(_name(self.url)))
        self._tie(self.url)
        return self._made[-1]

    def restore(self, backup: str) -> None:
        self.store.close()
        self._made.append(self._cluster.fresh_database(_name(backup)))
        self._tie(self._made[-1])

    def close(self) -> None:
        with suppress(Exception):
            self.store.close()
        for url in self._made:
            self._cluster.drop_database(url)


def _name(url: str) -> str:
    return url.rpartition("/")[2]


@cache
def _migrated_file() -> Path:
    file = Path(mkdtemp(prefix="doorstep-simulated-")) / "migrated.db"
    migrate(f"sqlite:///{file}")
    return file


def open_backend(kind: str, folder: Path, cluster: Callable[[], Postgres]) -> Backend:
    """An empty database of one kind, in epoch `e1`."""
    backend = (
        InMemory() if kind == "memory" else OnSqlite(folder) if kind == "sqlite" else OnPostgres(cluster())
    )
    backend.begin_epoch("e1")
    return backend
