"""Days at random: two phones, a desk, cuts, lost replies, restarts and restored servers. In the end all agree."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from itertools import count

import pytest

from doorstep_client import InvalidOperation, Phone, ReadOnly, Unreachable
from doorstep_client.outbox import entries
from sync.memory import MemoryStore
from sync.pull import Limits
from tests.client.clock import HeldClock
from tests.client.conftest import OpenPhone
from tests.client.server import Server
from tests.client.trouble import backup, in_step

JOBS = ("j1", "j2", "j3")
SEEDS = range(40)


class Storm:
    """One seed's day."""

    def __init__(
        self, seed: int, server: Server, clock: HeldClock, open_phone: OpenPhone, has_restores: bool
    ) -> None:
        self.dice = random.Random(seed)
        self.server = server
        self.clock = clock
        self.open_phone = open_phone
        self.phones = {name: self._enrolled(name) for name in ("a", "b")}
        self.increments = dict.fromkeys(JOBS, 0)
        """What was promised to each job's counter, by whomever."""
        self.has_restores = has_restores
        self._kept = backup(server)
        self._epochs = count(2)

    def _enrolled(self, name: str) -> Phone:
        phone = self.open_phone(name)
        phone.enrol(f"CODE-{name.upper()}", name, "test")
        return phone

    def step(self) -> None:
        actions: list[Callable[[], None]] = [self._work] * 8 + [self._sync] * 4 + [self._desk] * 2
        actions += [self._reassign, self._restart, self._hours]
        if self.has_restores:
            actions += [self._back_up, self._restore]
        self.dice.choice(actions)()

    def _work(self) -> None:
        phone = self.phones[self.dice.choice("ab")]
        job = self.dice.choice(JOBS)
        change = self.dice.choice(
            [
                {"used": {"inc": self.dice.randint(1, 9)}},
                {"phone": str(self.dice.random())},
                {"tags": {"add": [self.dice.choice("xyz")]}},
                {"tags": {"remove": [self.dice.choice("xyz")]}},
                {"state": {"event": self.dice.choice(["start", "finish", "cancel"])}},
                {"serial": str(self.dice.random()), "used": {"inc": 1}},
            ]
        )
        try:
            phone.author("job", job, set=change)
        except (InvalidOperation, ReadOnly):
            return
        self.increments[job] += change.get("used", {}).get("inc", 0)  # type: ignore[attr-defined]

    def _sync(self) -> None:
        self.server.lose_request = lambda: self.dice.random() < 0.2
        self.server.lose_reply = lambda: self.dice.random() < 0.3
        self.server.limit(
            Limits(page_records=self.dice.choice([2, 20_000]), reply_bytes=self.dice.choice([500, 10**7]))
        )
        try:
            self.phones[self.dice.choice("ab")].sync()
        except Unreachable:
            pass
        finally:
            self.server.lose_request = self.server.lose_reply = lambda: False

    def _desk(self) -> None:
        job = self.dice.choice(JOBS)
        base = self.dice.randint(0, self.server.ver(f"job/{job}"))
        self.server.desk(
            {"phone": str(self.dice.random()), "priority": str(self.dice.random())}, job, base_ver=base
        )

    def _reassign(self) -> None:
        job = self.dice.choice(JOBS)
        to = self.dice.choice(["alice", "bob"])
        self.server.desk({"assignee": to}, job, base_ver=self.server.ver(f"job/{job}"))

    def _back_up(self) -> None:
        self._kept = backup(self.server)

    def _restore(self) -> None:
        kept = MemoryStore()
        kept._state = copy.deepcopy(self._kept._state)
        self.server.restored(kept, f"epoch-{next(self._epochs)}")

    def _restart(self) -> None:
        name = self.dice.choice("ab")
        self.phones[name].close()
        self.phones[name] = self.open_phone(name)

    def _hours(self) -> None:
        self.clock.pass_seconds(self.dice.choice([60, 5000]))

    def calm(self) -> None:
        """Signal returns for good."""
        for _ in range(2):
            for phone in self.phones.values():
                phone.sync()


@pytest.mark.parametrize("has_restores", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_after_any_day_all_agree_and_every_operation_counted_once(
    seed: int, has_restores: bool, server: Server, clock: HeldClock, open_phone: OpenPhone
):
    server.open_job("j2", "bob", used={"inc": 0})
    server.open_job("j3", "alice", used={"inc": 0})
    storm = Storm(seed, server, clock, open_phone, has_restores)
    for _ in range(60):
        storm.step()
    storm.calm()
    for phone in storm.phones.values():
        in_step(phone, server)
        for job in JOBS:
            seen = phone.get("job", job)
            if seen is not None and not seen.parked:
                assert seen.fields == server.record(job).fields, "the view is the record once all is answered"
    parked = dict.fromkeys(JOBS, 0)
    for phone in storm.phones.values():
        for entry in entries(phone.store):
            assert entry.result is not None
            if entry.is_parked:
                parked[entry.operation.record] += entry.operation.set.get("used", {}).get("inc", 0)
    for job in JOBS:
        assert server.record(job).fields.get("used", 0) + parked[job] == storm.increments[job]
