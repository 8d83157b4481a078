"""The working set of one transaction: what was read under the locks, and what has changed since, in memory."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sync import audit
from sync.record import DIGEST_MODULUS, Record, digest_term, encode_record
from sync.reminder import Forgotten, Reminder
from sync.rules import Grant, NeedsMore, Withdrawal
from sync.store import AggregateRow, Ask, Changes, EntitlementRow, Key, Loaded, Receipt, WriteTransaction

_Interval = tuple[str, str, str, int]


def _interval(row: EntitlementRow) -> _Interval:
    return (row.user, row.aggregate, row.because, row.from_ver)


class Work:
    """A `View` of the records inside the transaction, and the collector of its changes."""

    def __init__(self, tx: WriteTransaction, locked: frozenset[str], loaded: Loaded, maker: str) -> None:
        self._tx = tx
        self._maker = maker
        self._speaker = ("", 0)
        self._bases: dict[tuple[str, str], list[tuple[int, int]]] = {}
        self._locked = locked
        self._read: dict[Key, Record | None] = {}
        self._now: dict[Key, Record | None] = {}
        self._of: dict[tuple[str, str], dict[str, Record]] = {}
        self._kinds: set[tuple[str, str]] = set()
        self._note(loaded)
        self._aggregates = {id: loaded.aggregates.get(id) or AggregateRow(id=id) for id in locked}
        self._bumped: set[str] = set()
        self._entitlements: dict[_Interval, EntitlementRow] = {}
        self._asked_because: set[str] = set()
        self._changed_entitlements: set[_Interval] = set()
        self._chains: dict[str, tuple[bytes, int]] = {}
        self._entries: list[audit.Entry] = []
        self._watchers: set[str] = set()
        self._reminders: dict[tuple[str, str], Reminder | Forgotten] = {}
        self.receipts: list[Receipt] = []
        self.settled_receipts: list[Receipt] = []
        self.created: list[Key] = []
        self.note_entitlements(loaded.entitlements)

    # View

    def record(self, entity: str, id: str) -> Record | None:
        """See `sync.rules.View`."""
        key = (entity, id)
        if key not in self._now:
            self._note(self._tx.load(Ask(records=[key])))
            self.note_missing([key])
        return self._now[key]

    def of(self, aggregate: str, entity: str) -> Sequence[Record]:
        """See `sync.rules.View`."""
        if (aggregate, entity) not in self._kinds:
            self.note_kinds([(aggregate, entity)], self._tx.load(Ask(kinds=[(aggregate, entity)])))
        held = self._of.get((aggregate, entity), {})
        return [held[id] for id in sorted(held) if not held[id].deleted]

    def entitled(self, user: str, aggregate: str, base_ver: int) -> bool:
        """See `sync.rules.View`. An aggregate that this very transaction creates is its creator's."""
        row = self._aggregates.get(aggregate)
        if row is not None and row.ver == 0 and user == self._maker:
            return True
        closed = False
        for right in self._entitlements.values():
            if right.user != user or right.aggregate != aggregate or base_ver < right.from_ver:
                continue
            if right.to_ver is None:
                return True
            closed = closed or base_ver < right.to_ver
        return closed and base_ver >= self._base_floor(aggregate)

    def _base_floor(self, aggregate: str) -> int:
        """What the speaker is known to have seen before: a base never goes back."""
        device, seq = self._speaker
        stored = self._tx.base_floor(device, aggregate, seq)
        here = [ver for earlier, ver in self._bases.get((device, aggregate), ()) if earlier < seq]
        return max([stored, *here])

    def holding(self, entity: str, field: str, value: str) -> Sequence[str]:
        """See `sync.rules.View`. What this transaction has changed already stands."""
        stored = self._tx.load(Ask(holding=(entity, field, value))).holding
        changed = {id: one for (kind, id), one in self._now.items() if kind == entity}
        here = {
            id
            for id, one in changed.items()
            if one is not None and not one.deleted and one.fields.get(field) == value
        }
        return sorted(here | (set(stored) - changed.keys()))

    def holders(self, aggregate: str) -> Sequence[str]:
        """See `sync.rules.View`."""
        return sorted(self._tx.watchers_of([aggregate]))

    # reading

    def note_kinds(self, kinds: Sequence[tuple[str, str]], loaded: Loaded) -> None:
        """Take in whole kinds that were read; what this transaction has changed already stands."""
        self._note(loaded)
        self._kinds.update(kinds)

    def _note(self, loaded: Loaded) -> None:
        for key, record in loaded.records.items():
            if key not in self._now:
                self._read[key] = record
                self._hold(key, record)

    def _hold(self, key: Key, record: Record) -> None:
        self._now[key] = record
        self._of.setdefault((record.aggregate, record.entity), {})[record.id] = record

    def note_missing(self, keys: Sequence[Key]) -> None:
        """Remember keys that were asked for and do not exist."""
        for key in keys:
            self._read.setdefault(key, None)
            self._now.setdefault(key, None)

    def speak(self, device: str, seq: int) -> None:
        """From now on this operation is judged: rights are those of its author at its place in the device's order."""
        self._speaker = (device, seq)

    def note_base(self, device: str, seq: int, aggregate: str, base_ver: int) -> None:
        """What a device is known to have seen by then, whatever becomes of the operation that says so."""
        self._bases.setdefault((device, aggregate), []).append((seq, base_ver))

    def note_entitlements(self, rows: Sequence[EntitlementRow]) -> None:
        """Take in entitlement rows that were read."""
        for row in rows:
            self._entitlements.setdefault(_interval(row), row)

    def current_ver(self, aggregate: str) -> int:
        """The aggregate's version before this transaction."""
        return self._row(aggregate).ver

    def next_ver(self, aggregate: str) -> int:
        """The version that this transaction makes, if it changes the aggregate."""
        return self._row(aggregate).ver + 1

    def seen_ver(self, aggregate: str) -> int:
        """The version that holds everything done so far."""
        row = self._row(aggregate)
        return row.ver + 1 if aggregate in self._bumped else row.ver

    def _row(self, aggregate: str) -> AggregateRow:
        row = self._aggregates.get(aggregate)
        if row is None:
            raise NeedsMore([aggregate])
        return row

    # writing

    def put(self, record: Record) -> None:
        """A record has changed: its aggregate must be locked, and is bumped once."""
        self._row(record.aggregate)
        key = (record.entity, record.id)
        if self.record(*key) is None:
            self.created.append(key)
        self._hold(key, record)
        self._bumped.add(record.aggregate)

    def grant(self, right: Grant | Withdrawal) -> None:
        """Give or take an entitlement; authority inside [from_ver, to_ver) remains judged as of authoring."""
        row = self._row(right.aggregate)
        held = self._held(right)
        if isinstance(right, Grant):
            if held is not None:
                return
            since = self.seen_ver(right.aggregate) if row.ver else 0
            new = EntitlementRow(
                user=right.user, aggregate=right.aggregate, because=right.because, from_ver=since
            )
        else:
            if held is None:
                return
            new = msgspec.structs.replace(held, to_ver=row.ver + 1)
        self._entitlements[_interval(new)] = new
        self._changed_entitlements.add(_interval(new))
        self._watchers.add(right.user)

    def _held(self, right: Grant | Withdrawal) -> EntitlementRow | None:
        """The open interval of a right, if there is one."""
        if right.because not in self._asked_because:
            self._asked_because.add(right.because)
            self.note_entitlements(self._tx.load(Ask(because=[right.because])).entitlements)
        for row in self._entitlements.values():
            same = (row.user, row.aggregate, row.because) == (right.user, right.aggregate, right.because)
            if same and row.to_ver is None:
                return row
        return None

    def remind(self, word: Reminder | Forgotten) -> None:
        """The last word about a subject and kind counts."""
        self._reminders[word.subject, word.kind] = word

    def audit(self, aggregate: str, change: audit.Change, salt: bytes) -> None:
        """Append to the aggregate's chain."""
        row = self._row(aggregate)
        head, length = self._chains.get(aggregate, (row.chain_head, row.chain_length))
        entry = audit.extend(aggregate, head, length, change, salt)
        self._chains[aggregate] = (entry.hash, entry.n)
        self._entries.append(entry)

    def changes(self) -> Changes:
        """Everything to be written, each record and aggregate once."""
        records: list[tuple[Record, bytes]] = []
        digests: dict[str, int] = {}
        for key, record in self._now.items():
            before = self._read.get(key)
            if record is None or record is before:
                continue
            records.append((record, encode_record(record)))
            delta = 0 if record.deleted else digest_term(record.entity, record.id, record.ver)
            if before is not None and not before.deleted:
                delta -= digest_term(before.entity, before.id, before.ver)
            digests[record.aggregate] = digests.get(record.aggregate, 0) + delta
        return Changes(
            records=records,
            aggregates=[self._written(id, digests.get(id, 0)) for id in sorted(self._touched())],
            receipts=self.receipts,
            settled_receipts=self.settled_receipts,
            audit=self._entries,
            entitlements=[self._entitlements[key] for key in sorted(self._changed_entitlements)],
            watchers=self._watchers | self._tx.watchers_of(sorted(self._bumped)),
            reminders=list(self._reminders.values()),
        )

    def _touched(self) -> set[str]:
        return self._bumped | set(self._chains)

    def _written(self, id: str, delta: int) -> AggregateRow:
        row = self._aggregates[id]
        head, length = self._chains.get(id, (row.chain_head, row.chain_length))
        return msgspec.structs.replace(
            row,
            ver=self.seen_ver(id),
            digest=(row.digest + delta) % DIGEST_MODULUS,
            chain_head=head,
            chain_length=length,
        )
