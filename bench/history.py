"""Work orders as years of operations would have left them, written at once, and a phone that may see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from bench.company import Company
from bench.rows import Row, parts
from domain import place
from sync.clock import Clock
from sync.record import DIGEST_MODULUS, Record, digest_term, encode_record
from sync.store import AggregateRow, Changes, DeviceRow, EntitlementRow

NEW_PHONE = "phone-new"
NEW_USER = "technician-new"
TOGETHER = 40
"""Records of one aggregate."""
_AT_ONCE = 5000
_MADE = Clock(1, "phone-9", 1, "technician")


def new_phone(company: Company, device: str, user: str) -> None:
    """A phone that has nothing yet."""
    row = DeviceRow(id=device, user=user, roles=("technician",))
    company.store.transact(lambda tx: tx.write(Changes(devices=[row])))


def give(company: Company, user: str, rows: Sequence[Row]) -> list[str]:
    """The user may see these rows from now on; the aggregates that they lie in."""
    given = []
    for some in parts(rows, _AT_ONCE):
        changes = Changes(watchers={user})
        for together in parts(some, TOGETHER):
            aggregate = place.work_order(company.id())
            changes.entitlements.append(
                EntitlementRow(user=user, aggregate=aggregate, because=company.id(), from_ver=1)
            )
            _write(changes, aggregate, 1, [_record(aggregate, 1, row) for row in together])
            given.append(aggregate)
        company.store.transact(lambda tx, changes=changes: tx.write(changes))
    return given


def change(company: Company, user: str, aggregates: Iterable[str], rows: Sequence[Row]) -> None:
    """One record comes into each of these aggregates."""
    changes = Changes(watchers={user})
    for aggregate, row in zip(aggregates, rows, strict=True):
        held = company.versions([aggregate])[aggregate]
        _write(changes, aggregate, held.ver + 1, [_record(aggregate, held.ver + 1, row)], held.digest)
    company.store.transact(lambda tx: tx.write(changes))


def _write(changes: Changes, aggregate: str, ver: int, records: Sequence[Record], digest: int = 0) -> None:
    changes.records += [(record, encode_record(record)) for record in records]
    digest += sum(digest_term(record.entity, record.id, ver) for record in records)
    changes.aggregates.append(AggregateRow(id=aggregate, ver=ver, digest=digest % DIGEST_MODULUS))


def _record(aggregate: str, ver: int, row: Row) -> Record:
    return Record(
        entity="work_order", id=row.id, aggregate=aggregate, ver=ver, created=_MADE,
        fields=msgspec.json.decode(row.body), clocks={},
    )  # fmt: skip
