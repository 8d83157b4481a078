"""Tombstones are kept until no phone can be surprised by them; then they go, and the aggregate's floor rises.

A phone that was away longer finds its version below the floor and gets that aggregate anew (sync-protocol.md, 8.3).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from server.db.connection import Connection, Database
from server.db.statement import Statement
from sync.merge import DELETED
from sync.record import Record, decode_record

AT_ONCE = 200
KEPT_WHOLE = "catalogue/"
"""Catalogues keep theirs: the floor never passes the oldest first load that is served."""

_WITH_TOMBSTONES = Statement(
    "SELECT DISTINCT aggregate FROM record WHERE deleted AND aggregate > :after ORDER BY aggregate LIMIT :limit"
)
_LOCK = Statement("SELECT id FROM aggregate WHERE id = :id FOR UPDATE")
_BODIES = Statement("SELECT deleted, body FROM record WHERE aggregate = :id")
_RECEIVED = Statement("SELECT received_at FROM operation WHERE device = :device AND seq = :seq")
_PARKED = Statement("SELECT payload FROM operation WHERE status = 'parked' AND aggregate = :id")
_UNSENT = Statement(
    "SELECT 1 FROM entitlement JOIN device ON device.user_id = entitlement.user_id "
    "JOIN device_contact ON device_contact.device = device.id "
    "WHERE entitlement.aggregate = :id AND device_contact.pending > 0 LIMIT 1"
)
_DROP = Statement("DELETE FROM record WHERE entity = :entity AND id = :record AND deleted")
_RAISE = Statement(
    "UPDATE aggregate SET tomb_floor = :floor, record_count = record_count - :count WHERE id = :id"
)


class Collected(msgspec.Struct, frozen=True):
    """What went from one aggregate."""

    aggregate: str
    count: int
    floor: int
    """Its new floor: the newest version of a tombstone that went."""


def collect(database: Database, before: str, *, dry_run: bool = False) -> Iterator[Collected]:
    """Collect tombstones of deletions that were received before an instant; tells aggregate by aggregate.

    One stays while anything names it: a live record, an open conflict, parked work; while a phone that could see the
    aggregate has work that it has not sent; and where the aggregate is named after it. Safe beside writers, to repeat
    and to break off.
    """
    after = ""
    while page := _next(database, after):
        for aggregate in page:
            found = None if aggregate.startswith(KEPT_WHOLE) else _one(database, aggregate, before, dry_run)
            if found is not None:
                yield found
        after = page[-1]


def _next(database: Database, after: str) -> list[str]:
    return [row[0] for row in database.read(lambda c: c.rows(_WITH_TOMBSTONES, after=after, limit=AT_ONCE))]


def _one(database: Database, aggregate: str, before: str, dry_run: bool) -> Collected | None:
    return database.write(lambda c: _collect(c, aggregate, before, dry_run))


def _collect(connection: Connection, aggregate: str, before: str, dry_run: bool) -> Collected | None:
    connection.row(_LOCK, id=aggregate)
    if connection.row(_UNSENT, id=aggregate) is not None:
        return None
    rows = connection.rows(_BODIES, id=aggregate)
    named = [bytes(body) for deleted, body in rows if not deleted]
    named += [bytes(payload) for (payload,) in connection.rows(_PARKED, id=aggregate)]
    gone = [
        one
        for one in (decode_record(bytes(body)) for deleted, body in rows if deleted)
        if one.id != aggregate.partition("/")[2]
        and not any(f'"{one.id}"'.encode() in text for text in named)
        and _is_older(connection, one, before)
    ]
    if not gone:
        return None
    floor = max(one.ver for one in gone)
    if not dry_run:
        for one in gone:
            connection.run(_DROP, entity=one.entity, record=one.id)
        connection.run(_RAISE, id=aggregate, floor=floor, count=len(gone))
    return Collected(aggregate, len(gone), floor)


def _is_older(connection: Connection, tombstone: Record, before: str) -> bool:
    """Whether the server heard of the deletion before an instant; its ledger tells, no phone's clock."""
    clock = tombstone.clocks[DELETED]
    found = connection.row(_RECEIVED, device=clock.device, seq=clock.seq)
    return found is not None and str(found[0]) < before
