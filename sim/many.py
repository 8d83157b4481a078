"""Many runs, on several cores."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import Any

import msgspec

from sim.run import Case, Outcome, play
from tests.parts.postgres import Postgres, running_postgres


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
