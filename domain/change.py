"""One change of one record, as the rules look at it."""

from __future__ import annotations

from typing import Any

import msgspec

from sync.merge import Author
from sync.operation import Operation
from sync.record import Record
from sync.rules import FollowUp, View
from sync.value_type import ValueType, fault

_INSTANT = ValueType(kind="instant", optional=False)


class Change(msgspec.Struct, frozen=True):
    """What was done, by whom, and the record before (None: it is new) and after."""

    operation: Operation
    author: Author
    before: Record | None
    after: Record
    view: View

    def changed(self, *fields: str) -> bool:
        """Whether any of these fields has another value than before."""
        new = self.after.fields
        if self.before is None:
            return any(new.get(name) is not None for name in fields)
        # Only what the operation sets can have changed; asked many times per operation, hence the plain loop.
        old, touched = self.before.fields, self.operation.set
        for name in fields:  # noqa: SIM110
            if name in touched and old.get(name) != new.get(name):
                return True
        return False

    def newly_set(self, field: str) -> Any:
        """The new value of a field that changed; None when it did not, or is empty now."""
        return self.after.fields.get(field) if self.changed(field) else None

    def unseen(self, field: str) -> bool:
        """Whether the author had not seen the standing value of another field of the record."""
        clock = self.after.clock(field)
        if clock is None or clock.device == self.operation.device:
            return False
        return clock.ver > self.operation.base.ver

    @property
    def at(self) -> str | None:
        """When, by the author's clock: evidence, never order. None when it cannot be read."""
        wall = self.operation.at.wall
        return wall if fault(_INSTANT, wall, "at") is None else None

    def patch(self, **fields: object) -> FollowUp:
        """A follow-up on the changed record itself."""
        after = self.after
        return FollowUp(entity=after.entity, record=after.id, aggregate=after.aggregate, set=fields)
