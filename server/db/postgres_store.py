"""The engine's ports on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from server.db import postgres_sql as sql
from server.db import reminders, rows
from server.db.commit import AfterCommit, Listener
from server.db.counting import NewRecords
from server.db.failure import is_refusal
from server.db.log_writer import LogWriter
from server.db.postgres_database import PostgresConnection, PostgresDatabase, Raw
from server.db.projection import Projections, ReadModelsRefused
from server.db.queries.codes import ids_holding
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

CHANGED_ROWS_AT_A_TIME = 2000


class PostgresStore:
    """See `sync.store.Store`."""

    def __init__(self, database: PostgresDatabase, projections: Projections) -> None:
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
    ) -> tuple[T, PostgresTransaction]:
        def run(raw: Raw) -> tuple[T, PostgresTransaction]:
            transaction = PostgresTransaction(raw, self.projections, suspended, self.log)
            try:
                result = work(transaction)
                transaction.commit()
            except Exception as error:
                if transaction.projected and is_refusal(error):
                    raise ReadModelsRefused from error
                raise
            return result, transaction

        return self.database.attempt(run)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """See `sync.store.Store`."""
        with self.database.reading() as raw:
            yield PostgresSnapshot(raw)

    def poll(self, device: str) -> tuple[str, bool, int] | None:
        """(user, revoked, the user's change count) of a device, in one statement."""
        found = self.database.glance(sql.POLL, (device,))
        return None if found is None else (found[0], found[1], found[2])

    def listen(self, listener: Listener) -> Callable[[], None]:
        """See `AfterCommit.listen`."""
        return self.after_commit.listen(listener)

    def close(self) -> None:
        """Let running transactions end; from then on everything is StoreUnavailable."""
        self.database.close()


class PostgresTransaction:
    """See `sync.store.WriteTransaction`. `write` only takes the changes: they travel with the commit."""

    def __init__(
        self, raw: Raw, projections: Projections, suspended: bool = False, log: LogWriter | None = None
    ) -> None:
        self._raw = raw
        self._log = log
        self._binary = raw.cursor(binary=True)
        self._projections = projections
        self._suspended = suspended
        self._known = NewRecords()
        self._changes: Changes | None = None
        self.projected = False
        self.aggregates: Sequence[str] = ()
        self.users: Sequence[str] = ()

    def lock_device(self, device: str, or_create: DeviceRow | None = None) -> DeviceRow | None:
        """See `sync.store.WriteTransaction`."""
        found = self._rows(sql.LOCK_DEVICE, device)
        if not found and or_create is not None:
            self._raw.execute(sql.CREATE_DEVICE, rows.device_values(or_create))
            found = self._rows(sql.LOCK_DEVICE, device)
        return rows.device(found[0]) if found else None

    def lock_aggregates(self, ids: Sequence[str]) -> None:
        """See `sync.store.WriteTransaction`."""
        wanted = list(ids)
        with self._raw.pipeline():
            self._raw.execute(sql.CREATE_AGGREGATES, (wanted,))
            self._raw.execute(sql.LOCK_AGGREGATES, (wanted,))

    def load(self, ask: Ask) -> Loaded:
        """See `sync.store.WriteTransaction`."""
        loaded = Loaded()
        if ask.aggregates:
            found = {row[0]: rows.aggregate(row) for row in self._rows(sql.AGGREGATES, list(ask.aggregates))}
            loaded.aggregates = {id: found.get(id) or AggregateRow(id=id) for id in ask.aggregates}
        bodies = [*self._pairs(sql.BODIES, ask.records), *self._pairs(sql.BODIES_OF_KINDS, ask.kinds)]
        loaded.records = {(entity, id): decode_record(body) for entity, id, body in bodies}
        self._known.asked(ask.records, loaded.records)
        if ask.receipts:
            loaded.receipts += self._receipts(sql.RECEIPTS, *ask.receipts)
        if ask.operation_ids:
            loaded.receipts += self._receipts(sql.RECEIPTS_BY_ID, list(ask.operation_ids))
        if ask.entitlements:
            user, aggregates = ask.entitlements
            held = self._rows(sql.ENTITLEMENTS, user, list(aggregates))
            loaded.entitlements += [rows.entitlement(row) for row in held]
        if ask.because:
            given = self._rows(sql.ENTITLEMENTS_BECAUSE, list(ask.because))
            loaded.entitlements += [rows.entitlement(row) for row in given]
        if ask.waiting:
            loaded.waiting = self._receipts(sql.WAITING, list(ask.waiting))
        if ask.holding is not None:
            loaded.holding = ids_holding(PostgresConnection(self._raw), *ask.holding)
        return loaded

    def base_floor(self, device: str, aggregate: str, before_seq: int) -> int:
        """See `sync.store.WriteTransaction`."""
        return int(self._rows(sql.BASE_FLOOR, device, aggregate, before_seq)[0][0])

    def watchers_of(self, aggregates: Sequence[str]) -> set[str]:
        """See `sync.store.WriteTransaction`."""
        return {user for (user,) in self._rows(sql.WATCHERS_OF, list(aggregates))}

    def settle(self, settlement: Settlement) -> bool:
        """See `sync.store.WriteTransaction`."""
        return reminders.settle(PostgresConnection(self._raw), settlement)

    def write(self, changes: Changes) -> None:
        """See `sync.store.WriteTransaction`."""
        self._changes = changes

    def commit(self) -> None:
        """Write everything and commit, in one round trip."""
        changes = self._changes or Changes()
        fresh = self._known.per_aggregate(changes.records, self._present)
        if self._log is not None:
            # It reads, which a pipeline does not; and it locks the log's head, so it comes last before the writes.
            self._log.follow(PostgresConnection(self._raw), changes)
        with self._raw.pipeline():
            self._write(changes, fresh)
            self._raw.execute("COMMIT")
        self.aggregates = [row.id for row in changes.aggregates]
        self.users = sorted(changes.watchers)

    def _write(self, changes: Changes, fresh: dict[str, int]) -> None:
        put = self._put
        put(sql.PUT_RECORDS, [rows.record_values(record, body) for record, body in changes.records])
        put(
            sql.PUT_AGGREGATES,
            [(*rows.aggregate_values(row), fresh.pop(row.id, 0)) for row in changes.aggregates],
        )
        put(sql.COUNT_RECORDS, [(count, id) for id, count in sorted(fresh.items())])
        put(sql.ADD_RECEIPTS, [rows.receipt_values(one) for one in changes.receipts])
        put(sql.SETTLE_RECEIPTS, [rows.settlement(one) for one in changes.settled_receipts])
        put(sql.ADD_AUDIT, [rows.audit_values(entry) for entry in changes.audit])
        for door in sorted(changes.devices, key=lambda one: one.id):
            self._raw.execute(sql.PUT_DEVICE, rows.device_values(door))
        put(sql.PUT_ENTITLEMENTS, [rows.entitlement_values(one) for one in changes.entitlements])
        written = [record for record, _ in changes.records]
        self.projected = not self._suspended and self._projections.concern(written)
        self._projections.write(PostgresConnection(self._raw), written, suspended=self._suspended)
        put(sql.BUMP_WATCHERS, [(user,) for user in sorted(changes.watchers)])
        if changes.reminders:
            reminders.write(PostgresConnection(self._raw), changes.reminders)

    def _put(self, statement: str, values: Sequence[rows.Row]) -> None:
        if values:
            self._raw.execute(statement.encode(), rows.by_column(values))

    def _rows(self, statement: str, *values: Any) -> list[rows.Row]:
        return self._binary.execute(statement.encode(), values).fetchall()

    def _pairs(self, statement: str, pairs: Sequence[tuple[str, str]]) -> list[rows.Row]:
        return self._rows(statement, *rows.by_column(pairs)) if pairs else []

    def _receipts(self, statement: str, *values: Any) -> list[Receipt]:
        return [rows.receipt(row) for row in self._rows(statement, *values)]

    def _present(self, keys: Sequence[Key]) -> set[Key]:
        return {(entity, id) for entity, id in self._pairs(sql.PRESENT, keys)}


class PostgresSnapshot:
    """See `sync.store.Snapshot`."""

    def __init__(self, raw: Raw) -> None:
        self._raw = raw
        self._cursor = raw.cursor(binary=True)
        # PostgreSQL takes its snapshot with the first statement.
        self._epoch = str(self._rows(sql.EPOCH)[0][0])

    def epoch(self) -> str:
        """See `sync.store.Snapshot`."""
        return self._epoch

    def change(self, user: str) -> int:
        """See `sync.store.Snapshot`."""
        found = self._rows(sql.CHANGE, user)
        return int(found[0][0]) if found else 0

    def entitled(self, user: str) -> list[tuple[AggregateRow, int]]:
        """See `sync.store.Snapshot`."""
        return [(rows.aggregate(row), row[-1]) for row in self._rows(sql.ENTITLED, user)]

    def changed(self, wants: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int, str, bytes]]:
        """See `sync.store.Snapshot`."""
        if not wants:
            return
        with self._raw.cursor(name="changed") as cursor:
            cursor.itersize = CHANGED_ROWS_AT_A_TIME
            cursor.execute(sql.CHANGED.encode(), rows.by_column(sorted(wants)), binary=True)
            while found := cursor.fetchmany(CHANGED_ROWS_AT_A_TIME):
                yield from found

    def page(self, aggregate: str, after: tuple[int, str], limit: int) -> list[tuple[str, int, str, bytes]]:
        """See `sync.store.Snapshot`."""
        return self._rows(sql.PAGE, aggregate, *after, limit)

    def parked(self, reasons: Sequence[str], after: tuple[str, int], limit: int) -> list[Receipt]:
        """See `sync.store.Snapshot`."""
        if not reasons:
            found = self._rows(sql.PARKED, *after, limit)
        else:
            found = self._rows(sql.PARKED_BECAUSE, *after, list(reasons), limit)
        return [rows.receipt(row) for row in found]

    def ledger(self, device: str, after: int, limit: int) -> list[Receipt]:
        """See `sync.store.Snapshot`."""
        return [rows.receipt(row) for row in self._rows(sql.LEDGER, device, after, limit)]

    def audit(self, aggregate: str) -> list[Entry]:
        """See `sync.store.Snapshot`."""
        return [rows.audit_entry(row) for row in self._rows(sql.AUDIT_OF, aggregate)]

    def reminders(self, subject: str) -> list[ReminderRow]:
        """See `sync.store.Snapshot`."""
        return reminders.of_subject(PostgresConnection(self._raw), subject)

    def results(self, device: str, seqs: Sequence[int]) -> list[bytes]:
        """See `sync.store.Snapshot`."""
        return [bytes(result) for (result,) in self._rows(sql.RESULTS, device, list(seqs))]

    def _rows(self, statement: str, *values: Any) -> list[rows.Row]:
        return self._cursor.execute(statement.encode(), values).fetchall()
