"""One seed: what 2–3 connections do, in which order their statements run, and what must be true afterwards."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import count
from typing import Any

import msgspec

from server.db.open import open_store
from server.db.postgres_database import PostgresDatabase
from server.db.postgres_store import PostgresStore
from server.db.projection import Projections
from sync.audit import verify
from sync.engine import Draft, Engine
from sync.record import DIGEST_MODULUS, Record, decode_record, digest_hex, digest_term
from sync.store import Ask, Changes
from sync.wire import Pull, PullReply
from tests.interleave.conductor import Conductor, gated
from tests.interleave.flawed import NaiveCursor
from tests.sync.toy import ALICE, BOB, DESK, EPOCH, ToyRules, raw

CARL = msgspec.structs.replace(ALICE, id="phone-c", user="carl")
JOBS = ("j1", "j2")
BASES = {"phone-a": 1, "phone-b": 2, "phone-c": 3}
"""The version at which each phone held the jobs, as the desk passed them on."""


class Broken(AssertionError):
    """A promise did not hold; the text names it."""


class Run:
    """A database with two jobs, phones that push and pull, and a desk that moves jobs about."""

    def __init__(self, seed: int, url: str, kind: type[PostgresStore]) -> None:
        open_store(url, create=False).close()  # gives the database its epoch
        self.random = random.Random(seed)
        self.conductor = Conductor(seed, url)
        self.store = kind(PostgresDatabase(url, 4, gated(self.conductor)), Projections())
        if isinstance(self.store, NaiveCursor):
            self.store.prepare()
        salts = count()
        self.engine = Engine(
            self.store,
            ToyRules(),
            epoch=EPOCH,
            now=lambda: "2026-01-31T09:00:00Z",
            salt=lambda: next(salts).to_bytes(16, "big"),
        )
        self.apart = isinstance(self.store, NaiveCursor) or self.random.random() < 0.3
        """The two phones work on different jobs, so that no lock puts their commits in order."""
        self.sent: dict[str, set[str]] = {job: set() for job in JOBS}
        self.used: dict[str, int] = dict.fromkeys(JOBS, 0)
        self.drafts = count()
        self.store.transact(lambda tx: tx.write(Changes(devices=[ALICE, BOB, CARL])))
        for job in JOBS:
            self._desk(job, {"number": job, "assignee": "alice", "hint": "bob"}, action="create")
            for extra in ("bob", "carl"):
                self._desk(job, {"assignee": extra}, base_ver=3)

    def play(self) -> None:
        """Run the schedule; raises `Broken` with the promise that did not hold."""
        try:
            acts = [self._pushes("phone-a"), self._pushes("phone-b")]
            reads_only = isinstance(self.store, NaiveCursor)
            third = (
                self._reads
                if reads_only or self.random.random() < 0.4
                else self.random.choice([self._reads, self._retries, self._moves])
            )
            acts.append(third())
            self.conductor.perform({f"actor{n}": act for n, act in enumerate(acts)})
            self._check()
        finally:
            self.store.close()

    def _desk(self, job: str, set: dict[str, Any], **more: Any) -> None:
        draft = Draft(
            id=f"d{next(self.drafts)}", entity="job", record=job, aggregate=f"job/{job}", set=set, **more
        )
        self.engine.write(DESK, [draft])

    def _batch(self, device: str) -> list[bytes]:
        operations = []
        own = JOBS[int(device == "phone-b")]
        for seq in range(1, self.random.randint(2, 4)):
            job = own if self.apart else self.random.choice(JOBS)
            entry = f"{device}-{seq}"
            self.sent[job].add(entry)
            self.used[job] += 1
            set = {"used": {"inc": 1}, "log": {"add": [{"id": entry}]}, "phone": entry}
            operations.append(raw(device, seq, set, record=job, aggregate=f"job/{job}", base=BASES[device]))
        return operations

    def _pushes(self, device: str) -> Callable[[], None]:
        batch = self._batch(device)
        batches = [batch[:place] for place in range(1, len(batch) + 1)] if self.apart else [batch]
        return lambda: [_taken(self.engine.push(device, part)) for part in batches] and None

    def _retries(self) -> Callable[[], None]:
        """The same batch twice at once, as after a lost reply."""
        batch = self._batch("phone-c")
        device = "phone-c"

        def act() -> None:
            _taken(self.engine.push(device, batch))
            _taken(self.engine.push(device, batch))

        return act

    def _moves(self) -> Callable[[], None]:
        jobs = [self.random.choice(JOBS) for _ in range(2)]

        def act() -> None:
            for job in jobs:
                self._desk(job, {"priority": "high", "assignee": "carl"}, base_ver=1)

        return act

    def _reads(self) -> Callable[[], None]:
        """A phone that pulls again and again, keeping what it has."""
        self.reader = Reader(self)
        times = 30 if isinstance(self.store, NaiveCursor) else 4  # that one is caught in a narrow moment
        return lambda: [self.reader.pull() for _ in range(times)] and None

    def _check(self) -> None:
        for job in JOBS:
            found = self.store.transact(
                lambda tx, job=job: tx.load(Ask(aggregates=[f"job/{job}"], records=[("job", job)]))
            )
            record, row = found.records["job", job], found.aggregates[f"job/{job}"]
            kept = {entry["id"] for entry in record.fields.get("log") or []}
            _hold(kept == self.sent[job], f"no lost write: {sorted(self.sent[job] - kept)} of {job}")
            _hold(
                record.fields["used"] == self.used[job], f"one effect each: {record.fields['used']} of {job}"
            )
            with self.store.snapshot() as snapshot:
                _hold(not verify(snapshot.audit(f"job/{job}")), f"the chain of {job}")
                bodies = [decode_record(body) for *_, body in snapshot.changed([(f"job/{job}", 0)])]
            _hold(_digest(bodies) == row.digest, f"the digest of {job}")
        if hasattr(self, "reader"):
            self.reader.pull()
            self.reader.check()


class Reader:
    """What one phone holds: by pulls, or — for the flawed store — by one cursor over everything."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._manifest: dict[str, int] = {}
        self._records: dict[str, dict[tuple[str, str], Record]] = {}
        self._cursor = 0
        self._seen: dict[str, set[int]] = {}

    def pull(self) -> None:
        """One pull; each aggregate's digest must hold at once: no mixed snapshot."""
        store = self._run.store
        if isinstance(store, NaiveCursor):
            for seq, _, id, ver in store.after(self._cursor):
                self._cursor = seq
                self._seen.setdefault(id, set()).add(ver)
            return
        answer = self._run.engine.pull("carl", Pull(manifest=self._manifest), epoch=EPOCH, schema=2)
        reply = msgspec.json.decode(b"".join(answer.chunks), type=PullReply)
        for change in reply.aggregates:
            held = self._records.setdefault(change.id, {})
            if change.whole:
                held.clear()
            for body in change.records:
                record = decode_record(bytes(body))
                held[record.entity, record.id] = record
            self._manifest[change.id] = change.ver
            _hold(digest_hex(_digest(list(held.values()))) == change.digest, f"one snapshot: {change.id}")

    def check(self) -> None:
        """After everything has ended, the reader holds what the database holds: no skipped change."""
        store = self._run.store
        for job in JOBS:
            now = store.transact(lambda tx, job=job: tx.load(Ask(records=[("job", job)]))).records["job", job]
            if isinstance(store, NaiveCursor):
                missed = set(range(1, now.ver + 1)) - self._seen[job]
                _hold(not missed, f"no skipped change: versions {missed} of {job}")
            else:
                _hold(self._records[f"job/{job}"]["job", job] == now, f"no skipped change: {job}")


def _digest(records: list[Record]) -> int:
    terms = (digest_term(one.entity, one.id, one.ver) for one in records if not one.deleted)
    return sum(terms) % DIGEST_MODULUS


def _taken(reply: Any) -> None:
    bad = [one for one in reply.results if one.status == "parked"]
    _hold(not bad and reply.fork is None and reply.need_from is None, f"everything is taken: {bad or reply}")


def _hold(promise: bool, text: str) -> None:
    if not promise:
        raise Broken(text)
