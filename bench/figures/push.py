"""Outboxes of a hundred operations, from one phone and from eight at once."""

from __future__ import annotations

import pickle
import shutil
import sqlite3
import statistics
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.company import BATCH, Company
from bench.contender import Contender
from bench.figure import OURS, Bar, Entry, Figure, Side, Size, measure, per_second
from bench.load import Load, post, run
from bench.ours import Caller, settle
from bench.processes import Running
from bench.reference_push import Written, record
from bench.running_peers import RunningPeers
from bench.serve import serving

MANY = 8
_WARM = 2
_ALONE = 3
"""The one phone sends so many times the batches of one of eight, for a round as long."""
_BARS = (Bar("durable peer", least=2), Bar("reference", least=0.4))
_DATABASE, _REFERENCE, _RECORDING = "push.db", "push_reference.db", "recording.db"


@dataclass(frozen=True)
class _Outbox:
    """What one phone will send, batch by batch."""

    device: str
    caller: Caller
    batches: list[list[bytes]]
    place: int
    """The number of its first batch in what was recorded."""

    def ours(self, batches: range) -> list[bytes]:
        return [self.caller.push(self.batches[number]) for number in batches]

    def reference(self, batches: range) -> list[bytes]:
        return [
            post(f"/{self.place + number}", b"[" + b",".join(self.batches[number]) + b"]")
            for number in batches
        ]


def push(folder: Path, size: Size, peers: RunningPeers) -> list[Figure]:
    """Two figures on the same servers. The reference writes what the engine wrote for the same batches."""
    outboxes = _outboxes(folder, size)
    written = _recorded(folder, outboxes)
    with ExitStack() as stack:
        ours = stack.enter_context(serving(OURS, folder, _DATABASE))
        reference = stack.enter_context(serving("reference_push", folder, _REFERENCE, "written"))
        for server, said in ((ours, _Outbox.ours), (reference, _Outbox.reference)):
            run(server.port, [said(one, range(_WARM)) for one in outboxes])
        one = Figure("push in batches of 100, one phone", "operations/s", True, _BARS)
        many = Figure(f"push in batches of 100, {MANY} phones", "operations/s", True, _BARS)
        for figure, phones in ((one, outboxes[:1]), (many, outboxes[1:])):
            entries = [*_measured(phones, size, ours, reference), *_theirs(peers, size, len(phones))]
            measure(figure, entries, size.rounds, per_second, peers.idle)
    many.facts = _written_facts(written, outboxes) | _kept(folder / _DATABASE, folder / _REFERENCE)
    return [one, many]


def _operations(load: Load) -> float:
    return (load.requests - load.refused) * BATCH


def _measured(phones: Sequence[_Outbox], size: Size, ours: Running, reference: Running) -> Iterator[Entry]:
    def batches(turn: int) -> range:
        each = (len(phones[0].batches) - _WARM) // size.rounds
        return range(_WARM + turn * each, _WARM + (turn + 1) * each)

    yield Entry(
        Side(OURS, "ours"),
        ours,
        lambda turn: run(ours.port, [one.ours(batches(turn)) for one in phones]),
        _operations,
    )
    yield Entry(
        Side("bare ASGI, the same row writes", "reference"),
        reference,
        lambda turn: run(reference.port, [one.reference(batches(turn)) for one in phones]),
        _operations,
    )


def _theirs(peers: RunningPeers, size: Size, clients: int) -> list[Entry]:
    """New rows for as long as a round lasts, made while they are sent: a tenth of what storing them costs."""

    def batches(peer: Contender) -> Iterable[bytes]:
        while True:
            yield peer.push(peers.rows.take(BATCH))

    def go(peer: Contender, turn: int) -> Load:
        scripts = [batches(peer) for _ in range(clients)]
        return run(peer.running.port, scripts, seconds=size.load_seconds, tolerant=True)

    return peers.entries(go, _operations)


def _outboxes(folder: Path, size: Size) -> list[_Outbox]:
    company = Company(f"sqlite:///{folder / _DATABASE}")
    company.furnish(1 + MANY, size.jobs)
    found, place = [], 0
    for number, phone in enumerate(company.phones):
        count = _WARM + size.rounds * size.batches_per_phone * (1 if number else _ALONE)
        batches = [company.batch(phone, one) for one in range(count)]
        caller = Caller(company.epoch, company.token(phone.device, phone.user))
        found.append(_Outbox(phone.device, caller, batches, place))
        place += count
    company.close()
    settle(folder / _DATABASE)
    return found


def _recorded(folder: Path, outboxes: Sequence[_Outbox]) -> list[Written]:
    for copy in (_RECORDING, _REFERENCE):
        shutil.copyfile(folder / _DATABASE, folder / copy)
    order = [(one.device, batch) for one in outboxes for batch in one.batches]
    written = record(folder / _RECORDING, outboxes[0].caller.epoch, order)
    (folder / "written").write_bytes(pickle.dumps(written))
    return written


def _written_facts(written: Sequence[Written], outboxes: Sequence[_Outbox]) -> dict[str, Any]:
    """What one operation sends and what one batch writes, on average."""
    tables: dict[str, float] = {}
    for batch in written:
        for statement, rows in batch:
            words = statement.split()
            table = (
                words[words.index("INTO") + 1] if "INTO" in words else words[1 if words[0] == "UPDATE" else 2]
            )
            tables[table] = tables.get(table, 0) + len(rows) / len(written)
    operations = [one for outbox in outboxes for batch in outbox.batches for one in batch]
    bodies = [len(row[-1]) for batch in written for s, rows in batch if "INTO record " in s for row in rows]
    return {
        "operation_bytes": round(statistics.mean(map(len, operations))),
        "record_bytes": round(statistics.mean(bodies)),
        "rows_per_batch": {table: round(rows, 1) for table, rows in sorted(tables.items())},
    }


def _kept(ours: Path, reference: Path) -> dict[str, Any]:
    """Rows at the end on either side, and what became of the operations: the same work was done."""
    counts = {}
    for name, file in (("ours", ours), ("reference", reference)):
        raw = sqlite3.connect(file)
        counts[name] = {
            table: raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("record", "operation", "audit")
        }
        statuses = dict(
            raw.execute("SELECT status, count(*) FROM operation WHERE device LIKE 'phone-%' GROUP BY 1")
        )
        raw.close()
    if counts["ours"] != counts["reference"]:
        raise RuntimeError(f"the reference did not write the same rows: {counts}")
    return {"rows": counts["ours"], "statuses": statuses}
