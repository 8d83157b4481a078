"""One server process, and two, on the same PostgreSQL: what things cost each when nobody is alone."""

from __future__ import annotations

import itertools
import json
import statistics
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.company import BATCH, Company
from bench.figure import OURS, Entry, Figure, Side, Size, measure, per_second
from bench.load import Load, ask, run
from bench.ours import Caller
from bench.processes import LOAD_CORE, SERVER_CORE, Running, cpu_of, on_cores
from bench.running_peers import RunningPeers
from bench.serve import serving
from server.db.open import open_store
from server.db.statement import Statement
from tests.parts.postgres import running_postgres

_PHONES = 8
_WARM = 2
_TAKEN = Statement("SELECT count(*) FROM operation")
Go = Callable[[Sequence[int], int], Load]
"""A round on these ports, told by a number that no other round has."""


@dataclass(frozen=True)
class _House:
    """Two servers and their database."""

    ports: Sequence[int]
    servers: Sequence[int]
    database: Sequence[int]


def servers(folder: Path, size: Size, peers: RunningPeers) -> list[Figure]:
    """No bar: the generator and PostgreSQL share the two cores, so that this finds what sharing costs, not the most."""
    pushes = Figure("push of eight phones on one PostgreSQL", "operations/s", True, ())
    polls = Figure("poll with nothing new on one PostgreSQL", "requests/s", True, ())
    with ExitStack() as stack:
        with on_cores(SERVER_CORE, LOAD_CORE):
            postgres = stack.enter_context(running_postgres(fsync=True, synchronous_commit=True))
        url, each = postgres.fresh_database(), size.batches_per_phone
        callers, outboxes = _phones(url, size.jobs, _WARM + 2 * size.rounds * each)
        running = [
            stack.enter_context(serving(OURS, folder, url, core=core)) for core in (SERVER_CORE, LOAD_CORE)
        ]
        house = _House(
            [one.port for one in running], [one.server[0] for one in running], [postgres.process.pid]
        )
        run(house.ports, [one[:_WARM] for one in outboxes])

        def push(ports: Sequence[int], number: int) -> Load:
            start = _WARM + number * each
            return run(ports, [one[start : start + each] for one in outboxes])

        _compare(pushes, house, push, lambda load: load.requests * BATCH, size, peers)
        _check_taken(url, _PHONES * BATCH * (_WARM + 2 * size.rounds * each))
        asked = [_poll(house.ports[0], caller) for caller in callers]

        def poll(ports: Sequence[int], number: int) -> Load:
            return run(ports, [itertools.repeat(one) for one in asked], seconds=size.load_seconds)

        _compare(polls, house, poll, lambda load: load.requests, size, peers)
    return [pushes, polls]


def _compare(
    figure: Figure, house: _House, go: Go, count: Callable[[Load], float], size: Size, peers: RunningPeers
) -> None:
    """One process and two, in turns; the facts tell what one thing cost the servers and the database."""
    costs: dict[str, list[tuple[float, float]]] = {}
    # Rounds take turns at beginning, and a phone's batches must come in order.
    numbers = itertools.count()

    def entry(name: str, servers: int) -> Entry:
        def round_of(turn: int) -> Load:
            before = cpu_of(house.servers), cpu_of(house.database)
            load = go(house.ports[:servers], next(numbers))
            done = count(load) / 1e6
            after = cpu_of(house.servers), cpu_of(house.database)
            spent = (after[0] - before[0]) / done, (after[1] - before[1]) / done
            costs.setdefault(name, []).append(spent)
            return load

        running = Running(house.ports[0], house.servers[:servers], house.database)
        return Entry(Side(name, "ours"), running, round_of, count)

    everybody = Running(house.ports[0], house.servers, house.database)
    entries = [entry("one process", 1), entry("two processes", 2)]
    measure(figure, entries, size.rounds, per_second, [*peers.idle, everybody])
    for name, spent in costs.items():
        servers, database = zip(*spent, strict=True)
        figure.facts[name] = {
            "server_microseconds": round(statistics.median(servers)),
            "postgres_microseconds": round(statistics.median(database)),
        }


def _check_taken(url: str, pushed: int) -> None:
    """Raises RuntimeError where answers were quick because operations were not taken in."""
    store = open_store(url)
    try:
        ((taken,),) = store.database.read(lambda connection: connection.rows(_TAKEN))
    finally:
        store.close()
    if taken < pushed:
        raise RuntimeError(f"of {pushed} operations {taken} were taken in")


def _phones(url: str, jobs: int, batches: int) -> tuple[list[Caller], list[list[bytes]]]:
    company = Company(url)
    company.furnish(_PHONES, jobs)
    callers = [Caller(company.epoch, company.token(phone.device, phone.user)) for phone in company.phones]
    outboxes = [
        [caller.push(company.batch(phone, number)) for number in range(batches)]
        for caller, phone in zip(callers, company.phones, strict=True)
    ]
    company.close()
    return callers, outboxes


def _poll(port: int, caller: Caller) -> bytes:
    digest = json.loads(ask(port, caller.pull({})))["pull"]["digest"]
    return caller.poll(digest, outbox={"pending": 0, "last_seq": 0})
