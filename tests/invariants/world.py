"""A small company under all kinds of weather: two technicians' phones, a desk, three jobs, one engine on any store.

Everything comes from one seed. Each operation on a job is one bit of the job's counter `used`, so that the number tells
exactly which operations took effect, and each text that anybody writes is unique.
"""

from __future__ import annotations

import copy
import json
import random
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from doorstep_client import InvalidOperation, Phone, ReadOnly, Unreachable
from doorstep_client.exchange import Limits as PhoneLimits
from doorstep_client.key import DeviceKey
from doorstep_client.outbox import Entry, entries
from doorstep_client.reply import Taken, decode_reply
from sync.engine import Draft, Engine
from sync.memory import MemoryStore
from sync.pull import DEFAULT_LIMITS, Limits
from sync.store import AggregateRow, Ask, Changes, Receipt, Store
from tests.client.clock import HeldClock, SerialBytes
from tests.invariants import hasty
from tests.invariants.air import Air
from tests.invariants.oracle import Bodies
from tests.sync.toy import DESK, EPOCH, ToyRules

JOBS = ("j1", "j2", "j3")
USERS = {"a": "alice", "b": "bob"}
MOST_BITS = 50


class World:
    """Everything that a test holds in its hands. `tape.play` makes a day of it; `calm` brings signal back for good."""

    def __init__(self, seed: int, store: Store, folder: Path) -> None:
        self.seed = seed
        self.dice = random.Random(seed)
        self.store = store
        self.folder = folder
        self.rules = ToyRules()
        self.clock = HeldClock()
        self.server_now = "2026-01-31T09:00:00Z"
        self.phone_clocks: dict[str, HeldClock] = {}
        self.epoch = EPOCH
        self._salts = count(1)
        self.engine = self.engine_with(DEFAULT_LIMITS)
        self.air = Air(self.dice, lambda: self.engine)
        self.air.after_each = self.note
        self.history: dict[str, dict[int, Bodies]] = {}
        """Aggregate → version → its records, as committed; noted whenever the engine has done something."""
        self.jobs: list[str] = []
        self.authored: dict[str, Any] = {}
        """Operation id → the operation as its author made it, phones' and the desk's alike."""
        self.bit: dict[str, int] = {}
        """Operation id → its bit in the counter of its job."""
        self.phones: dict[str, Phone] = {}
        self.users: dict[str, str] = {}
        self.after_step: Callable[[], object] = lambda: None
        """Called after each step of a tape."""
        self._bits: dict[str, int] = {}
        self._words = count(1)
        self._drafts = count(1)
        self._keys: dict[str, DeviceKey] = {}
        self._random_bytes = SerialBytes()
        self._undelivered: list[tuple[str, Any, bytes]] = []
        for place, job in enumerate(JOBS):
            self.open_job(job, USERS["ab"[place % 2]])
        for name, user in USERS.items():
            self.enrol(name, user)

    def engine_with(self, limits: Limits) -> Engine:
        """The engine over the same store, answering in other portions."""
        return Engine(
            self.store,
            self.rules,
            epoch=self.epoch,
            now=lambda: self.server_now,
            salt=lambda: next(self._salts).to_bytes(16, "big"),
            limits=limits,
        )

    def say(self, line: str) -> None:
        """The tape, shown by pytest when a test fails."""
        print(f"seed {self.seed}: {line}")

    # The desk

    def desk(self, job: str, set: dict[str, Any], *, base: int | None = None, **more: Any) -> str:
        """The desk writes, with the version that its form displayed; the status."""
        id = f"d-{self.seed}-{next(self._drafts)}"
        fields = {"entity": "job", "record": job, "aggregate": f"job/{job}", "base_ver": base, **more}
        draft = Draft(**{"id": id, "set": set, **fields})
        self.authored[draft.id] = draft
        (result,) = self.engine.write(DESK, [draft])
        self.note()
        return result.status

    def open_job(self, job: str, assignee: str) -> None:
        """A new job; its `hint` holds a word that nobody else may read."""
        self.jobs.append(job)
        set = {"number": f"N-{job}", "assignee": assignee, "hint": secret(job)}
        self.desk(job, set, action="create")

    def assign(self, job: str, user: str) -> None:
        """Pass a job on."""
        self.say(f"{job} goes to {user}")
        self.desk(job, {"assignee": user}, base=self.ver(job))

    # Phones

    def enrol(self, name: str, user: str) -> None:
        """A phone enrols and loads its jobs."""
        self.users[name] = user
        self.phones[name] = self._open(name)
        self.phones[name].enrol(user, name, "test")
        self.phones[name].sync()

    def _open(self, name: str) -> Phone:
        key = self._keys.setdefault(name, DeviceKey.generate())
        return Phone(
            self.folder / f"{name}.db",
            self.air,
            key=key,
            clock=self.phone_clocks.setdefault(name, self.clock),
            random_bytes=self._random_bytes,
            limits=PhoneLimits(push_operations=3),
            connect=hasty.connect,
        )

    def restart(self, name: str) -> None:
        """The phone's process ends and begins again."""
        self.phones[name].close()
        self.phones[name] = self._open(name)

    def clone(self, name: str, as_name: str) -> None:
        """A phone is set up from a copy of another one: both go on under the same device id."""
        self.phones[name].close()
        for path in self.folder.glob(f"{name}.db*"):
            shutil.copyfile(path, path.with_name(path.name.replace(name, as_name, 1)))
        self._keys[as_name] = self._keys[name]
        self.users[as_name] = self.users[name]
        self.phones[name], self.phones[as_name] = self._open(name), self._open(as_name)

    def author(self, name: str, entity: str, record: str, set: dict[str, Any], **more: Any) -> str:
        """The person does something; the operation's id, empty where the phone told them that it cannot be."""
        try:
            entry = self.phones[name].author(entity, record, set=set, **more)
        except (InvalidOperation, ReadOnly) as refused:
            self.say(f"{name} may not {entity} {record} {set}: {refused}")
            return ""
        self.authored[entry.operation.id] = entry.operation
        self.say(f"{name} authors {entry.operation.id} on {entity} {record}: {set} {more or ''}")
        return entry.operation.id

    def author_bit(self, name: str, job: str, set: dict[str, Any], **more: Any) -> str:
        """The same on a job, counted by a bit of its own."""
        if self._bits.get(job, 0) >= MOST_BITS:
            return self.author(name, "job", job, set or {"tags": {"add": ["late"]}}, **more)
        bit = 1 << self._bits.get(job, 0)
        id = self.author(name, "job", job, {"used": {"inc": bit}, **set}, **more)
        if id:
            self.bit[id] = bit
            self._bits[job] = self._bits.get(job, 0) + 1
        return id

    def word(self) -> str:
        """A text that nobody has written before."""
        return f"w{next(self._words)}"

    def sync(self, name: str) -> Taken | None:
        """Exchange until cut, in which case None."""
        try:
            return self.phones[name].sync()
        except (Unreachable, msgspec.DecodeError) as cut:
            self.say(f"{name} was cut: {type(cut).__name__}: {cut}")
            return None

    def begin_exchange(self, name: str) -> None:
        """A request is answered, and the answer is under way for long."""
        exchange = self.phones[name].prepare()
        reply = self.air.answer(exchange.device, exchange.body)
        self._undelivered.append((name, exchange, reply))

    def deliver_late(self) -> None:
        """Some answer that was long under way arrives, perhaps for the second time."""
        if self._undelivered:
            name, exchange, reply = self.dice.choice(self._undelivered)
            now = self.clock.read()
            self.phones[name].take(exchange, decode_reply(reply), now, now)

    def revoke(self, name: str) -> None:
        """A phone is lost."""
        device = self.phones[name].identity.device

        def work(tx: Any) -> None:
            row = tx.lock_device(device)
            tx.write(Changes(devices=[msgspec.structs.replace(row, revoked=True)]))

        self.store.transact(work)
        self.air.revoked.add(device)

    def back_up(self) -> Any:
        """A backup of a store in memory, for `restore`."""
        assert isinstance(self.store, MemoryStore)
        return copy.deepcopy(self.store._state)

    def restore(self, backup: Any, epoch: str) -> None:
        """The database is lost and set up from a backup: another epoch, in which some of the past never happened."""
        assert isinstance(self.store, MemoryStore)
        self.say(f"restored as {epoch}")
        self.store._state = copy.deepcopy(backup)
        self.store._state.epoch = self.epoch = epoch
        self.engine = self.engine_with(DEFAULT_LIMITS)
        self.history.clear()
        self._undelivered.clear()
        self.note()

    # What stands

    def ver(self, job: str) -> int:
        """Version of a job's aggregate."""
        return max(self.history[f"job/{job}"])

    def row(self, aggregate: str) -> AggregateRow:
        """An aggregate's row."""
        return self.store.transact(lambda tx: tx.load(Ask(aggregates=[aggregate]))).aggregates[aggregate]

    def note(self) -> None:
        """Remember each aggregate as it is committed now."""
        ids = [f"job/{job}" for job in self.jobs]
        with self.store.snapshot() as snapshot:
            found: dict[str, Bodies] = {id: {} for id in ids}
            for aggregate, _, id, body in snapshot.changed([(one, 0) for one in ids]):
                parsed = json.loads(body)
                found[aggregate][parsed["entity"], id] = parsed
        for aggregate, bodies in found.items():
            ver = max((body["ver"] for body in bodies.values()), default=0)
            self.history.setdefault(aggregate, {})[ver] = bodies

    def now(self, aggregate: str) -> Bodies:
        """An aggregate's records as they stand."""
        versions = self.history[aggregate]
        return versions[max(versions)]

    def job(self, job: str) -> dict[str, Any]:
        """A job's fields as they stand."""
        fields: dict[str, Any] = self.now(f"job/{job}")["job", job]["fields"]
        return fields

    def ledger(self) -> list[Receipt]:
        """Every line of every phone, forks included."""
        devices = {phone.identity.device for phone in self.phones.values()}
        devices |= {device for device, _, _ in self.air.told}
        with self.store.snapshot() as snapshot:
            return [line for device in sorted(devices) for line in snapshot.ledger(device, 0, 10_000)]

    def outbox(self, name: str) -> list[Entry]:
        """Everything that a phone still holds of its own work."""
        return entries(self.phones[name].store)

    # How it goes on

    def calm(self) -> None:
        """Signal returns for good: two rounds, since each brings news to the others."""
        self.say("calm")
        self.air.trouble = 0
        self.engine = self.engine_with(DEFAULT_LIMITS)
        for _ in range(2):
            for name in sorted(self.phones):
                taken = self.sync(name)
                assert taken is not None and taken.faults == [], f"in quiet, nobody has to complain: {taken}"

    def close(self) -> None:
        """Close all phones."""
        for phone in self.phones.values():
            phone.close()


def secret(job: str) -> str:
    """The word that only those who hold the job may read."""
    return f"secret-of-{job}-"
