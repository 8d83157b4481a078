"""Field service as the engine knows it: one object that implements `sync.rules.Rules`, each concern in its own file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from domain.authority import judge
from domain.change import Change
from domain.commands.check import check_command
from domain.commands.check_number import number_lock
from domain.declaration import CASTS, SCHEMA
from domain.flags import flags
from domain.follow_case import follow_case, follow_media, follow_verdict
from domain.follow_deleted import follow_deleted_order
from domain.follow_inbox import follow_inbox_item
from domain.follow_order import follow_order
from domain.follow_signed import follow_sign_off, follow_signed_content
from domain.follow_site import follow_asset, follow_master_change
from domain.follow_stock import follow_stock_level, follow_stock_move, moved_locations
from domain.follow_visit import follow_visit
from domain.personal import is_erased, without_personal
from domain.place import SHARDS, stock
from domain.remind_case import remind_case
from domain.remind_customer import remind_customer, remind_message
from domain.remind_media import remind_media
from domain.remind_visit import remind_visit
from domain.rights import rights
from sync import casts
from sync.merge import Author
from sync.operation import Operation
from sync.record import Record
from sync.reminder import Forgotten, Reminder
from sync.rules import FollowUp, Grant, Remind, View, Withdrawal
from sync.schema import Schema

_FOLLOW: dict[str, Callable[[Change], Iterator[FollowUp]]] = {
    "work_order": follow_order,
    "visit": follow_visit,
    "step_result": follow_signed_content,
    "solution_option": follow_signed_content,
    "demonstration": follow_signed_content,
    "sign_off": follow_sign_off,
    "media": follow_media,
    "expert_case": follow_case,
    "verdict": follow_verdict,
    "stock_move": follow_stock_move,
    "stock_level": follow_stock_level,
    "asset": follow_asset,
    "master_change": follow_master_change,
    "inbox_item": follow_inbox_item,
}


def _remind_of_visit(before: Record | None, after: Record, view: View) -> Iterator[Reminder | Forgotten]:
    yield from remind_visit(before, after, view)
    yield from remind_customer(before, after, view)


_REMIND: dict[str, Remind] = {
    "visit": _remind_of_visit,
    "expert_case": remind_case,
    "notification": remind_message,
    "media": remind_media,
}


class FieldService(msgspec.Struct, frozen=True):
    """The rules of field service at the current schema version. It holds no state."""

    @property
    def schema(self) -> Schema:
        """The current declaration."""
        return SCHEMA

    @property
    def reminds(self) -> Mapping[str, Remind]:
        """Entities whose changes are to be followed by something at a time; see the `remind_…` files."""
        return _REMIND

    def upcast(self, operation: Operation) -> Operation | None:
        """See `sync.casts`; a newer app's operation waits for our next release."""
        return casts.upcast(operation, SCHEMA, CASTS)

    def downcast(self, record: bytes, schema: int) -> bytes | None:
        """See `sync.casts`."""
        return casts.downcast(record, SCHEMA, CASTS, schema)

    def targets(self, operation: Operation, author: Author) -> Iterable[str]:
        """Further aggregates that an operation certainly writes; others are asked for when they turn up."""
        if operation.entity == "stock_move":
            return [stock(location) for location in moved_locations(operation.set)]
        lock = number_lock(operation)
        locks = [] if lock is None else [lock]
        if operation.entity == "technician" and operation.action == "create":
            return [*SHARDS.values(), *locks]
        return locks

    def needs(self, operation: Operation) -> Iterable[tuple[str, str]]:
        """Groups of records that the rules read for nearly every operation of their kind."""
        if operation.aggregate.startswith("work_order/"):
            return [(operation.aggregate, "work_order"), (operation.aggregate, "visit")]
        if operation.aggregate.startswith("site/"):
            return [(operation.aggregate, "site")]
        return []

    def judge(self, operation: Operation, author: Author, record: Record | None, view: View) -> str | None:
        """See `domain.authority`; a desk's nonsense is refused with its own code (`domain.commands.check`)."""
        refused = judge(operation, author, record, view)
        if refused is None:
            check_command(operation, author, record, view)
        return refused

    def follow(
        self, operation: Operation, author: Author, before: Record | None, after: Record, view: View
    ) -> Iterable[FollowUp]:
        """What a change causes; see the `follow_…` files."""
        change, follow = Change(operation, author, before, after, view), _FOLLOW.get(after.entity)
        return [*follow_deleted_order(change), *(follow(change) if follow is not None else ())]

    def rights(self, before: Record | None, after: Record, view: View) -> Iterable[Grant | Withdrawal]:
        """See `domain.rights`."""
        return rights(before, after, view)

    def is_erased(self, operation: Operation, view: View) -> bool:
        """See `domain.personal`."""
        return is_erased(operation, view.record)

    def without_personal(self, entity: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """See `domain.personal`."""
        return without_personal(entity, fields)

    def flags(self, operation: Operation, before: Record | None, view: View) -> Iterable[str]:
        """See `domain.flags`."""
        return flags(operation, before, view)
