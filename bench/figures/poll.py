"""Eight phones ask again and again, and nothing is new."""

from __future__ import annotations

import itertools
import json
from contextlib import ExitStack
from pathlib import Path

from bench.company import Company
from bench.figure import OURS, Bar, Entry, Figure, Side, Size, measure, per_second
from bench.load import Load, ask, run
from bench.ours import Caller, settle
from bench.processes import Running
from bench.running_peers import RunningPeers
from bench.serve import serving

PHONES = 8
_JOBS = 4
_DATABASE = "poll.db"


def poll(folder: Path, size: Size, peers: RunningPeers) -> list[Figure]:
    """Requests a second; how many get through when the server does nothing stands in the facts."""
    figure = Figure(
        "poll with nothing new", "requests/s", True, [Bar("peer", least=8), Bar("reference", least=0.5)]
    )
    callers = _phones(folder)
    with ExitStack() as stack:
        ours = stack.enter_context(serving(OURS, folder, _DATABASE))
        reference = stack.enter_context(serving("reference_poll", folder, _DATABASE))
        nothing = stack.enter_context(serving("reference_nothing", folder))
        asked = [_poll(ours, caller) for caller in callers]
        figure.facts["answer_bytes"] = len(ask(ours.port, asked[0]))
        theirs = {peer.name: [peer.since(peer.position())] * PHONES for peer in peers.running}

        def go(running: Running, requests: list[bytes]) -> Load:
            return run(running.port, [itertools.repeat(one) for one in requests], seconds=size.load_seconds)

        def requests(load: Load) -> float:
            return load.requests

        for server in (ours, reference):
            go(server, asked)
        entries = [
            Entry(Side(OURS, "ours"), ours, lambda _: go(ours, asked), requests),
            Entry(
                Side("bare ASGI, token and device row", "reference"),
                reference,
                lambda _: go(reference, asked),
                requests,
            ),
            *peers.entries(lambda peer, _: go(peer.running, theirs[peer.name]), requests),
        ]
        measure(figure, entries, size.rounds, per_second, [*peers.idle, nothing])
        ceiling = go(nothing, asked)
        figure.facts["ceiling_requests_per_second"] = round(ceiling.requests / ceiling.seconds)
    return [figure]


def _phones(folder: Path) -> list[Caller]:
    company = Company(f"sqlite:///{folder / _DATABASE}")
    company.furnish(PHONES, _JOBS)
    callers = [Caller(company.epoch, company.token(phone.device, phone.user)) for phone in company.phones]
    company.close()
    settle(folder / _DATABASE)
    return callers


def _poll(ours: Running, caller: Caller) -> bytes:
    digest = json.loads(ask(ours.port, caller.pull({})))["pull"]["digest"]
    request = caller.poll(digest, outbox={"pending": 0, "last_seq": 0})
    answer = json.loads(ask(ours.port, request))
    if not answer["pull"].get("unchanged"):
        raise RuntimeError(f"something is new: {answer}")
    return request
