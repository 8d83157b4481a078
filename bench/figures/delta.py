"""A phone that holds a hundred thousand records learns that a hundred have changed."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

from bench.company import Company
from bench.contender import Contender
from bench.figure import OURS, Bar, Entry, Figure, Round, Side, Size, measure
from bench.figures.pull import DATABASE, stocked
from bench.history import NEW_USER, change
from bench.load import Load, ask, percentile, run
from bench.ours import learn, settle
from bench.rows import Rows
from bench.running_peers import RunningPeers
from bench.serve import serving

CHANGED = 100
_TIMES = 25
"""In each round."""


def delta(folder: Path, size: Size, peers: RunningPeers) -> list[Figure]:
    """From the poll that finds something new to the last byte: two round trips for ours, one for the peers."""
    figure = Figure("100 changed of all pulled, p50", "ms", False, [Bar("peer", most=0.35)])
    caller = stocked(folder, size.records, peers.rows)
    with ExitStack() as stack:
        ours = stack.enter_context(serving(OURS, folder, DATABASE))
        held = learn(ours.port, caller)
        _change(folder, list(held.manifest), peers.rows)
        script = [caller.poll(held.digest), caller.pull(held.manifest)]
        found = json.loads(ask(ours.port, script[1]))["pull"]["aggregates"]
        if sum(len(one["records"]) for one in found) != CHANGED:
            raise RuntimeError("the phone does not get what has changed")
        requests = {peer.name: _new_rows(peer, peers) for peer in peers.running}

        def p50(done: Round) -> float:
            load = done.load
            trips = load.requests // _TIMES
            journeys = [sum(load.latencies[at : at + trips]) for at in range(0, load.requests, trips)]
            return percentile(journeys, 0.5) * 1000

        def times(load: Load) -> float:
            return _TIMES

        entries = [
            Entry(Side(OURS, "ours"), ours, lambda _: run(ours.port, [script * _TIMES]), times),
            *peers.entries(lambda peer, _: run(peer.running.port, [[requests[peer.name]] * _TIMES]), times),
        ]
        measure(figure, entries, size.rounds, p50, peers.idle)
    figure.facts = {"records": held.records, "changed": CHANGED, "aggregates_changed": len(found)}
    return [figure]


def _change(folder: Path, aggregates: list[str], rows: Rows) -> None:
    """The changes lie as far apart as there are aggregates."""
    places = [aggregates[number * len(aggregates) // CHANGED] for number in range(CHANGED)]
    company = Company(f"sqlite:///{folder / DATABASE}")
    change(company, NEW_USER, places, rows.take(CHANGED))
    company.close()
    settle(folder / DATABASE)


def _new_rows(peer: Contender, peers: RunningPeers) -> bytes:
    before = peer.position()
    ask(peer.running.port, peer.push(peers.rows.take(CHANGED)))
    return peer.since(before)
