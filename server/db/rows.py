"""Rows as tuples, and what they are to the engine. Column order here is the order in every statement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sync.audit import Entry
from sync.record import Record
from sync.store import AggregateRow, DeviceRow, EntitlementRow, Receipt

Row = tuple[Any, ...]

AGGREGATE = "id, ver, digest, tomb_floor, chain_head, chain_length"
DEVICE = "id, user_id, roles, last_seq, revoked, public_key, forked_from"
ENTITLEMENT = "user_id, aggregate, because, from_ver, to_ver"
RECEIPT = (
    "device, seq, id, hash, aggregate, base_ver, status, reason, received_at, waits_for, user_id, roles, "
    "payload, result"
)
AUDIT = "aggregate, n, commitment, hash, salt, payload"
RECORD = "entity, id, aggregate, ver, deleted, body"

DIGEST_BYTES = 32


def columns(names: str, table: str) -> str:
    """The same column list with the table's name before each."""
    return ", ".join(f"{table}.{name.strip()}" for name in names.split(","))


def aggregate(row: Row) -> AggregateRow:
    return AggregateRow(
        id=row[0],
        ver=row[1],
        digest=int.from_bytes(row[2], "big"),
        tomb_floor=row[3],
        chain_head=bytes(row[4]),
        chain_length=row[5],
    )


def aggregate_values(row: AggregateRow) -> Row:
    """In the order of `AGGREGATE`."""
    return (
        row.id,
        row.ver,
        row.digest.to_bytes(DIGEST_BYTES, "big"),
        row.tomb_floor,
        row.chain_head,
        row.chain_length,
    )


def device(row: Row) -> DeviceRow:
    return DeviceRow(
        id=row[0],
        user=row[1],
        roles=tuple(row[2].split()),
        last_seq=row[3],
        revoked=bool(row[4]),
        public_key=bytes(row[5]),
        forked_from=row[6],
    )


def device_values(row: DeviceRow) -> Row:
    return (
        row.id,
        row.user,
        " ".join(row.roles),
        row.last_seq,
        row.revoked,
        row.public_key,
        row.forked_from,
    )


def entitlement(row: Row) -> EntitlementRow:
    return EntitlementRow(user=row[0], aggregate=row[1], because=row[2], from_ver=row[3], to_ver=row[4])


def entitlement_values(row: EntitlementRow) -> Row:
    return (row.user, row.aggregate, row.because, row.from_ver, row.to_ver)


def receipt(row: Row) -> Receipt:
    return Receipt(
        device=row[0],
        seq=row[1],
        id=row[2],
        hash=row[3],
        aggregate=row[4],
        base_ver=row[5],
        status=row[6],
        reason=row[7],
        received_at=row[8],
        waits_for=row[9],
        user=row[10],
        roles=tuple(row[11].split()),
        payload=bytes(row[12]),
        result=bytes(row[13]),
    )


def receipt_values(row: Receipt) -> Row:
    return (
        row.device,
        row.seq,
        row.id,
        row.hash,
        row.aggregate,
        row.base_ver,
        row.status,
        row.reason,
        row.received_at,
        row.waits_for,
        row.user,
        " ".join(row.roles),
        row.payload,
        row.result,
    )


def settlement(one: Receipt) -> Row:
    """What changes in the ledger's line when a parked operation is taken in after all, then its key."""
    return (one.status, one.reason, one.waits_for, one.result, one.device, one.seq)


def audit_entry(row: Row) -> Entry:
    return Entry(
        row[0],
        row[1],
        bytes(row[2]),
        bytes(row[3]),
        None if row[4] is None else bytes(row[4]),
        None if row[5] is None else bytes(row[5]),
    )


def audit_values(entry: Entry) -> Row:
    return (entry.aggregate, entry.n, entry.commitment, entry.hash, entry.salt, entry.payload)


def record_values(record: Record, body: bytes) -> Row:
    return (record.entity, record.id, record.aggregate, record.ver, record.deleted, body)


def by_column(rows: Iterable[Row]) -> list[list[Any]]:
    """Rows turned into columns, as `unnest` takes them."""
    return [list(column) for column in zip(*rows, strict=True)]
