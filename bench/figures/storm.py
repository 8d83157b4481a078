"""Signal returns to everybody at once: each phone sends twenty operations and gets a hundred records."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from bench.company import Company
from bench.contender import Contender
from bench.figure import OURS, Bar, Entry, Figure, Round, Side, Size, measure
from bench.history import give
from bench.load import Load, percentile, run
from bench.ours import Caller, settle
from bench.rows import Rows
from bench.running_peers import RunningPeers
from bench.serve import serving

OPERATIONS = 20
RECORDS = 100
_JOBS = 2
"""Ten operations on each."""
_HISTORY = 80
"""With the records of the jobs, what the phone sends included, about a hundred."""
_DATABASE = "storm.db"


def storm(folder: Path, size: Size, peers: RunningPeers) -> list[Figure]:
    """Seconds until 99 of 100 phones have everything."""
    figure = Figure(
        f"storm of {size.phones} phones, p99",
        "s",
        False,
        [Bar("durable peer", most=0.4)],
    )
    storms = _outboxes(folder, size, peers.rows)

    def go(peer: Contender, turn: int) -> Load:
        start = starts[peer.name]
        scripts = [
            [peer.push(peers.rows.take(OPERATIONS)), peer.since(start, RECORDS)] for _ in range(size.phones)
        ]
        return run(peer.running.port, scripts, tolerant=True)

    def p99(done: Round) -> float:
        return percentile(done.load.journeys, 0.99)

    def phones(load: Load) -> float:
        return size.phones

    with ExitStack() as stack:
        ours = stack.enter_context(serving(OURS, folder, _DATABASE))
        starts = {peer.name: _start(peer, peers) for peer in peers.running}
        entries = [
            Entry(
                Side(OURS, "ours"), ours, lambda turn: run(ours.port, [[one] for one in storms[turn]]), phones
            ),
            *peers.entries(go, phones),
        ]
        measure(figure, entries, size.storms, p99, peers.idle)
    figure.facts = {"phones": size.phones, "operations": OPERATIONS, "records": RECORDS}
    return [figure]


def _outboxes(folder: Path, size: Size, rows: Rows) -> list[list[bytes]]:
    """For each storm what each phone sends: its outbox, and the question for all that it may see."""
    company = Company(f"sqlite:///{folder / _DATABASE}")
    company.furnish(size.phones, _JOBS)
    for phone in company.phones:
        give(company, phone.user, rows.take(_HISTORY))
    callers = [Caller(company.epoch, company.token(phone.device, phone.user)) for phone in company.phones]
    storms = [
        [
            caller.push(company.batch(phone, turn, _JOBS), pull={"manifest": {}})
            for caller, phone in zip(callers, company.phones, strict=True)
        ]
        for turn in range(size.storms)
    ]
    company.close()
    settle(folder / _DATABASE)
    return storms


def _start(peer: Contender, peers: RunningPeers) -> str:
    """A position that a hundred rows follow."""
    before = peer.position()
    run(peer.running.port, [[peer.push(peers.rows.take(RECORDS))]])
    return before
