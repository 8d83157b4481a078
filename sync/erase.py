"""Take what says who somebody is out of one aggregate: in one transaction, as operations of the system.

Phones get the blanked records by an ordinary pull. What the ledger and the audit chain hold of the old values is
emptied after this commit (`server.db.traces`); from it on `Rules.is_erased` keeps everything new out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from sync.apply import Moment, receipt
from sync.audit import Change
from sync.canonical import sha256_hex
from sync.clock import Base
from sync.merge import At, Author, merge
from sync.operation import Operation, TimeEvidence, encode_operation
from sync.outcome import Result
from sync.record import Record
from sync.redact import ERASED
from sync.rules import Rules
from sync.schema import ANY_ROOT
from sync.store import Ask, DeviceRow, Key, Loaded, Store, WriteTransaction
from sync.work import Work

DOOR = DeviceRow(id="system-erasure", user="system", roles=("system",))


def erase(
    store: Store, rules: Rules, moment: Moment, aggregate: str, marks: Mapping[Key, Mapping[str, Any]]
) -> int:
    """Blank every personal field of every record, deleted ones too; how many records that changed.

    `marks`: further fields to set, such as the time of the erasure. Safe to repeat: a second time nothing is written.
    """

    def work(tx: WriteTransaction) -> int:
        door = tx.lock_device(DOOR.id, or_create=DOOR)
        assert door is not None
        tx.lock_aggregates([aggregate])
        kinds = _kinds(rules, aggregate)
        loaded = tx.load(Ask(aggregates=[aggregate], kinds=kinds))
        records = [loaded.records[key] for key in sorted(loaded.records)]
        working = Work(tx, frozenset([aggregate]), loaded, DOOR.user)
        working.note_kinds(kinds, Loaded())
        seq = door.last_seq
        for record in records:
            fields = dict(rules.without_personal(record.entity, record.fields))
            wanted = marks.get((record.entity, record.id), {})
            fields |= {name: value for name, value in wanted.items() if record.fields.get(name) is None}
            if fields:
                seq += 1
                _blank(rules, working, moment, record, fields, seq)
        if seq == door.last_seq:
            return 0
        changes = working.changes()
        changes.devices = [msgspec.structs.replace(door, last_seq=seq)]
        tx.write(changes)
        return seq - door.last_seq

    return store.transact(work)


def _kinds(rules: Rules, aggregate: str) -> list[Key]:
    root = aggregate.partition("/")[0]
    return [
        (aggregate, name) for name, entity in rules.schema.entities.items() if entity.root in (ANY_ROOT, root)
    ]


def _blank(
    rules: Rules, work: Work, moment: Moment, record: Record, fields: dict[str, Any], seq: int
) -> None:
    aggregate = record.aggregate
    at = At(
        epoch=moment.epoch,
        current_ver=work.current_ver(aggregate),
        next_ver=work.next_ver(aggregate),
        forced=True,
        derived=True,
    )
    name = f"{moment.epoch}\n{DOOR.id}\n{seq}\n{record.entity}\n{record.id}"
    operation = Operation(
        device=DOOR.id,
        seq=seq,
        id=f"{ERASED}-{hashlib.sha256(name.encode()).hexdigest()[:32]}",
        schema=rules.schema.version,
        entity=record.entity,
        record=record.id,
        aggregate=aggregate,
        base=Base(moment.epoch, at.current_ver),
        at=TimeEvidence(moment.received_at),
        set=fields,
    )
    author = Author(device=DOOR.id, user=DOOR.user, roles=DOOR.roles)
    merged = merge(rules.schema.entities[record.entity], record, operation, author, at)
    work.put(merged.record)
    change = Change(
        op=operation.id,
        device=DOOR.id,
        seq=seq,
        user=DOOR.user,
        by=DOOR.roles[0],
        entity=record.entity,
        record=record.id,
        ver=at.next_ver,
        received_at=moment.received_at,
        after=fields,
    )
    work.audit(aggregate, change, moment.salt())
    result = Result(seq=seq, id=operation.id, status="applied", wrote={aggregate: at.next_ver})
    raw = encode_operation(operation)
    work.receipts.append(receipt(raw, sha256_hex(raw), operation, result, author, moment.received_at))
