"""An engine over each store, with two technicians, a desk and one job."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from threading import RLock

import pytest

from server.db.open import open_store
from sync.audit import Entry
from sync.engine import Draft, Engine
from sync.memory import MemoryStore
from sync.record import Record
from sync.store import Ask, Changes, DeviceRow, Receipt, Store
from tests.db.fresh import fresh_postgres, fresh_sqlite
from tests.sync.toy import ALICE, BOB, DESK, EPOCH, ToyRules

STORES = ["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


class Bench:
    """What a test holds in its hands."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.rules = ToyRules()
        salts = count()
        self.engine = Engine(
            store,
            self.rules,
            epoch=EPOCH,
            now=lambda: "2026-01-31T09:00:00Z",
            salt=lambda: next(salts).to_bytes(16, "big"),
        )
        self._drafts = count()
        self.put_device(ALICE, BOB)

    def put_device(self, *devices: DeviceRow) -> None:
        """Enrol, change or revoke devices."""
        self.store.transact(lambda tx: tx.write(Changes(devices=list(devices))))

    def desk(self, set: dict[str, object], **more: object) -> str:
        """The desk writes a job; returns the status."""
        fields = {"id": f"d{next(self._drafts)}", "entity": "job", "record": "j1", "aggregate": "job/j1"}
        (result,) = self.engine.write(DESK, [Draft(**{**fields, "set": set, **more})])
        return result.status

    def job(self, id: str = "j1", entity: str = "job") -> Record:
        """The job's record as it stands."""
        return self.store.transact(lambda tx: tx.load(Ask(records=[(entity, id)]))).records[entity, id]

    def ver(self, aggregate: str = "job/j1") -> int:
        """The aggregate's version."""
        return self.store.transact(lambda tx: tx.load(Ask(aggregates=[aggregate]))).aggregates[aggregate].ver

    def ledger(self, device: str = "phone-a") -> list[Receipt]:
        """Every operation that the device ever sent, in order."""
        with self.store.snapshot() as snapshot:
            return snapshot.ledger(device, 0, 10_000)

    def audit(self, aggregate: str = "job/j1") -> list[Entry]:
        """The aggregate's audit chain."""
        with self.store.snapshot() as snapshot:
            return snapshot.audit(aggregate)


@pytest.fixture(params=STORES)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """A fresh engine on each store; job j1 exists at version 1, assigned to alice."""
    store: Store
    if request.param == "memory":
        store = MemoryStore(EPOCH, RLock())
    elif request.param == "sqlite":
        store = open_store(fresh_sqlite(tmp_path), create=False)
    else:
        store = open_store(fresh_postgres(request.getfixturevalue("postgres")), create=False)
    made = Bench(store)
    made.desk({"number": "SO-1", "assignee": "alice"}, action="create")
    yield made
    if not isinstance(store, MemoryStore):
        store.close()
