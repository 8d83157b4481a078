"""The engine's ports on SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from server.db import reminders, rows
from server.db import sqlite_sql as sql
from server.db.commit import AfterCommit, Listener
from server.db.connection import Connection
from server.db.counting import NewRecords
from server.db.failure import is_refusal
from server.db.log_writer import LogWriter
from server.db.projection import Projections, ReadModelsRefused
from server.db.queries.codes import ids_holding
from server.db.sqlite_database import SqliteConnection, SqliteDatabase
from server.db.statement import encode_list
from sync.audit import Entry
from sync.record import decode_record
from sync.reminder import ReminderRow, Settlement
from sync.store import (
    AggregateRow,
    Ask,
    Changes,
    DeviceRow,
    Key,
    Loaded,
    Receipt,
    Snapshot,
    WriteTransaction,
)

T = TypeVar("T")
"""Result of a work."""


class SqliteStore:
    """See `sync.store.Store`."""

    def __init__(self, database: SqliteDatabase, projections: Projections) -> None:
        self.database = database
        self.projections = projections
        self.after_commit = AfterCommit()
        self.log: LogWriter | None = None
        """Appends what is to be logged to each transaction; without it, nothing is."""

    def transact(self, work: Callable[[WriteTransaction], T]) -> T:
        """See `sync.store.Store`."""
        try:
            result, transaction = self._transact(work, suspended=False)
        except ReadModelsRefused:
            result, transaction = self._transact(work, suspended=True)
        self.after_commit.tell(transaction.aggregates, transaction.users)
        return result

    def _transact(
        self, work: Callable[[WriteTransaction], T], *, suspended: bool
    ) -> tuple[T, SqliteTransaction]:
        def run(connection: Connection) -> tuple[T, SqliteTransaction]:
            assert isinstance(connection, SqliteConnection)
            transaction = SqliteTransaction(connection, self.projections, suspended, self.log)
            try:
                return work(transaction), transaction
            except Exception as error:
                if transaction.projected and is_refusal(error):
                    raise ReadModelsRefused from error
                raise

        return self.database.write(run)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """See `sync.store.Store`."""
        with self.database.reading() as raw:
            yield SqliteSnapshot(raw)

    def poll(self, device: str) -> tuple[str, bool, int] | None:
        """(user, revoked, the user's change count) of a device, in one statement."""
        found = self.database.glance(sql.POLL, (device,))
        return None if found is None else (found[0], bool(found[1]), found[2])

    def listen(self, listener: Listener) -> Callable[[], None]:
        """See `AfterCommit.listen`."""
        return self.after_commit.listen(listener)

    def close(self) -> None:
        """Finish what is queued; from then on everything is StoreUnavailable."""
        self.database.close()


class SqliteTransaction:
    """See `sync.store.WriteTransaction`. The writer thread is alone: what is locked need only be there at the end."""

    def __init__(
        self,
        connection: SqliteConnection,
        projections: Projections,
        suspended: bool = False,
        log: LogWriter | None = None,
    ) -> None:
        self._connection = connection
        self._log = log
        self._raw = connection.raw
        self._projections = projections
        self._suspended = suspended
        self._known = NewRecords()
        self._to_create: set[str] = set()
        self.projected = False
        self.aggregates: Sequence[str] = ()
        self.users: Sequence[str] = ()

    def lock_device(self, device: str, or_create: DeviceRow | None = None) -> DeviceRow | None:
        """See `sync.store.WriteTransaction`."""
        found = self._raw.execute(sql.DEVICE_BY_ID, (device,)).fetchone()
        if found is not None:
            return rows.device(found)
        if or_create is not None:
            self._raw.execute(sql.CREATE_DEVICE, rows.device_values(or_create))
        return or_create

    def lock_aggregates(self, ids: Sequence[str]) -> None:
        """See `sync.store.WriteTransaction`."""
        self._to_create.update(ids)

    def load(self, ask: Ask) -> Loaded:
        """See `sync.store.WriteTransaction`."""
        loaded = Loaded()
        if ask.aggregates:
            found = _aggregates(self._raw, ask.aggregates)
            self._to_create -= found.keys()
            loaded.aggregates = {id: found.get(id) or AggregateRow(id=id) for id in ask.aggregates}
        if ask.records or ask.kinds:
            bodies = [*self._bodies(sql.BODIES, ask.records), *self._kinds(ask.kinds)]
            loaded.records = {(entity, id): decode_record(body) for entity, id, body in bodies}
            self._known.asked(ask.records, loaded.records)
        if ask.receipts:
            loaded.receipts += _receipts(self._raw, sql.RECEIPTS, *ask.receipts)
        if ask.operation_ids:
            loaded.receipts += _receipts(self._raw, sql.RECEIPTS_BY_ID, _list(ask.operation_ids))
        if ask.entitlements:
            user, aggregates = ask.entitlements
            held = self._raw.execute(sql.ENTITLEMENTS, (user, _list(aggregates)))
            loaded.entitlements += [rows.entitlement(row) for row in held]
        if ask.because:
            held = self._raw.execute(sql.ENTITLEMENTS_BECAUSE, (_list(ask.because),))
            loaded.entitlements += [rows.entitlement(row) for row in held]
        if ask.waiting:
            loaded.waiting = _receipts(self._raw, sql.WAITING, _list(ask.waiting))
        if ask.holding is not None:
            loaded.holding = ids_holding(self._connection, *ask.holding)
        return loaded

    def base_floor(self, device: str, aggregate: str, before_seq: int) -> int:
        """See `sync.store.WriteTransaction`."""
        return int(self._raw.execute(sql.BASE_FLOOR, (device, aggregate, before_seq)).fetchone()[0])

    def watchers_of(self, aggregates: Sequence[str]) -> set[str]:
        """See `sync.store.WriteTransaction`."""
        return {user for (user,) in self._raw.execute(sql.WATCHERS_OF, (_list(aggregates),))}

    def settle(self, settlement: Settlement) -> bool:
        """See `sync.store.WriteTransaction`."""
        return reminders.settle(self._connection, settlement)

    def write(self, changes: Changes) -> None:
        """See `sync.store.WriteTransaction`."""
        many = self._raw.executemany
        fresh = self._known.per_aggregate(changes.records, self._present)
        self._to_create.difference_update(row.id for row in changes.aggregates)
        many(sql.CREATE_AGGREGATE, [(id,) for id in sorted(self._to_create)])
        many(sql.PUT_RECORD, [rows.record_values(record, body) for record, body in changes.records])
        many(
            sql.PUT_AGGREGATE,
            [(*rows.aggregate_values(row), fresh.pop(row.id, 0)) for row in changes.aggregates],
        )
        many(sql.COUNT_RECORDS, [(count, id) for id, count in fresh.items()])
        many(sql.ADD_RECEIPT, [rows.receipt_values(one) for one in changes.receipts])
        many(sql.SETTLE_RECEIPT, [rows.settlement(one) for one in changes.settled_receipts])
        many(sql.ADD_AUDIT, [rows.audit_values(entry) for entry in changes.audit])
        many(sql.PUT_DEVICE, [rows.device_values(one) for one in changes.devices])
        many(sql.PUT_ENTITLEMENT, [rows.entitlement_values(one) for one in changes.entitlements])
        written = [record for record, _ in changes.records]
        self.projected = not self._suspended and self._projections.concern(written)
        self._projections.write(self._connection, written, suspended=self._suspended)
        many(sql.BUMP_WATCHER, [(user,) for user in sorted(changes.watchers)])
        if changes.reminders:
            reminders.write(self._connection, changes.reminders)
        if self._log is not None:
            self._log.follow(self._connection, changes)
        self.aggregates = [row.id for row in changes.aggregates]
        self.users = sorted(changes.watchers)

    def _bodies(self, statement: str, keys: Sequence[Key]) -> list[rows.Row]:
        by_entity: dict[str, list[str]] = {}
        for entity, id in keys:
            by_entity.setdefault(entity, []).append(id)
        found: list[rows.Row] = []
        for entity, ids in by_entity.items():
            found += self._raw.execute(statement, (entity, _list(ids)))
        return found

    def _kinds(self, kinds: Sequence[tuple[str, str]]) -> list[rows.Row]:
        if not kinds:
            return []
        entities, aggregates = {entity for _, entity in kinds}, {aggregate for aggregate, _ in kinds}
        wanted = set(kinds)
        found = self._raw.execute(sql.BODIES_OF_KINDS, (_list(sorted(aggregates)), _list(sorted(entities))))
        return [(entity, id, body) for aggregate, entity, id, body in found if (aggregate, entity) in wanted]

    def _present(self, keys: Sequence[Key]) -> set[Key]:
        return {(entity, id) for entity, id in self._bodies(sql.PRESENT, keys)}


class SqliteSnapshot:
    """See `sync.store.Snapshot`."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw
        # SQLite takes its snapshot with the first read.
        self._epoch = str(raw.execute(sql.EPOCH).fetchone()[0])

    def epoch(self) -> str:
        """See `sync.store.Snapshot`."""
        return self._epoch

    def change(self, user: str) -> int:
        """See `sync.store.Snapshot`."""
        found = self._raw.execute(sql.CHANGE, (user,)).fetchone()
        return int(found[0]) if found else 0

    def entitled(self, user: str) -> list[tuple[AggregateRow, int]]:
        """See `sync.store.Snapshot`."""
        return [(rows.aggregate(row), row[-1]) for row in self._raw.execute(sql.ENTITLED, (user,))]

    def changed(self, wants: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int, str, bytes]]:
        """See `sync.store.Snapshot`."""
        # One prepared statement per aggregate walks the index in order; one join over all would sort the bodies.
        for want in sorted(wants):
            yield from self._raw.execute(sql.CHANGED, want)

    def page(self, aggregate: str, after: tuple[int, str], limit: int) -> list[tuple[str, int, str, bytes]]:
        """See `sync.store.Snapshot`."""
        return self._raw.execute(sql.PAGE, (aggregate, *after, limit)).fetchall()

    def parked(self, reasons: Sequence[str], after: tuple[str, int], limit: int) -> list[Receipt]:
        """See `sync.store.Snapshot`."""
        if not reasons:
            return _receipts(self._raw, sql.PARKED, *after, limit)
        return _receipts(self._raw, sql.PARKED_BECAUSE, *after, _list(reasons), limit)

    def ledger(self, device: str, after: int, limit: int) -> list[Receipt]:
        """See `sync.store.Snapshot`."""
        return _receipts(self._raw, sql.LEDGER, device, after, limit)

    def audit(self, aggregate: str) -> list[Entry]:
        """See `sync.store.Snapshot`."""
        return [rows.audit_entry(row) for row in self._raw.execute(sql.AUDIT_OF, (aggregate,))]

    def reminders(self, subject: str) -> list[ReminderRow]:
        """See `sync.store.Snapshot`."""
        return reminders.of_subject(SqliteConnection(self._raw), subject)

    def results(self, device: str, seqs: Sequence[int]) -> list[bytes]:
        """See `sync.store.Snapshot`."""
        return [result for (result,) in self._raw.execute(sql.RESULTS, (device, _list(seqs)))]


def _aggregates(raw: sqlite3.Connection, ids: Sequence[str]) -> dict[str, AggregateRow]:
    return {row[0]: rows.aggregate(row) for row in raw.execute(sql.AGGREGATES, (_list(ids),))}


def _receipts(raw: sqlite3.Connection, statement: str, *values: object) -> list[Receipt]:
    return [rows.receipt(row) for row in raw.execute(statement, values)]


def _list(values: Sequence[str] | Sequence[int]) -> str:
    return encode_list(values).decode()
