"""The port to the business: what `domain` tells the engine. All pure; all called inside the write door."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from sync.merge import Author
from sync.operation import Operation
from sync.record import Record
from sync.reminder import Forgotten, Reminder
from sync.schema import Schema


class View(Protocol):
    """The records as they stand inside this transaction, its own changes included."""

    def record(self, entity: str, id: str) -> Record | None:
        """One record (deleted ones included); None when there is none."""

    def of(self, aggregate: str, entity: str) -> Sequence[Record]:
        """All live records of an entity in an aggregate, ordered by id."""

    def entitled(self, user: str, aggregate: str, base_ver: int) -> bool:
        """Whether the user's right to the aggregate covered that version (authority is judged as of authoring)."""

    def holding(self, entity: str, field: str, value: str) -> Sequence[str]:
        """Ids of the live records of an entity that have this value in this field, whatever their aggregate, in order.

        Decisive only where whoever gives such values holds one lock, which `Rules.targets` names.
        """

    def holders(self, aggregate: str) -> Sequence[str]:
        """Users who hold an open right to an aggregate, where that was read."""


class FollowUp(msgspec.Struct, frozen=True, kw_only=True):
    """An operation that another one causes, written by the system in the same transaction."""

    entity: str
    record: str
    aggregate: str
    set: dict[str, object]
    create: bool = False
    delete: bool = False
    as_its_cause: bool = False
    """It saw no more than the operation that causes it; otherwise it sees all that stands."""


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """From now on the user sees the aggregate, because of a record."""

    user: str
    aggregate: str
    because: str


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True):
    """The reason is gone; the aggregate leaves the user's phone unless another reason holds."""

    user: str
    aggregate: str
    because: str


Remind = Callable[[Record | None, Record, View], Iterable[Reminder | Forgotten]]
"""What a change (before, None for a new record; after) asks to be reminded of, or no more."""


class Rules(Protocol):
    """Field service, as far as the engine must know it."""

    @property
    def schema(self) -> Schema:
        """The current declaration."""

    @property
    def reminds(self) -> Mapping[str, Remind]:
        """Entities whose changes may ask for reminders; all others cost a look-up here."""

    def upcast(self, operation: Operation) -> Operation | None:
        """The operation in the current schema; None when its schema cannot be read here (yet)."""

    def downcast(self, record: bytes, schema: int) -> bytes | None:
        """A record's bytes as an older schema wants them (`sync.casts`); None: it is not to be sent at all."""

    def targets(self, operation: Operation, author: Author) -> Iterable[str]:
        """Further aggregates that the follow-ups may write, as far as the operation itself tells."""

    def needs(self, operation: Operation) -> Iterable[tuple[str, str]]:
        """(aggregate, entity) groups that the rules will read, to be fetched with the first load."""

    def judge(self, operation: Operation, author: Author, record: Record | None, view: View) -> str | None:
        """Reason code for parking an operation that its author may not make; None when it may go on."""

    def follow(
        self, operation: Operation, author: Author, before: Record | None, after: Record, view: View
    ) -> Iterable[FollowUp]:
        """What this change causes."""

    def rights(self, before: Record | None, after: Record, view: View) -> Iterable[Grant | Withdrawal]:
        """Which entitlements this change gives and takes."""

    def is_erased(self, operation: Operation, view: View) -> bool:
        """Whether it is about somebody whose personal data were erased: it is parked, and its values are not kept."""

    def without_personal(self, entity: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """The personal ones of a record's or an operation's fields, each with what is to stand instead.

        Of what came out of it, nothing is personal any more.
        """

    def flags(self, operation: Operation, before: Record | None, view: View) -> Iterable[str]:
        """Facts to be shown with the result, such as `after_cancellation`."""


class NeedsMore(Exception):
    """A further aggregate is needed: the engine rolls back and starts over with the larger set."""

    def __init__(self, aggregates: Iterable[str]) -> None:
        super().__init__()
        self.aggregates = frozenset(aggregates)
