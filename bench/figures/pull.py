"""A phone that has nothing pulls everything that it may see: as it is, compressed, and what it takes of memory."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench.company import Company
from bench.figure import OURS, Bar, Entry, Figure, Side, Size, measure, per_second
from bench.history import NEW_PHONE, NEW_USER, give, new_phone
from bench.load import Load, ask, post, run
from bench.ours import Caller, Learned, learn, settle
from bench.processes import Running
from bench.rows import Rows
from bench.running_peers import RunningPeers
from bench.serve import serving

DATABASE = "pull.db"
MOST_MB = 150
_MB_IN_MIB = 1.048576


def pull(folder: Path, size: Size, peers: RunningPeers) -> list[Figure]:
    """Three figures of the same pull."""
    caller = stocked(folder, size.records, peers.rows)
    with ExitStack() as stack:
        ours = stack.enter_context(serving(OURS, folder, DATABASE))
        learned = learn(ours.port, caller)
        if learned.records != size.records:
            raise RuntimeError(f"the phone gets {learned.records} records instead of {size.records}")
        plain = _plain(stack, folder, size, peers, ours, learned)
        packed = _packed(stack, folder, size, peers, ours, caller)
    return [plain, packed, _memory(plain)]


def stocked(folder: Path, records: int, rows: Rows) -> Caller:
    """The database from which the new phone pulls, made once in a run."""
    is_new = not (folder / DATABASE).exists()
    company = Company(f"sqlite:///{folder / DATABASE}")
    if is_new:
        new_phone(company, NEW_PHONE, NEW_USER)
        give(company, NEW_USER, rows.take(records))
    caller = Caller(company.epoch, company.token(NEW_PHONE, NEW_USER))
    company.close()
    settle(folder / DATABASE)
    return caller


def _plain(
    stack: ExitStack, folder: Path, size: Size, peers: RunningPeers, ours: Running, learned: Learned
) -> Figure:
    figure = Figure(
        "first pull", "records/s", True, [Bar("durable peer", least=5), Bar("reference", least=0.5)]
    )
    reference = stack.enter_context(serving("reference_pull", folder, DATABASE))
    script = _reference_script(reference, size.records)
    theirs = {peer.name: peer.pull() for peer in peers.running}

    def all_records(load: Load) -> float:
        return size.records

    entries = [
        Entry(Side(OURS, "ours"), ours, lambda _: run(ours.port, [learned.script]), all_records),
        Entry(
            Side("bare ASGI, joined bytes", "reference"),
            reference,
            lambda _: run(reference.port, [script]),
            all_records,
        ),
        *peers.entries(lambda peer, _: run(peer.running.port, [theirs[peer.name]]), all_records),
    ]
    figure.facts = {
        "records": learned.records,
        "aggregates": len(learned.manifest),
        "record_bytes": learned.record_bytes,
        "requests": {OURS: len(learned.script)} | {name: len(one) for name, one in theirs.items()},
    }
    return measure(figure, entries, size.rounds, per_second, peers.idle)


def _packed(
    stack: ExitStack, folder: Path, size: Size, peers: RunningPeers, ours: Running, caller: Caller
) -> Figure:
    """The same requests, with gzip accepted."""
    figure = Figure("first pull, compressed", "records/s", True, [Bar("reference", least=1)])
    reference = stack.enter_context(serving("reference_pull", folder, DATABASE, "zlib"))
    script = _reference_script(reference, size.records, zlib.decompress)
    asked = learn(ours.port, caller, Accept_Encoding="gzip").script
    bytes_in: dict[str, int] = {}

    def go(name: str, port: int, requests: list[bytes]) -> Load:
        load = run(port, [requests])
        bytes_in[name] = load.bytes_in
        return load

    def all_records(load: Load) -> float:
        return size.records

    entries = [
        Entry(Side(OURS, "ours"), ours, lambda _: go(OURS, ours.port, asked), all_records),
        Entry(
            Side("bare ASGI, zlib 1", "reference"),
            reference,
            lambda _: go("reference", reference.port, script),
            all_records,
        ),
    ]
    measure(figure, entries, size.rounds, per_second, peers.idle)
    figure.facts["bytes"] = bytes_in
    return figure


def _memory(plain: Figure) -> Figure:
    """What the servers of the first pull took at most, their databases' processes not counted."""
    sides = [replace(side, values=[peak * _MB_IN_MIB for peak in side.peak_mib]) for side in plain.sides]
    bars = [Bar("nothing", most=MOST_MB)]
    return Figure("peak memory of a first pull", "MB", False, bars, sides, plain.others_cores)


def _reference_script(server: Running, wanted: int, unpack: Callable[[bytes], bytes] = bytes) -> list[bytes]:
    script, after, records = [], "", 0
    while records < wanted:
        script.append(post(f"/{after}", b""))
        found = json.loads(unpack(ask(server.port, script[-1])))["records"]
        records += len(found)
        after = found[-1]["aggregate"]
    if records != wanted:
        raise RuntimeError(f"the reference sends {records} records instead of {wanted}")
    return script
