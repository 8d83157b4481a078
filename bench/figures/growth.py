"""What a poll, an operation and a small pull cost as the database grows: processor time, for the disk's own varies."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.company import Company
from bench.figure import OURS, Bar, Entry, Figure, Side, Size, cpu_microseconds, measure
from bench.history import give, new_phone
from bench.load import Load, ask, run
from bench.ours import Caller, settle
from bench.processes import Running
from bench.rows import Rows
from bench.running_peers import RunningPeers
from bench.serve import serving

_DATABASE = "growth.db"
_PULLED = 100
_PHONE, _USER = "phone-visitor", "technician-visitor"
_AT_ONCE = 1000
_FLAT = (Bar("itself", most=1.2),)


@dataclass(frozen=True)
class _Asked:
    """What all databases are asked: they grew from one, so that the same requests suit each."""

    polls: Sequence[bytes]
    pushes: Sequence[Sequence[bytes]]
    """For each round: every operation comes once."""
    pulls: Sequence[bytes]


def growth(folder: Path, size: Size, peers: RunningPeers) -> list[Figure]:
    """Three figures; their sides are the sizes of the database, each behind a server of its own, in turns."""
    company = Company(f"sqlite:///{folder / _DATABASE}")
    new_phone(company, _PHONE, _USER)
    give(company, _USER, peers.rows.take(_PULLED))
    company.furnish(1, size.jobs)
    files = _grown(folder, company, size.growth, peers.rows)
    with ExitStack() as stack:
        running = {
            f"{records:,} records": stack.enter_context(serving(OURS, folder, file))
            for records, file in files.items()
        }
        asked = _asked(company, size, next(iter(running.values())))
        company.close()
        figures = []
        for name, kind in (
            ("an idle poll as the database grows", "polls"),
            ("one operation as the database grows", "pushes"),
            (f"a pull of {_PULLED} records as the database grows", "pulls"),
        ):
            figure = Figure(name, "µs of processor", False, _FLAT)
            entries = [_entry(name, one, asked, kind) for name, one in running.items()]
            figures.append(measure(figure, entries, size.rounds, cpu_microseconds, peers.idle))
    return figures


def _entry(name: str, running: Running, asked: _Asked, kind: str) -> Entry:
    def go(turn: int) -> Load:
        requests = {"polls": asked.polls, "pushes": asked.pushes[turn], "pulls": asked.pulls}[kind]
        return run(running.port, [requests])

    return Entry(Side(name, "ours"), running, go, lambda load: load.requests)


def _grown(folder: Path, company: Company, sizes: Sequence[int], rows: Rows) -> dict[int, str]:
    """The database at each size, as files of their own: other people's work orders come in, a thousand each."""
    files, filled = {}, _PULLED
    for records in sizes:
        for start in range(filled, records, _AT_ONCE):
            give(company, company.id(), rows.take(min(_AT_ONCE, records - start)))
        filled = records
        settle(folder / _DATABASE)
        files[records] = f"growth-{records}.db"
        shutil.copyfile(folder / _DATABASE, folder / files[records])
    return files


def _asked(company: Company, size: Size, ours: Running) -> _Asked:
    visitor = Caller(company.epoch, company.token(_PHONE, _USER))
    (phone,) = company.phones
    pushing = Caller(company.epoch, company.token(phone.device, phone.user))
    digest = json.loads(ask(ours.port, visitor.pull({})))["pull"]["digest"]
    count = size.growth_requests
    batches = (company.batch(phone, number) for number in itertools.count())
    operations = (pushing.push([one]) for batch in batches for one in batch)
    return _Asked(
        # Polls cost least and are asked most, so that each round takes long enough to be measured.
        polls=[visitor.poll(digest)] * (10 * count),
        pushes=[list(itertools.islice(operations, count)) for _ in range(size.rounds)],
        pulls=[visitor.pull({})] * count,
    )
