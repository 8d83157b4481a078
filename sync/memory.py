"""A store in memory, for the simulator and for tests: the same ports, the same contract suite, no durability."""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeVar

import msgspec

from sync.audit import Entry
from sync.record import Record, decode_record
from sync.reminder import Forgotten, Reminder, ReminderKey, ReminderRow, Settlement, asked, may_settle
from sync.store import AggregateRow, Ask, Changes, DeviceRow, EntitlementRow, Key, Loaded, Receipt

T = TypeVar("T")


class _State:
    def __init__(self) -> None:
        self.epoch = "memory"
        self.aggregates: dict[str, AggregateRow] = {}
        self.records: dict[Key, bytes] = {}
        self.of_aggregate: dict[str, dict[Key, tuple[int, str]]] = {}
        self.receipts: dict[tuple[str, int], Receipt] = {}
        self.by_id: dict[str, tuple[str, int]] = {}
        self.audit: list[Entry] = []
        self.devices: dict[str, DeviceRow] = {}
        self.entitlements: dict[tuple[str, str, str, int], EntitlementRow] = {}
        self.watchers: dict[str, int] = {}
        self.reminders: dict[ReminderKey, ReminderRow] = {}


class MemoryStore:
    """One dictionary per table, one transaction at a time. Callers with threads give a re-entrant `lock`."""

    def __init__(self, epoch: str = "memory", lock: AbstractContextManager[Any] | None = None) -> None:
        self._state = _State()
        self._state.epoch = epoch
        self._lock = lock or nullcontext()

    def transact(self, work: Callable[[MemoryTransaction], T]) -> T:
        """See `sync.store.Store`."""
        with self._lock:
            transaction = MemoryTransaction(self._state)
            result = work(transaction)
            transaction.commit()
            return result

    @contextmanager
    def snapshot(self) -> Generator[MemorySnapshot]:
        """See `sync.store.Store`."""
        with self._lock:
            frozen = copy.copy(self._state)
            for name, table in vars(self._state).items():
                setattr(frozen, name, copy.copy(table))
            frozen.of_aggregate = {id: dict(rows) for id, rows in self._state.of_aggregate.items()}
        yield MemorySnapshot(frozen)

    def with_reminders(self, work: Callable[[dict[ReminderKey, ReminderRow]], T]) -> T:
        """What a queue of reminders does with their rows, alone while it lasts."""
        with self._lock:
            return work(self._state.reminders)

    def put_device(self, row: DeviceRow) -> None:
        """Enrol, change or revoke a device."""
        with self._lock:
            self._state.devices[row.id] = row


class MemoryTransaction:
    """Collects one set of changes; nothing is visible before `commit`."""

    def __init__(self, state: _State) -> None:
        self._state = state
        self._locked: list[str] = []
        self._changes = Changes()
        self._doors: list[DeviceRow] = []
        self._settled: dict[ReminderKey, ReminderRow] = {}

    def lock_device(self, device: str, or_create: DeviceRow | None = None) -> DeviceRow | None:
        """See `sync.store.WriteTransaction`."""
        found = self._state.devices.get(device)
        if found is None and or_create is not None:
            self._doors.append(or_create)
            return or_create
        return found

    def lock_aggregates(self, ids: Sequence[str]) -> None:
        """See `sync.store.WriteTransaction`."""
        self._locked += ids

    def load(self, ask: Ask) -> Loaded:
        """See `sync.store.WriteTransaction`."""
        state = self._state
        found = Loaded()
        for id in ask.aggregates:
            found.aggregates[id] = state.aggregates.get(id) or AggregateRow(id=id)
        for key in ask.records:
            if key in state.records:
                found.records[key] = decode_record(state.records[key])
        for aggregate, entity in ask.kinds:
            for key in state.of_aggregate.get(aggregate, {}):
                if key[0] == entity:
                    found.records[key] = decode_record(state.records[key])
        if ask.receipts is not None:
            device, first, last = ask.receipts
            found.receipts += [
                one for (by, seq), one in state.receipts.items() if by == device and first <= seq <= last
            ]
        found.receipts += [state.receipts[state.by_id[id]] for id in ask.operation_ids if id in state.by_id]
        if ask.entitlements is not None:
            user, aggregates = ask.entitlements
            found.entitlements += [
                row for row in state.entitlements.values() if row.user == user and row.aggregate in aggregates
            ]
        if ask.because:
            found.entitlements += [row for row in state.entitlements.values() if row.because in ask.because]
        if ask.waiting:
            found.waiting = [
                one
                for one in state.receipts.values()
                if one.status == "parked" and one.aggregate in ask.waiting
            ]
        if ask.holding is not None:
            found.holding = sorted(id for (_, id) in _holding(state, *ask.holding))
        return found

    def base_floor(self, device: str, aggregate: str, before_seq: int) -> int:
        """See `sync.store.WriteTransaction`."""
        bases = [
            one.base_ver
            for one in self._state.receipts.values()
            if one.device == device and one.aggregate == aggregate and one.seq < before_seq
        ]
        return max(bases, default=0)

    def watchers_of(self, aggregates: Sequence[str]) -> set[str]:
        """See `sync.store.WriteTransaction`."""
        return {
            row.user
            for row in self._state.entitlements.values()
            if row.to_ver is None and row.aggregate in aggregates
        }

    def settle(self, settlement: Settlement) -> bool:
        """See `sync.store.WriteTransaction`. There is no clock of its own here: the settlement names the time."""
        key = (settlement.subject, settlement.kind, settlement.revision)
        row = self._state.reminders.get(key)
        if row is None or not may_settle(row, settlement):
            return False
        self._settled[key] = msgspec.structs.replace(row, state=settlement.outcome)
        return True

    def write(self, changes: Changes) -> None:
        """See `sync.store.WriteTransaction`."""
        self._changes = changes

    def commit(self) -> None:
        """Make everything visible."""
        state, changes = self._state, self._changes
        for id in self._locked:
            state.aggregates.setdefault(id, AggregateRow(id=id))
        for row in changes.aggregates:
            state.aggregates[row.id] = row
        for record, body in changes.records:
            _put(state, record, body)
        for receipt in changes.receipts:
            state.receipts[receipt.device, receipt.seq] = receipt
            state.by_id.setdefault(receipt.id, (receipt.device, receipt.seq))
        for receipt in changes.settled_receipts:
            state.receipts[receipt.device, receipt.seq] = receipt
        state.audit += changes.audit
        for door in [*self._doors, *changes.devices]:
            state.devices[door.id] = door
        for right in changes.entitlements:
            state.entitlements[right.user, right.aggregate, right.because, right.from_ver] = right
        for user in changes.watchers:
            state.watchers[user] = state.watchers.get(user, 0) + 1
        state.reminders |= self._settled
        for word in changes.reminders:
            _remind(state, word)


def _holding(state: _State, entity: str, field: str, value: str) -> Iterator[Key]:
    for key, body in state.records.items():
        if key[0] == entity:
            record = decode_record(body)
            if not record.deleted and record.fields.get(field) == value:
                yield key


def _put(state: _State, record: Record, body: bytes) -> None:
    key = (record.entity, record.id)
    state.records[key] = body
    state.of_aggregate.setdefault(record.aggregate, {})[key] = (record.ver, record.id)


def _remind(state: _State, word: Reminder | Forgotten) -> None:
    up_to = word.revision - 1 if isinstance(word, Reminder) else word.revision
    for key, row in state.reminders.items():
        if key[:2] == (word.subject, word.kind) and row.revision <= up_to and row.state == "pending":
            state.reminders[key] = msgspec.structs.replace(row, state="cancelled")
    if isinstance(word, Reminder):
        state.reminders.setdefault((word.subject, word.kind, word.revision), asked(word))


class MemorySnapshot:
    """A frozen copy."""

    def __init__(self, state: _State) -> None:
        self._state = state

    def epoch(self) -> str:
        """See `sync.store.Snapshot`."""
        return self._state.epoch

    def change(self, user: str) -> int:
        """See `sync.store.Snapshot`."""
        return self._state.watchers.get(user, 0)

    def entitled(self, user: str) -> list[tuple[AggregateRow, int]]:
        """See `sync.store.Snapshot`."""
        held = {
            row.aggregate
            for row in self._state.entitlements.values()
            if row.user == user and row.to_ver is None
        }
        return [
            (self._state.aggregates[id], len(self._state.of_aggregate.get(id, ())))
            for id in sorted(held)
            if id in self._state.aggregates
        ]

    def changed(self, wants: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int, str, bytes]]:
        """See `sync.store.Snapshot`."""
        for aggregate, since in sorted(wants):
            yield from self._rows(aggregate, (since, "~"))

    def page(self, aggregate: str, after: tuple[int, str], limit: int) -> list[tuple[str, int, str, bytes]]:
        """See `sync.store.Snapshot`."""
        return self._rows(aggregate, after)[:limit]

    def _rows(self, aggregate: str, after: tuple[int, str]) -> list[tuple[str, int, str, bytes]]:
        rows = sorted(
            (ver, id, key) for key, (ver, id) in self._state.of_aggregate.get(aggregate, {}).items()
        )
        return [(aggregate, ver, id, self._state.records[key]) for ver, id, key in rows if (ver, id) > after]

    def parked(self, reasons: Sequence[str], after: tuple[str, int], limit: int) -> list[Receipt]:
        """See `sync.store.Snapshot`."""
        found = [
            self._state.receipts[key]
            for key in sorted(self._state.receipts)
            if key > after and self._state.receipts[key].status == "parked"
        ]
        return [one for one in found if not reasons or one.reason in reasons][:limit]

    def ledger(self, device: str, after: int, limit: int) -> list[Receipt]:
        """See `sync.store.Snapshot`."""
        found = [
            one for (by, seq), one in sorted(self._state.receipts.items()) if by == device and seq > after
        ]
        return found[:limit]

    def audit(self, aggregate: str) -> list[Entry]:
        """See `sync.store.Snapshot`."""
        return [entry for entry in self._state.audit if entry.aggregate == aggregate]

    def reminders(self, subject: str) -> list[ReminderRow]:
        """See `sync.store.Snapshot`."""
        return [self._state.reminders[key] for key in sorted(self._state.reminders) if key[0] == subject]

    def results(self, device: str, seqs: Sequence[int]) -> list[bytes]:
        """See `sync.store.Snapshot`."""
        keys = [(device, seq) for seq in sorted(seqs)]
        return [self._state.receipts[key].result for key in keys if key in self._state.receipts]
