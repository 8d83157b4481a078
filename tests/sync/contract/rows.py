"""Rows to write, with whatever a test does not care about filled in."""

from __future__ import annotations

from sync.audit import Entry
from sync.clock import Clock
from sync.record import Record, encode_record
from sync.store import Changes, DeviceRow, EntitlementRow, Receipt, Store, WriteTransaction


def a_record(id: str = "v1", aggregate: str = "work_order/w1", ver: int = 1, **changes: object) -> Record:
    """A visit."""
    given: dict[str, object] = {
        "entity": "visit",
        "id": id,
        "aggregate": aggregate,
        "ver": ver,
        "created": Clock(ver, "d1", 1, "dispatcher"),
        "fields": {"note": "漏水"},
        "clocks": {},
    }
    return Record(**given | changes)  # type: ignore[arg-type]


def stored(*records: Record) -> list[tuple[Record, bytes]]:
    """Records with their bytes, as `Changes.records` takes them."""
    return [(record, encode_record(record)) for record in records]


def a_receipt(seq: int = 1, device: str = "d1", **changes: object) -> Receipt:
    """A line of the ledger."""
    given: dict[str, object] = {
        "device": device,
        "seq": seq,
        "id": f"op-{device}-{seq}",
        "hash": "ab" * 32,
        "payload": b'{"a": "\xff"}',
        "aggregate": "work_order/w1",
        "base_ver": 0,
        "status": "applied",
        "result": b'{"seq":1}',
        "received_at": "2026-05-04T08:30:15.000Z",
        "user": "u1",
        "roles": ("technician", "expert"),
    }
    return Receipt(**given | changes)  # type: ignore[arg-type]


def a_right(
    user: str = "u1", aggregate: str = "work_order/w1", because: str = "v1", **changes: object
) -> EntitlementRow:
    """A right that is open."""
    given: dict[str, object] = {"user": user, "aggregate": aggregate, "because": because, "from_ver": 0}
    return EntitlementRow(**given | changes)  # type: ignore[arg-type]


def a_device(id: str = "d1", user: str = "u1", **changes: object) -> DeviceRow:
    """A phone."""
    given: dict[str, object] = {"id": id, "user": user, "roles": ("technician",), "public_key": b"{}"}
    return DeviceRow(**given | changes)  # type: ignore[arg-type]


def an_entry(n: int = 1, aggregate: str = "work_order/w1") -> Entry:
    """A link of an audit chain."""
    return Entry(aggregate, n, bytes([n]) * 32, bytes([n + 1]) * 32, b"s" * 16, b"{}")


def write(store: Store, changes: Changes, *locks: str) -> None:
    """One transaction that locks some aggregates and writes."""

    def work(transaction: WriteTransaction) -> None:
        transaction.lock_aggregates(sorted(locks))
        transaction.write(changes)

    store.transact(work)
