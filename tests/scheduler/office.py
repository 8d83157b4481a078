"""Jobs whose customers are to be called an hour before: an engine and a queue on one clock that the test moves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import msgspec

from scheduler.effect import effect_id
from scheduler.instants import later
from scheduler.memory_queue import MemoryQueue
from scheduler.queue import Claim, ReminderQueue
from scheduler.tick import Tick
from server.db.reminders_queue import SqlReminders
from sync.engine import Draft, Engine
from sync.memory import MemoryStore
from sync.record import Record
from sync.reminder import Outcome, ReminderRow
from sync.store import Store
from tests.sync.reminding import CALL, RemindingRules
from tests.sync.toy import DESK, EPOCH


class Office:
    """Jobs whose customers are to be called an hour before; a call is a line on the job."""

    def __init__(self, store: Store, clock: list[str]) -> None:
        self.store = store
        self._clock = clock
        salts, self._drafts = count(), count()
        self.engine = Engine(
            store,
            RemindingRules(),
            epoch=EPOCH,
            now=lambda: clock[0],
            salt=lambda: next(salts).to_bytes(16, "big"),
        )
        self.queue: ReminderQueue
        if isinstance(store, MemoryStore):
            self.queue = MemoryQueue(store, lambda: clock[0])
        else:
            self.queue = SqlReminders(store.database, lambda: clock[0])  # type: ignore[attr-defined]

    @property
    def now(self) -> str:
        """The office's clock."""
        return self._clock[0]

    def wait(self, seconds: float) -> None:
        """Time goes on."""
        self._clock[0] = later(self._clock[0], seconds)

    def desk(self, set: dict[str, object], job: str = "j1", action: str = "update") -> None:
        """The desk changes a job."""
        draft = Draft(
            id=f"d{next(self._drafts)}",
            entity="job",
            record=job,
            aggregate=f"job/{job}",
            set=set,
            action=action,  # type: ignore[arg-type]
        )
        self.engine.write(DESK, [draft])

    def plan(self, job: str = "j1", starts: str = "10") -> None:
        """A job, or another time for it."""
        window = {"starts_at": f"2026-02-01T{starts}:00:00Z", "ends_at": f"2026-02-01T{starts}:30:00Z"}
        known = self.store.transact(lambda tx: tx.watchers_of([f"job/{job}"]))
        if known:
            self.desk({"window": window}, job)
        else:
            self.desk({"number": job, "assignee": "alice", "window": window}, job, "create")

    def call(self, claim: Claim, job: Record | None, outcome: Outcome) -> Sequence[Draft]:
        """The effect: a line that says how it came; its id differs by claim, so that a second one would show."""
        assert job is not None
        text = f"{outcome} {claim.revision}"
        line = {"job": job.id, "text": text}
        return [
            Draft(
                id=f"{effect_id(claim)}-{claim.fence}",
                entity="line",
                record=f"{job.id}-{claim.revision}-{claim.fence}",
                aggregate=job.aggregate,
                set=line,
                action="create",
            )
        ]

    def tick(self, job: object = None) -> Tick:
        """A tick that calls, or does something else."""
        return Tick(self.engine, self.queue, {CALL: job or self.call})  # type: ignore[dict-item]

    def calls(self, job: str = "j1") -> list[str]:
        """What was done about a job."""
        with self.store.snapshot() as snapshot:
            bodies = [body for _, _, _, body in snapshot.changed([(f"job/{job}", 0)])]
        records = [msgspec.json.decode(body) for body in bodies]
        return sorted(one["fields"]["text"] for one in records if one["entity"] == "line")

    def rows(self, job: str = "j1") -> list[ReminderRow]:
        """What was ever asked for a job."""
        with self.store.snapshot() as snapshot:
            return snapshot.reminders(f"job/{job}")

    def states(self, job: str = "j1") -> list[str]:
        """How these stand, by revision."""
        return [row.state for row in self.rows(job)]
