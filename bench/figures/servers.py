"""One server process, and two, on the same PostgreSQL: what an operation costs each when nobody is alone."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.company import BATCH, Company
from bench.figure import OURS, Entry, Figure, Side, Size, measure, per_second
from bench.load import Load, run
from bench.ours import Caller
from bench.processes import LOAD_CORE, SERVER_CORE, Running, cpu_of, on_cores
from bench.running_peers import RunningPeers
from bench.serve import serving
from tests.parts.postgres import running_postgres

_PHONES = 8
_WARM = 2


def servers(folder: Path, size: Size, peers: RunningPeers) -> list[Figure]:
    """No bar: the generator and PostgreSQL share the two cores, so that this finds what sharing costs, not the most."""
    figure = Figure("push of eight phones on one PostgreSQL", "operations/s", True, ())
    with ExitStack() as stack:
        with on_cores(SERVER_CORE, LOAD_CORE):
            postgres = stack.enter_context(running_postgres(fsync=True, synchronous_commit=True))
        url = postgres.fresh_database()
        each = size.batches_per_phone
        outboxes = _outboxes(url, size.jobs, _WARM + 2 * size.rounds * each)
        first = stack.enter_context(serving(OURS, folder, url, core=SERVER_CORE))
        second = stack.enter_context(serving(OURS, folder, url, core=LOAD_CORE))
        ports = [first.port, second.port]
        database = [postgres.process.pid]
        run(ports, [one[:_WARM] for one in outboxes])
        costs: dict[str, list[tuple[float, float]]] = {}

        def entry(name: str, place: int, running: Running, ports: Sequence[int]) -> Entry:
            def go(turn: int) -> Load:
                start = _WARM + (2 * turn + place) * each
                before = cpu_of(running.server), cpu_of(database)
                load = run(ports, [one[start : start + each] for one in outboxes])
                done = load.requests * BATCH / 1e6
                spent = (cpu_of(running.server) - before[0]) / done, (cpu_of(database) - before[1]) / done
                costs.setdefault(name, []).append(spent)
                return load

            return Entry(Side(name, "ours"), running, go, lambda load: load.requests * BATCH)

        one = Running(first.port, first.server, database)
        both = Running(first.port, [*first.server, *second.server], database)
        entries = [entry("one process", 0, one, ports[:1]), entry("two processes", 1, both, ports)]
        measure(figure, entries, size.rounds, per_second, [*peers.idle, both])
    for name, spent in costs.items():
        own, theirs = zip(*spent, strict=True)
        figure.facts[name] = {
            "server_microseconds_per_operation": round(statistics.median(own)),
            "postgres_microseconds_per_operation": round(statistics.median(theirs)),
        }
    return [figure]


def _outboxes(url: str, jobs: int, batches: int) -> list[list[bytes]]:
    company = Company(url)
    company.furnish(_PHONES, jobs)
    found = []
    for phone in company.phones:
        caller = Caller(company.epoch, company.token(phone.device, phone.user))
        found.append([caller.push(company.batch(phone, number)) for number in range(batches)])
    company.close()
    return found
