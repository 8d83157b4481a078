"""The ports to storage. One contract suite runs on every adapter: memory, SQLite, PostgreSQL (tests/sync/contract)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

import msgspec

from sync.audit import GENESIS, Entry
from sync.record import Record
from sync.reminder import Forgotten, Reminder, ReminderRow, Settlement

T = TypeVar("T")
Key = tuple[str, str]
"""(entity, id) of a record."""
Holding = tuple[str, str, str]
"""(entity, field, value)."""


class AggregateRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The unit of sharing and of order."""

    id: str
    ver: int = 0
    digest: int = 0
    """Sum of `digest_term` over live records, modulo 2^256."""
    tomb_floor: int = 0
    """Tombstones at or below this version have been collected: a phone below it gets the aggregate anew."""
    chain_head: bytes = GENESIS
    chain_length: int = 0


class DeviceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One enrolled phone, or one desk user's door."""

    id: str
    user: str
    roles: tuple[str, ...]
    last_seq: int = 0
    revoked: bool = False
    public_key: bytes = b""
    """Device key, an EC P-256 public key as canonical JWK bytes; empty for desks."""
    forked_from: str = ""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The ledger's line for one operation: it is never deleted (invariant 1)."""

    device: str
    seq: int
    id: str
    hash: str
    """`content_hash` of the payload."""
    payload: bytes
    """The operation exactly as it came."""
    aggregate: str
    base_ver: int
    status: str
    reason: str = ""
    result: bytes
    """Encoded `Result`."""
    received_at: str
    waits_for: str = ""
    """For a parked one: `entity/id` of the record that it waits for, else empty."""
    user: str = ""
    roles: tuple[str, ...] = ()
    """The author's, kept so that a parked operation can be tried again in the author's name."""


class EntitlementRow(msgspec.Struct, frozen=True, kw_only=True):
    """Why a user may see an aggregate, and between which of its versions. Open while `to_ver` is None."""

    user: str
    aggregate: str
    because: str
    """Id of the record that gives the right, such as a visit."""
    from_ver: int
    to_ver: int | None = None


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one load reads, each as one bulk statement."""

    aggregates: Sequence[str] = ()
    records: Sequence[Key] = ()
    kinds: Sequence[tuple[str, str]] = ()
    """(aggregate, entity): all records of that entity in that aggregate."""
    receipts: tuple[str, int, int] | None = None
    """(device, first seq, last seq), both included."""
    operation_ids: Sequence[str] = ()
    entitlements: tuple[str, Sequence[str]] | None = None
    """(user, aggregates): rows of that user, open and closed."""
    because: Sequence[str] = ()
    """Entitlement rows given by these records, of any user."""
    waiting: Sequence[str] = ()
    """Aggregates whose parked operations are wanted."""
    holding: Holding | None = None
    """Which live records have this value in this field: of those fields by which a store finds records."""


class Loaded(msgspec.Struct, kw_only=True):
    """The answer to an `Ask`."""

    aggregates: dict[str, AggregateRow] = {}
    records: dict[Key, Record] = {}
    receipts: list[Receipt] = []
    entitlements: list[EntitlementRow] = []
    waiting: list[Receipt] = []
    holding: list[str] = []
    """Ids, in order."""


class Changes(msgspec.Struct, kw_only=True):
    """Everything that one transaction writes, each list as one bulk statement."""

    records: list[tuple[Record, bytes]] = []
    """Record and its encoded bytes, each key once."""
    aggregates: list[AggregateRow] = []
    receipts: list[Receipt] = []
    settled_receipts: list[Receipt] = []
    """Receipts that were parked and now have another status; same (device, seq)."""
    audit: list[Entry] = []
    devices: list[DeviceRow] = []
    """Upserted by id."""
    entitlements: list[EntitlementRow] = []
    """Upserted by (user, aggregate, because, from_ver): a right given again opens an interval of its own."""
    watchers: set[str] = set()
    """Users whose pull may now differ: their change count rises by one."""
    reminders: list[Reminder | Forgotten] = []
    """Each subject and kind once."""


class WriteTransaction(Protocol):
    """One transaction. The engine calls its steps in the order below: lock first, read second, write once."""

    def lock_device(self, device: str, or_create: DeviceRow | None = None) -> DeviceRow | None:
        """Lock and read a device's row; with `or_create`, a missing one is created first (safe against a race)."""

    def lock_aggregates(self, ids: Sequence[str]) -> None:
        """Create the missing ones and lock all, in id order. Reads nothing: reading is the next statement's."""

    def load(self, ask: Ask) -> Loaded:
        """Read, in statements of their own, after the locks. May be called again."""

    def base_floor(self, device: str, aggregate: str, before_seq: int) -> int:
        """Greatest base version among the device's earlier operations on an aggregate; 0 when there are none."""

    def watchers_of(self, aggregates: Sequence[str]) -> set[str]:
        """Users with an open entitlement to any of these aggregates."""

    def settle(self, settlement: Settlement) -> bool:
        """Close a claimed reminder; false when it is not the claim's any more. After the locks, before `write`."""

    def write(self, changes: Changes) -> None:
        """Write everything. Called once, last."""


class Snapshot(Protocol):
    """One consistent reading (REPEATABLE READ)."""

    def epoch(self) -> str:
        """The database's epoch."""

    def change(self, user: str) -> int:
        """How often the user's pull has changed; equal numbers mean an equal pull."""

    def entitled(self, user: str) -> list[tuple[AggregateRow, int]]:
        """Aggregates with an open entitlement, ordered by id, each with its count of records, tombstones included."""

    def changed(self, wants: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int, str, bytes]]:
        """`(aggregate, ver, record id, bytes)` of records above the given version, ordered by aggregate, ver, id."""

    def page(self, aggregate: str, after: tuple[int, str], limit: int) -> list[tuple[str, int, str, bytes]]:
        """The next records of one aggregate after `(ver, record id)`, in that order."""

    def parked(self, reasons: Sequence[str], after: tuple[str, int], limit: int) -> list[Receipt]:
        """Parked operations with one of these reasons (any when empty), by (device, seq), after the given one."""

    def ledger(self, device: str, after: int, limit: int) -> list[Receipt]:
        """A device's operations with a seq above `after`, in seq order."""

    def audit(self, aggregate: str) -> list[Entry]:
        """The audit chain of an aggregate, from its first entry."""

    def reminders(self, subject: str) -> list[ReminderRow]:
        """Everything that was ever asked for a subject, by kind and revision."""

    def results(self, device: str, seqs: Sequence[int]) -> list[bytes]:
        """Stored results of a device's operations, in seq order."""


class Store(Protocol):
    """A database."""

    def transact(self, work: Callable[[WriteTransaction], T]) -> T:
        """Run `work` in one durable transaction. Deadlocks and serialisation failures run it again, from the start.

        An exception of `work` rolls back and is raised. `StoreUnavailable` when the database cannot be reached.
        """

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """A consistent reading, to be closed soon."""


class StoreUnavailable(RuntimeError):
    """The database cannot be reached or cannot write (disk full, say). Nothing was acknowledged; try again."""


class StoreRejected(ValueError):
    """The database refused a value. The engine narrows it down to the operation and parks that one."""
