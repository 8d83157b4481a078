"""What is going on when the server is killed. Each gives the request once more, and what must be true then."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from server.db.address import is_sqlite
from tests.kills.world import World, draft, hold
from tests.sync.toy import ALICE, BOB

Outcome = dict[str, Any]
"""What a job has become and what was answered, with the same names for every job."""


def mixed(job: str) -> list[dict[str, Any]]:
    """A phone's batch: counters, a conflict, lines with follow-ups, and work that parks for every kind of reason."""
    line = {"entity": "line", "record": f"{job}-l1"}
    unknown = {"entity": "line", "record": f"{job}-l2"}
    late = {"entity": "line", "record": f"{job}-l3"}
    return [
        {"set": {"used": {"inc": 2}, "tags": {"add": ["seen"]}}},
        {"set": {"log": {"add": [{"id": f"{job}-e1"}]}, "phone": "the customer's"}},
        {"set": {"state": {"event": "start"}, "severity": "high"}},
        {"set": {"job": job, "text": "leaks"}, "action": "create", **line},
        {"set": {"text": "leaks a lot"}, **line},
        {"set": {"job": job, "colour": "blue"}, "action": "create", **unknown},
        {"set": {"text": "waits for its line"}, **unknown},
        {"set": {"remarks": "nobody's"}, "record": f"{job}-x", "aggregate": f"job/{job}-x"},
        {"set": {"billing": "mine", "used": {"inc": 3}}},
        {"set": {"text": "comes before its line"}, **late},
        {"set": {"job": job, "text": "late"}, "action": "create", **late},
        {"set": {"used": {"inc": 5}}},
    ]


class Scenario:
    """A request that is killed at every boundary it passes."""

    def __init__(self, world: World) -> None:
        self.world = world

    def run(self, kill_at: int) -> tuple[Outcome, list[str]]:
        """Prepare, send and, with `kill_at`, die there and send again; returns the outcome and the boundaries."""
        world = self.world
        job = world.job()
        before = world.generation
        first = self.send(job, kill_at)
        passed = world.trace()
        if kill_at and world.generation == before:
            world.die()
        told = self.send(job, None)
        hold(told is not None, "the retry is answered")
        self.check_order(job, passed, before if kill_at else 0)
        outcome = {"answer": self.named(job, told), **world.check(job)}
        if first is not None:
            hold(self.named(job, first) == outcome["answer"], "the reply that was given is given again")
        self.send(job, None)
        again = {"answer": outcome["answer"], **world.check(job)}
        hold(again == outcome, f"another retry changes nothing: {again} {outcome}")
        return outcome, passed

    def send(self, job: str, kill_at: int | None) -> Any:
        """The same request whenever it is the same job; None when the connection was cut."""
        raise NotImplementedError

    def named(self, job: str, answer: Any) -> Any:
        """The answer without what differs between jobs."""
        raise NotImplementedError

    def check_order(self, job: str, passed: list[str], before: int) -> None:
        """All or nothing; and certainly all, or certainly nothing, where the boundary tells."""


class Push(Scenario):
    """One phone pushes one mixed batch."""

    acknowledged_before = 0
    """So many of its operations were acknowledged already when the batch is sent."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._batches: dict[str, list[bytes]] = {}

    def send(self, job: str, kill_at: int | None) -> Any:
        if job not in self._batches:
            self._batches[job] = self.world.operations(ALICE.id, job, mixed(job))
            if self.acknowledged_before:
                self.world.push(ALICE.id, self._batches[job][: self.acknowledged_before])
        return self.world.push(ALICE.id, self._batches[job], kill_at)

    def named(self, job: str, answer: Any) -> Any:
        return [
            {name: value for name, value in one.items() if name in ("status", "reason", "flags")}
            | {"wrote": sorted(one.get("wrote", {}).values())}
            for one in answer["results"]
        ]

    def check_order(self, job: str, passed: list[str], before: int) -> None:
        lives = self.world.lives(self._batches[job][self.acknowledged_before :])
        hold(len(lives) == 1, f"the batch was taken in at once, not in lives {lives}")
        if not before:
            return
        self.world.kept += lives == {before}
        if "after COMMIT" not in passed:
            hold(lives == {before + 1}, f"nothing is kept before the commit: lives {lives}, not {before + 1}")
        elif is_sqlite(self.world.url) or "after pipeline" in passed[passed.index("after COMMIT") :]:
            hold(lives == {before}, f"what was committed is kept: lives {lives}, not {before}")


class Overlap(Push):
    """A batch whose first half was acknowledged before, as after a lost reply to a smaller one."""

    acknowledged_before = 5


class Desk(Scenario):
    """A dispatcher's write that also passes the job on."""

    def send(self, job: str, kill_at: int | None) -> Any:
        drafts = [
            draft(job, "counted", {"used": {"inc": 7}, "phone": "again"}, base_ver=2),
            draft(
                job,
                "line",
                {"job": job, "text": "by hand"},
                entity="line",
                record=f"{job}-l",
                action="create",
            ),
            draft(job, "passed on", {"assignee": "bob", "priority": "high"}, base_ver=2),
        ]
        return self.world.desk(*drafts, kill_at=kill_at)

    def named(self, job: str, answer: Any) -> Any:
        return [sorted(one.wrote.values()) for one in answer]


class Forked(Scenario):
    """A copy of the phone sends other content under a number that is taken: it gets a name, and only one."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._copies: dict[str, bytes] = {}

    def send(self, job: str, kill_at: int | None) -> Any:
        if job not in self._copies:
            (original,) = self.world.operations(ALICE.id, job, [{"set": {"used": {"inc": 1}}}])
            self.world.push(ALICE.id, [original])
            self._copies[job] = original.replace(b'"inc":1', b'"inc":9').replace(b"-phone-a-1", b"-copy-1")
        return self.world.push(ALICE.id, [self._copies[job]], kill_at)

    def named(self, job: str, answer: Any) -> Any:
        hold(answer["fork"] in self.world.forks(ALICE.id), "the copy's own name is kept")
        return bool(answer["fork"])


class Together(Scenario):
    """Two phones push at the same moment, into one commit where the database can."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._batches: dict[str, dict[str, list[bytes]]] = {}

    def send(self, job: str, kill_at: int | None) -> Any:
        world = self.world
        if job not in self._batches:
            world.desk(draft(job, "to bob", {"assignee": "bob"}, base_ver=2))
            bobs = [{"set": {"used": {"inc": 1}, "phone": "bob's"}, "base": 3}] * 3
            self._batches[job] = {
                ALICE.id: world.operations(ALICE.id, job, mixed(job)),
                BOB.id: world.operations(BOB.id, job, bobs),
            }
        batches = self._batches[job]
        keep = None if kill_at is None else "keep"
        with ThreadPoolExecutor(2) as threads:
            alice = threads.submit(world.push, ALICE.id, batches[ALICE.id], kill_at)
            bob = threads.submit(world.push, BOB.id, batches[BOB.id], keep)
            while not (alice.done() and bob.done()):
                # Whoever connects after the kill waits for the next life.
                if kill_at and world.nursery.has_ended(0.01):
                    world.die()
                    kill_at = None
                wait((alice, bob), 0.01)
            answers = [alice.result(), bob.result()]
        return None if None in answers else answers

    def named(self, job: str, answer: Any) -> Any:
        return [len(one["results"]) for one in answer]

    def run(self, kill_at: int) -> tuple[Outcome, list[str]]:
        outcome, passed = super().run(kill_at)
        # Who came first decides versions, conflicts and whose word stands; sums do not depend on it. How many
        # boundaries there are depends on how many works shared a commit: the last ones are not always met.
        return {name: outcome["job"][name] for name in ("used", "log", "lines")}, passed[: len(passed) // 2]
