"""Many runs, on several cores, and what they come to in one line."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import Any

import msgspec

from sim.fault import KINDS as FAULTS
from sim.run import Case, Outcome, play
from tests.parts.postgres import Postgres, running_postgres

POLICIES = (
    "append",
    "counter",
    "first",
    "immutable",
    "lww_with_inbox",
    "machine",
    "manual",
    "max",
    "owner",
    "set_union",
    "text",
)
LEAST_PAIRS = 1000
LEAST_FAULTS = 100
LEAST_ON_SQLITE, LEAST_ON_POSTGRES = 0.20, 0.05
RELATIONS = ("sequential", "concurrent", "superseded", "late")


class Clusters:
    """At most one PostgreSQL of this process's own, started when it is first needed."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._cluster: Postgres | None = None

    def __enter__(self) -> Clusters:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def __call__(self) -> Postgres:
        if self._cluster is None:
            self._cluster = self._open.enter_context(running_postgres())
        return self._cluster


def database_of(seed: int, db: str) -> str:
    """Of a mix: one run in twenty on PostgreSQL, five on SQLite files, the others in memory."""
    if db != "mix":
        return db
    place = seed % 20
    return "postgres" if place == 7 else "sqlite" if place % 4 == 1 else "memory"


def cases(first: int, seeds: int, ops: int, db: str) -> list[Case]:
    """One case for each of so many seeds."""
    return [Case(seed=seed, ops=ops, db=database_of(seed, db)) for seed in range(first, first + seeds)]


def play_all(wanted: Iterable[Case], jobs: int) -> Iterator[Outcome]:
    """Play cases, each in one process and one thread, so many at a time; outcomes as they come."""
    wanted = list(wanted)
    if jobs == 1:
        with Clusters() as clusters:
            for case in wanted:
                yield play(case, clusters)
        return
    context = multiprocessing.get_context("spawn")
    queue, outcomes = context.SimpleQueue(), context.SimpleQueue()
    workers = [context.Process(target=_work, args=(queue, outcomes), daemon=True) for _ in range(jobs)]
    for worker in workers:
        worker.start()
    for case in wanted:
        queue.put(msgspec.json.encode(case))
    for _ in workers:
        queue.put(b"")
    for _ in wanted:
        yield msgspec.json.decode(outcomes.get(), type=Outcome)
    for worker in workers:
        worker.join()


def _work(queue: Any, outcomes: Any) -> None:
    with Clusters() as clusters:
        while raw := queue.get():
            outcomes.put(msgspec.json.encode(play(msgspec.json.decode(raw, type=Case), clusters)))


class Total:
    """What many runs come to."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self.runs = self.ops = self.steps = 0
        self.cpu_seconds = 0.0
        self.faults: Counter[str] = Counter(dict.fromkeys(FAULTS, 0))
        self.pairs: Counter[str] = Counter(
            {f"{policy} {relation}": 0 for policy in POLICIES for relation in RELATIONS[:2]}
        )
        self.databases: Counter[str] = Counter()
        self.statuses: Counter[str] = Counter()
        self.violations: list[Outcome] = []

    def add(self, outcome: Outcome) -> None:
        """One more run."""
        self.runs += 1
        self.ops += outcome.ops
        self.steps += outcome.steps
        self.cpu_seconds += outcome.cpu_seconds
        self.faults.update(outcome.faults)
        self.pairs.update(outcome.pairs)
        self.statuses.update(outcome.statuses)
        self.databases[outcome.case.db] += 1
        if outcome.invariant is not None:
            self.violations.append(outcome)

    def missing(self) -> list[str]:
        """What a run of 500 seeds must have met and has not, each as a sentence."""
        found = [
            f"{policy} met concurrent words {self.pairs[f'{policy} concurrent']} times, not {LEAST_PAIRS}"
            for policy in POLICIES
            if self.pairs[f"{policy} concurrent"] < LEAST_PAIRS
        ]
        found += [
            f"{fault} happened {self.faults[fault]} times, not {LEAST_FAULTS}"
            for fault in FAULTS
            if self.faults[fault] < LEAST_FAULTS
        ]
        shares = (("sqlite", LEAST_ON_SQLITE), ("postgres", LEAST_ON_POSTGRES))
        found += [
            f"{self.databases[db]} of {self.runs} runs were on {db}"
            for db, share in shares
            if self.databases[db] < share * self.runs
        ]
        return found

    def line(self) -> dict[str, Any]:
        """The last line of `--json`."""
        seconds = time.perf_counter() - self._began
        return {
            "seeds": self.runs,
            "ops": self.ops,
            "steps": self.steps,
            "databases": dict(sorted(self.databases.items())),
            "faults": dict(sorted(self.faults.items())),
            "pairs": dict(sorted(self.pairs.items())),
            "statuses": dict(sorted(self.statuses.items())),
            "violations": [
                {
                    "seed": one.case.seed,
                    "db": one.case.db,
                    "invariant": one.invariant,
                    "repeat": repeat(one.case),
                }
                for one in self.violations
            ],
            "seconds": round(seconds, 1),
            "cpu_seconds": round(self.cpu_seconds, 1),
            "seeds_per_second": round(self.runs / seconds, 2),
        }


def repeat(case: Case) -> str:
    """The command that plays a case again."""
    if case.faults is None and case.work is None and case.events is None:
        return f"python -m sim --seed {case.seed} --ops {case.ops} --db {case.db}"
    return f"python -m sim --case '{msgspec.json.encode(case).decode()}'"
