"""What a poll, an operation and a small pull cost as the database grows: processor time, for the disk's own varies."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

from bench.company import Company, Phone
from bench.figure import OURS, Bar, Entry, Figure, Side, Size, cpu_microseconds, measure
from bench.history import give, new_phone
from bench.load import Load, ask, run
from bench.ours import Caller, settle
from bench.rows import Rows
from bench.running_peers import RunningPeers
from bench.serve import serving

_DATABASE = "growth.db"
_PULLED = 100
_PHONE, _USER = "phone-visitor", "technician-visitor"
_WARM = 20
_ROUNDS = 3
_TIMES = (10, 1, 1)
"""Polls cost least and are asked most, so that each round takes long enough to be measured."""
_FLAT = (Bar("itself", most=1.2),)


def growth(folder: Path, size: Size, peers: RunningPeers) -> list[Figure]:
    """Three figures; their sides are the sizes of the database."""
    figures = [
        Figure(name, "µs of processor", False, _FLAT)
        for name in ("an idle poll as the database grows", "one operation", f"a pull of {_PULLED} records")
    ]
    company = Company(f"sqlite:///{folder / _DATABASE}")
    new_phone(company, _PHONE, _USER)
    give(company, _USER, peers.rows.take(_PULLED))
    company.furnish(len(size.growth), size.jobs)
    filled = _PULLED
    for records, phone in zip(size.growth, company.phones, strict=True):
        _fill(company, peers.rows, records - filled)
        filled = records
        settle(folder / _DATABASE)
        _step(folder, size, company, phone, f"{records:,} records", figures, peers)
    company.close()
    return figures


def _step(
    folder: Path,
    size: Size,
    company: Company,
    phone: Phone,
    name: str,
    figures: list[Figure],
    peers: RunningPeers,
) -> None:
    """All three at one size. The pushing phone is new at each, so that its jobs have not grown with the database."""
    pulling = Caller(company.epoch, company.token(_PHONE, _USER))
    pushing = Caller(company.epoch, company.token(phone.device, phone.user))
    with serving(OURS, folder, _DATABASE) as ours:
        digest = json.loads(ask(ours.port, pulling.pull({})))["pull"]["digest"]
        again: list[Iterator[bytes]] = [
            itertools.repeat(pulling.poll(digest)),
            (pushing.push([one]) for one in _operations(company, phone)),
            itertools.repeat(pulling.pull({})),
        ]
        for figure, requests, times in zip(figures, again, _TIMES, strict=True):

            def go(turn: int, requests: Iterator[bytes] = requests, times: int = times) -> Load:
                return run(ours.port, [list(itertools.islice(requests, times * size.growth_requests))])

            run(ours.port, [itertools.islice(requests, _WARM)])
            entry = Entry(Side(name, "ours"), ours, go, lambda load: load.requests)
            measure(figure, [entry], _ROUNDS, cpu_microseconds, peers.idle)


def _operations(company: Company, phone: Phone) -> Iterator[bytes]:
    for number in itertools.count():
        yield from company.batch(phone, number)


def _fill(company: Company, rows: Rows, records: int) -> None:
    """Other people's work orders, a thousand each."""
    for number in range(0, records, 10_000):
        for part in range(number, min(number + 10_000, records), 1000):
            give(company, company.id(), rows.take(min(1000, records - part)))
