"""Stores with one flaw each, which the interleaver must catch. Each flaw is one that a hurried hand would write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from server.db import postgres_sql as sql
from server.db import rows
from server.db.postgres_database import PostgresConnection, Raw
from server.db.postgres_store import PostgresSnapshot, PostgresStore, PostgresTransaction
from sync.record import decode_record
from sync.store import Ask, Changes, Loaded, Snapshot, WriteTransaction

T = TypeVar("T")


class _Store(PostgresStore):
    transaction: type[PostgresTransaction] = PostgresTransaction

    def _transact(self, work: Callable[[WriteTransaction], T], *, suspended: bool) -> Any:
        def run(raw: Raw) -> tuple[T, PostgresTransaction]:
            transaction = self.transaction(raw, self.projections, suspended)
            result = work(transaction)
            transaction.commit()
            return result, transaction

        return self.database.attempt(run)


RECORDS_OF = "SELECT entity, id, body FROM record WHERE aggregate = ANY(%b::text[])"


class ReadsBeforeTheLock(_Store):
    """Reads aggregates and records first, then locks: what others commit meanwhile is overwritten."""

    class transaction(PostgresTransaction):
        def lock_aggregates(self, ids: Sequence[str]) -> None:
            self._early = super().load(Ask(aggregates=ids))
            self._early.records = _records(self._rows(RECORDS_OF, list(ids)))
            super().lock_aggregates(ids)

        def load(self, ask: Ask) -> Loaded:
            return _with_early(super().load(ask), getattr(self, "_early", None), ask)


class LocksAndReadsAtOnce(_Store):
    """Locks and reads in one statement: after waiting, the lock is new and the joined records are old."""

    JOINED = """
        SELECT aggregate.id, record.entity, record.id, record.body FROM aggregate
        LEFT JOIN record ON record.aggregate = aggregate.id
        WHERE aggregate.id = ANY(%b::text[]) ORDER BY aggregate.id FOR UPDATE OF aggregate"""

    class transaction(PostgresTransaction):
        def lock_aggregates(self, ids: Sequence[str]) -> None:
            self._raw.execute(sql.CREATE_AGGREGATES, (list(ids),))
            found = self._rows(LocksAndReadsAtOnce.JOINED, list(ids))
            self._early = Loaded(records=_records([row[1:] for row in found if row[1] is not None]))

        def load(self, ask: Ask) -> Loaded:
            return _with_early(super().load(ask), getattr(self, "_early", None), ask)


def _records(found: Sequence[Any]) -> dict[tuple[str, str], Any]:
    return {(entity, id): decode_record(body) for entity, id, body in found}


def _with_early(fresh: Loaded, early: Loaded | None, ask: Ask) -> Loaded:
    if early is None:
        return fresh
    for id in ask.aggregates:
        fresh.aggregates[id] = early.aggregates.get(id, fresh.aggregates[id])
    for key in list(fresh.records):
        if key in early.records:
            fresh.records[key] = early.records[key]
        else:
            del fresh.records[key]
    return fresh


class ForgetsReceipts(_Store):
    """Drops the dedupe: every push looks like the first one."""

    class transaction(PostgresTransaction):
        def lock_device(self, device: str, or_create: Any = None) -> Any:
            row = super().lock_device(device, or_create)
            return row and type(row)(**{**_fields(row), "last_seq": 0})

        def load(self, ask: Ask) -> Loaded:
            loaded = super().load(ask)
            loaded.receipts = []
            return loaded

        def _put(self, statement: str, values: Sequence[rows.Row]) -> None:
            if statement == sql.ADD_RECEIPTS:
                statement += " ON CONFLICT DO NOTHING"
            super()._put(statement, values)


def _fields(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__struct_fields__}


class ReadsCommitted(_Store):
    """Pulls in READ COMMITTED: each statement sees another state of the world."""

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        with self.database._transaction(sql.BEGIN_WRITE) as raw:
            yield PostgresSnapshot(raw)


class NaiveCursor(_Store):
    """Numbers changes from one sequence, as a reader with one cursor needs them: commits overtake each other."""

    TABLE = "CREATE TABLE naive (seq bigserial, entity text, id text, ver bigint)"
    NOTE = "INSERT INTO naive (entity, id, ver) VALUES (%s, %s, %s)"
    AFTER = "SELECT seq, entity, id, ver FROM naive WHERE seq > %s ORDER BY seq"

    class transaction(PostgresTransaction):
        def write(self, changes: Changes) -> None:
            for record, _ in changes.records:
                self._raw.execute(NaiveCursor.NOTE, (record.entity, record.id, record.ver))
            super().write(changes)

    def prepare(self) -> None:
        self.database.write(lambda connection: _raw(connection).execute(self.TABLE))

    def after(self, cursor: int) -> list[Any]:
        """What a reader that remembers one number finds."""
        with self.database.reading() as raw:
            return raw.execute(self.AFTER, (cursor,)).fetchall()


def _raw(connection: Any) -> Raw:
    assert isinstance(connection, PostgresConnection)
    return connection.raw
