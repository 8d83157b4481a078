"""One tick: claim what is due, ask its job what to write, write that and settle the reminder in one transaction."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence

import msgspec

from scheduler.instants import later
from scheduler.queue import Claim, ReminderQueue
from sync.engine import Draft, Engine
from sync.push import POISON, Refused
from sync.record import Record
from sync.reminder import Outcome, Overtaken, Settlement
from sync.store import Ask, DeviceRow, WriteTransaction

log = logging.getLogger(__name__)

DOOR = DeviceRow(id="system-reminders", user="system", roles=("system",))
AT_ONCE = 50
LEASE_SECONDS = 60
LATE_SECONDS = 300
"""Later than this after its time, an effect is flagged: the server was down, or had failed before."""
MOST_FAILURES = 5
FIRST_PAUSE_SECONDS = 30
"""After a first failure; each further pause is twice as long."""
MOST_CLAIMS = 20
"""So often it may be claimed without an end; then it is what ends the processes that try it."""
LONGEST_ERROR = 500

Job = Callable[[Claim, Record | None, Outcome], Sequence[Draft]]
"""What is to be written for a reminder, given its subject as it stands and whether it comes in time. Pure.

For `missed` the fact has passed: what the reminder was for must not be done any more, only told.
"""


class Ticked(msgspec.Struct, kw_only=True):
    """What became of the claims of one tick."""

    done: int = 0
    late: int = 0
    missed: int = 0
    overtaken: int = 0
    """Cancelled, or settled by somebody else, after they were claimed."""
    failed: int = 0
    dead: int = 0


class Tick:
    """Call it as often as you like, in any number of threads and processes."""

    def __init__(
        self,
        engine: Engine,
        queue: ReminderQueue,
        jobs: Mapping[str, Job],
        *,
        lease_seconds: int = LEASE_SECONDS,
        at_once: int = AT_ONCE,
    ) -> None:
        self._engine = engine
        self._queue = queue
        self._jobs = jobs
        self._lease_seconds = lease_seconds
        self._at_once = at_once

    def __call__(self) -> Ticked:
        """Do everything that is due. Raises StoreUnavailable: what was claimed then waits for its lease to run out."""
        ticked = Ticked()
        kinds = sorted(self._jobs)
        while claims := self._queue.claim(kinds, self._at_once, self._lease_seconds):
            for claim in claims:
                became = self._try(claim)
                setattr(ticked, became, getattr(ticked, became) + 1)
        return ticked

    def _try(self, claim: Claim) -> str:
        if claim.fence > MOST_CLAIMS:
            return self._set_aside(claim, f"claimed {MOST_CLAIMS} times without an end")
        try:
            return self._act(claim)
        except Overtaken:
            return "overtaken"
        except (Refused, *POISON) as fault:
            return self._failed(claim, f"{type(fault).__name__}: {fault}"[:LONGEST_ERROR])

    def _act(self, claim: Claim) -> Outcome:
        outcome = timing(claim, self._queue.settling_time() or claim.claimed_at)
        drafts = self._jobs[claim.kind](claim, self._subject(claim), outcome)
        settlement = Settlement(
            subject=claim.subject,
            kind=claim.kind,
            revision=claim.revision,
            fence=claim.fence,
            outcome=outcome,
            at=self._queue.settling_time(),
        )
        self._engine.write(DOOR, drafts, settlement)
        return outcome

    def _subject(self, claim: Claim) -> Record | None:
        entity, _, id = claim.subject.partition("/")

        def load(tx: WriteTransaction) -> Record | None:
            return tx.load(Ask(records=[(entity, id)])).records.get((entity, id))

        return self._engine.store.transact(load)

    def _failed(self, claim: Claim, error: str) -> str:
        if claim.attempts + 1 >= MOST_FAILURES:
            return self._set_aside(claim, error)
        pause = FIRST_PAUSE_SECONDS * 2**claim.attempts
        ours = self._queue.put_back(claim, error, pause)
        return "failed" if ours else "overtaken"

    def _set_aside(self, claim: Claim, error: str) -> str:
        if not self._queue.set_aside(claim, error):
            return "overtaken"
        log.error("the reminder %s of %s is set aside: %s", claim.kind, claim.subject, error)
        return "dead"


def timing(claim: Claim, now: str) -> Outcome:
    """Whether its effect comes in time, late, or not any more."""
    if now >= claim.past_at:
        return "missed"
    return "late" if now > later(claim.due_at, LATE_SECONDS) else "done"


def effect_id(claim: Claim, place: int = 0) -> str:
    """The id of an operation of a reminder's effect: the same whoever makes it."""
    said = f"{claim.subject}\n{claim.kind}\n{claim.revision}\n{place}"
    return f"reminder-{hashlib.sha256(said.encode()).hexdigest()[:32]}"
