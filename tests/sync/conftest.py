"""An engine over the memory store, with two technicians, a desk and one job."""

from __future__ import annotations

from itertools import count

import pytest

from sync.engine import Draft, Engine
from sync.memory import MemoryStore
from sync.record import Record
from sync.store import Ask
from tests.sync.toy import ALICE, BOB, DESK, EPOCH, ToyRules


class Bench:
    """What a test holds in its hands."""

    def __init__(self) -> None:
        self.store = MemoryStore(EPOCH)
        self.rules = ToyRules()
        salts = count()
        self.engine = Engine(
            self.store,
            self.rules,
            epoch=EPOCH,
            now=lambda: "2026-01-31T09:00:00Z",
            salt=lambda: next(salts).to_bytes(16, "big"),
        )
        self._drafts = count()
        for device in (ALICE, BOB):
            self.store.put_device(device)

    def desk(self, set: dict[str, object], **more: object) -> str:
        """The desk writes a job; returns the status."""
        fields = {"id": f"d{next(self._drafts)}", "entity": "job", "record": "j1", "aggregate": "job/j1"}
        (result,) = self.engine.write(DESK, [Draft(**{**fields, "set": set, **more})])
        return result.status

    def job(self, id: str = "j1", entity: str = "job") -> Record:
        """The job's record as it stands."""
        return self.store.transact(lambda tx: tx.load(Ask(records=[(entity, id)]))).records[entity, id]

    @property
    def ver(self) -> int:
        """The job's aggregate version."""
        with self.store.snapshot() as snapshot:
            return snapshot._state.aggregates["job/j1"].ver


@pytest.fixture
def bench() -> Bench:
    """A fresh engine; job j1 exists at version 1, assigned to alice."""
    made = Bench()
    made.desk({"number": "SO-1", "assignee": "alice"}, action="create")
    return made
