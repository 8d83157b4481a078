"""One tick: claim what is due, ask the jobs what to write, write that and settle the reminders in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from scheduler.failing import MOST_CLAIMS, failed, set_aside
from scheduler.instants import later
from scheduler.queue import Claim, ReminderQueue
from sync.engine import Draft, Engine
from sync.poison import POISON
from sync.push import Refused
from sync.record import Record
from sync.reminder import Entangled, Outcome, Overtaken, Settlement
from sync.store import Ask, DeviceRow, Key, StoreUnavailable, WriteTransaction

DOOR = DeviceRow(id="system-reminders", user="system", roles=("system",))
AT_ONCE = 100
"""So many effects share a transaction at most."""
LEASE_SECONDS = 60
LATE_SECONDS = 300
"""Later than this after its time, an effect is flagged: the server was down, or had failed before."""

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


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written for one claim, and how it comes."""

    claim: Claim
    outcome: Outcome
    drafts: Sequence[Draft]


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
            for turn in _turns(claims):
                for became in self._take(turn):
                    setattr(ticked, became, getattr(ticked, became) + 1)
        return ticked

    def _take(self, claims: Sequence[Claim]) -> Iterator[str]:
        """What became of each of some claims, their effects written together where that can be."""
        subjects = self._subjects(claims)
        effects = []
        for claim in claims:
            if claim.fence > MOST_CLAIMS:
                yield set_aside(self._queue, claim, f"claimed {MOST_CLAIMS} times without an end")
                continue
            try:
                effects.append(self._effect(claim, subjects.get(subject_key(claim))))
            except POISON as fault:
                yield failed(self._queue, claim, fault)
        if effects:
            yield from self._write(effects)

    def _effect(self, claim: Claim, subject: Record | None) -> Effect:
        outcome = timing(claim, self._queue.settling_time() or claim.claimed_at)
        return Effect(claim=claim, outcome=outcome, drafts=self._jobs[claim.kind](claim, subject, outcome))

    def _write(self, effects: Sequence[Effect]) -> list[str]:
        """All in one transaction; one that stands in the way is found by halving, and the others are written."""
        try:
            now = self._queue.settling_time()
            settlements = [settlement(effect.claim, effect.outcome, now) for effect in effects]
            self._engine.write(DOOR, [draft for effect in effects for draft in effect.drafts], settlements)
        except StoreUnavailable:
            raise
        except (Overtaken, Entangled, Refused, *POISON) as fault:
            if len(effects) > 1:
                middle = len(effects) // 2
                return self._write(effects[:middle]) + self._write(effects[middle:])
            if isinstance(fault, Overtaken):
                return ["overtaken"]
            return [failed(self._queue, effects[0].claim, fault)]
        return [effect.outcome for effect in effects]

    def _subjects(self, claims: Sequence[Claim]) -> dict[Key, Record]:
        keys = [subject_key(claim) for claim in claims]

        def load(tx: WriteTransaction) -> dict[Key, Record]:
            return tx.load(Ask(records=keys)).records

        return self._engine.store.transact(load)


def _turns(claims: Sequence[Claim]) -> Iterator[list[Claim]]:
    """The claims in their order, each subject once in a turn: the next one sees what the one before has done."""
    turn: list[Claim] = []
    for claim in claims:
        if any(one.subject == claim.subject for one in turn):
            yield turn
            turn = []
        turn.append(claim)
    if turn:
        yield turn


def subject_key(claim: Claim) -> Key:
    """Which record a claim is about."""
    entity, _, id = claim.subject.partition("/")
    return entity, id


def settlement(claim: Claim, outcome: Outcome, now: str) -> Settlement:
    """What settles a claim; `now` as the queue's `settling_time` says."""
    return Settlement(
        subject=claim.subject,
        kind=claim.kind,
        revision=claim.revision,
        fence=claim.fence,
        outcome=outcome,
        at=now,
    )


def timing(claim: Claim, now: str) -> Outcome:
    """Whether its effect comes in time, late, or not any more."""
    if now >= claim.past_at:
        return "missed"
    return "late" if now > later(claim.due_at, LATE_SECONDS) else "done"
