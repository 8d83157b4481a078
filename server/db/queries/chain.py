"""An aggregate's audit chain with the end that the aggregate itself names, and the ledger's lines behind it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from server.db import rows
from server.db.connection import Connection, Database
from server.db.statement import Statement
from sync.audit import Entry
from sync.record import Record, decode_record
from sync.store import AggregateRow, Key

_AGGREGATE = Statement(f"SELECT {rows.AGGREGATE} FROM aggregate WHERE id = :aggregate")
_CHAIN = Statement(f"SELECT {rows.AUDIT} FROM audit WHERE aggregate = :aggregate ORDER BY n")
_ALL = Statement("SELECT body FROM record WHERE aggregate = :aggregate")
_ONE = Statement(
    "SELECT body FROM record WHERE (entity = :entity AND id = :id) "
    "OR (aggregate = :aggregate AND entity = 'conflict')"
)
_LEDGER = Statement("SELECT device, seq, payload, result FROM operation WHERE id = ANY(:ids)")
_AT_ONCE = 500

Line = tuple[bytes, bytes]
"""(the operation as it came, its stored result)."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of an aggregate, all of one moment."""

    aggregate: AggregateRow
    entries: list[Entry]
    records: dict[Key, Record]
    """As they stand now: those of the aggregate, or the one that was asked for and the aggregate's conflicts."""


def chain_of(database: Database, aggregate: str, record: Key | None = None) -> Kept:
    """The whole chain, from its first entry. Raises StoreUnavailable."""
    return database.read(lambda connection: kept_of(connection, aggregate, record))


def kept_of(connection: Connection, aggregate: str, record: Key | None = None) -> Kept:
    """The same, as a transaction sees it."""
    found = connection.row(_AGGREGATE, aggregate=aggregate)
    if record is None:
        bodies = connection.rows(_ALL, aggregate=aggregate)
    else:
        bodies = connection.rows(_ONE, entity=record[0], id=record[1], aggregate=aggregate)
    standing = [decode_record(bytes(body)) for (body,) in bodies]
    return Kept(
        aggregate=rows.aggregate(found) if found else AggregateRow(id=aggregate),
        entries=[rows.audit_entry(one) for one in connection.rows(_CHAIN, aggregate=aggregate)],
        records={(one.entity, one.id): one for one in standing},
    )


def ledger_lines(database: Database, operations: Sequence[str]) -> dict[tuple[str, int], Line]:
    """(device, seq) → line, of every operation with one of these ids. Raises StoreUnavailable."""

    def work(connection: Connection) -> dict[tuple[str, int], Line]:
        found: dict[tuple[str, int], Line] = {}
        for start in range(0, len(operations), _AT_ONCE):
            ids = operations[start : start + _AT_ONCE]
            for device, seq, payload, result in connection.rows(_LEDGER, ids=ids):
                found[device, seq] = (bytes(payload or b""), bytes(result))
        return found

    return database.read(work)
