"""Invariant 11. A reminder has one effect per (subject, kind, revision); none after cancellation or after the fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

import msgspec
import pytest

from scheduler.instants import later
from scheduler.queue import Claim, ReminderQueue
from scheduler.tick import Tick, Ticked
from sync.engine import Draft
from sync.record import Record, decode_record
from sync.reminder import Outcome
from tests.invariants.conftest import MakeWorld, worlds
from tests.scheduler.office import Office
from tests.sync.reminding import CALL
from tests.sync.toy import DESK

JOBS = ("j1", "j2", "j3")
STEPS = 60
MORNING = "2026-02-01T06:00:00.000Z"
LEASE_SECONDS = 60
WORLDS = pytest.mark.parametrize(("make_world", "seed"), worlds(0, 16, on_sql=3), indirect=["make_world"])


class Effect(msgspec.Struct, frozen=True):
    """What the store holds of one effect."""

    job: str
    revision: int
    outcome: str
    ver: int
    """Of the job's aggregate."""
    at: str


class InHand:
    """A queue of claims that a worker took some time ago."""

    def __init__(self, queue: ReminderQueue, claims: Sequence[Claim]) -> None:
        self._claims = list(claims)
        self.put_back, self.set_aside = queue.put_back, queue.set_aside
        self.settling_time = queue.settling_time

    def claim(self, *_: object) -> list[Claim]:
        """Those; then no more."""
        claims, self._claims = self._claims, []
        return claims


class Day:
    """Desks that plan, move and cancel; workers that claim, sleep, die, fail and act; a clock that jumps."""

    def __init__(self, seed: int, office: Office) -> None:
        self.dice = Random(seed)
        self.office = office
        self.hands: list[list[Claim]] = []
        self.said: dict[str, list[tuple[int, str | None]]] = {job: [] for job in JOBS}
        """Per job, by version: when it begins, or None."""
        self.became: Counter[str] = Counter()
        self.too_late: set[tuple[str, int]] = set()
        """(job, version) of times that had passed when they were said."""
        self._drafts = 0
        self._deep = False

    def run(self) -> None:
        """A number of steps; then peace, until nothing is left to do."""
        for _ in range(STEPS):
            self.step()
        self._deep = True
        for _ in range(60):
            self.office.wait(1800)
            self._add(Tick(self.office.engine, self.office.queue, {CALL: self.office.call})())

    def step(self) -> None:
        """One thing happens."""
        self.dice.choices(
            [self._plan, self._cancel, self._wait, self._claim, self._act, self._die], [4, 1, 5, 4, 4, 1]
        )[0]()

    def _plan(self) -> None:
        """A time, another time, or several at once; a cancelled job stays cancelled."""
        job = self.dice.choice(JOBS)
        if self.said[job] and self.said[job][-1][1] is None:
            return
        known = bool(self.said[job])
        times = [self._starts() for _ in range(self.dice.choice((1, 1, 2)))]
        drafts = []
        for place, starts in enumerate(times):
            window = {"starts_at": starts, "ends_at": later(starts, 3600)}
            create = not known and place == 0
            fields = {"window": window, "number": job} if create else {"window": window}
            drafts.append(self._draft(job, fields, "create" if create else "update"))
        before = self.said[job][-1][1] if known else None
        ver = self._write(job, drafts)
        if times[-1] != before or len(times) > 1:
            self.said[job].append((ver, times[-1]))
            if times[-1] <= self.office.now:
                self.too_late.add((job, ver))

    def _starts(self) -> str:
        return later(self.office.now, self.dice.randint(-30, 240) * 60)

    def _cancel(self) -> None:
        job = self.dice.choice(JOBS)
        if self.said[job] and self.said[job][-1][1] is not None:
            ver = self._write(job, [self._draft(job, {"state": {"event": "cancel"}}, "update")])
            self.said[job].append((ver, None))

    def _draft(self, job: str, fields: dict[str, Any], action: Any) -> Draft:
        self._drafts += 1
        id = f"desk-{self._drafts}"
        return Draft(id=id, entity="job", record=job, aggregate=f"job/{job}", set=fields, action=action)

    def _write(self, job: str, drafts: list[Draft]) -> int:
        return self.office.engine.write(DESK, drafts)[-1].wrote[f"job/{job}"]

    def _wait(self) -> None:
        self.office.wait(self.dice.choice((1, 30, 61, 600, 1800, 7200)))

    def _claim(self) -> None:
        if claims := self.office.queue.claim([CALL], self.dice.randint(1, 3), LEASE_SECONDS):
            self.hands.append(claims)

    def _die(self) -> None:
        """A worker is killed with what it has in hand."""
        if self.hands:
            self.hands.pop(self.dice.randrange(len(self.hands)))

    def _act(self) -> None:
        """A worker acts on claims that may be old; now and then another acts on the same ones again."""
        if not self.hands:
            return
        claims = self.hands[self.dice.randrange(len(self.hands))]
        if self.dice.random() < 0.7:
            self.hands.remove(claims)
        self._add(Tick(self.office.engine, InHand(self.office.queue, claims), {CALL: self._call})())

    def _call(self, claim: Claim, job: Record | None, outcome: Outcome) -> Sequence[Draft]:
        """The effect; between claim and effect the world goes on, or a fault of ours strikes."""
        if not self._deep:
            self._deep = True
            for _ in range(self.dice.choice((0, 0, 1, 3))):
                self.step()
            self._deep = False
        if self.dice.random() < 0.1:
            raise LookupError("no line")
        (draft,) = self.office.call(claim, job, outcome)
        # Neither the operation's id nor the record's may hide a second effect.
        self._drafts += 1
        return [msgspec.structs.replace(draft, id=f"call-{self._drafts}", record=f"call-{self._drafts}")]

    def _add(self, ticked: Ticked) -> None:
        self.became.update(msgspec.structs.asdict(ticked))

    def effects(self) -> list[Effect]:
        """What was really done, as the store tells it."""
        found = []
        with self.office.store.snapshot() as snapshot:
            for job in JOBS:
                for _, ver, _, body in snapshot.changed([(f"job/{job}", 0)]):
                    record = decode_record(body)
                    if record.entity == "line":
                        outcome, revision = record.fields["text"].split()
                        at = self._received(snapshot, ver, job)
                        found.append(Effect(job, int(revision), outcome, ver, at))
        return found

    def _received(self, snapshot: Any, ver: int, job: str) -> str:
        for entry in snapshot.audit(f"job/{job}"):
            change = msgspec.json.decode(entry.payload)
            if change["ver"] == ver and change["entity"] == "line":
                return str(change["received_at"])
        raise AssertionError(f"no audit entry for {job} at {ver}")


def lived(make_world: MakeWorld, seed: int) -> Day:
    """A whole day."""
    day = Day(seed, Office(make_world(seed).store, [MORNING]))
    day.run()
    return day


@WORLDS
def test_no_revision_has_two_effects(make_world: MakeWorld, seed: int) -> None:
    effects = lived(make_world, seed).effects()
    assert max(Counter((one.job, one.revision) for one in effects).values(), default=1) == 1


@WORLDS
def test_an_effect_belongs_to_what_was_last_said_and_none_comes_after_a_cancellation(
    make_world: MakeWorld, seed: int
) -> None:
    day = lived(make_world, seed)
    for effect in day.effects():
        before = [said for said in day.said[effect.job] if said[0] < effect.ver]
        assert before[-1][0] == effect.revision, (effect, day.said[effect.job])
        assert before[-1][1] is not None


@WORLDS
def test_none_comes_before_its_time_or_after_the_fact(make_world: MakeWorld, seed: int) -> None:
    day = lived(make_world, seed)
    for effect in day.effects():
        starts = dict(day.said[effect.job])[effect.revision]
        assert starts is not None
        assert effect.at >= later(starts, -3600), effect
        assert (effect.outcome == "missed") == (effect.at >= starts), effect


@WORLDS
def test_nothing_is_forgotten(make_world: MakeWorld, seed: int) -> None:
    day = lived(make_world, seed)
    had = {(one.job, one.revision) for one in day.effects()}
    for job in JOBS:
        dead = {row.revision for row in day.office.rows(job) if row.state == "dead"}
        if day.said[job] and day.said[job][-1][1] is not None:
            ver = day.said[job][-1][0]
            assert ((job, ver) in had) == (ver not in dead and (job, ver) not in day.too_late)
        assert "pending" not in day.office.states(job)


@pytest.mark.parametrize("make_world", ["memory"], indirect=True)
def test_the_days_hold_what_they_are_about(make_world: MakeWorld) -> None:
    became: Counter[str] = Counter()
    for seed in range(16):
        became += lived(make_world, seed).became
    assert all(became[name] for name in ("done", "late", "missed", "overtaken", "failed")), became
