"""What the simulated company declares: field service as it is, and one more entity in which every policy is at stake.

Field service itself has no field that anybody disputes under `max`, `manual`, `counter` or `first`. A `reading` has one
field per policy, on every work order, for technicians and desks alike. A deploy brings version 2.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from domain.declaration import SCHEMA
from domain.rules import FieldService
from sync import casts
from sync.casts import Cast
from sync.merge import Author
from sync.operation import Operation
from sync.policy import (
    CONFLICT,
    KEEP_BOTH,
    Append,
    Counter,
    First,
    Immutable,
    LwwWithInbox,
    Machine,
    Manual,
    Max,
    Owner,
    Policy,
    SetUnion,
    Text,
)
from sync.record import Record
from sync.rules import View
from sync.schema import Entity, Field, Schema
from sync.value_type import ValueType

READING = "reading"
GAUGE = "gauge"
"""An entity that version 2 brings."""
POISON = "poison"
"""A remark at which a rule breaks, as a fault of ours would."""

RANKS = ("low", "mid", "high", "worst")
TAGS = ("a", "b", "c", "d")
EVENTS = ("start", "finish", "cancel")

_TEXT = ValueType(kind="text", longest=400)
_NUMBER = ValueType(kind="integer")
_LIST = ValueType(kind="list", longest=200)
_PHASE = Machine(
    initial="new",
    events={"start": "working", "finish": "done", "cancel": "cancelled"},
    table={
        "new": {"start": "working", "finish": "done", "cancel": "cancelled"},
        "working": {"start": "working", "finish": "done", "cancel": CONFLICT},
        "done": {"start": KEEP_BOTH, "finish": "done", "cancel": KEEP_BOTH},
        "cancelled": {"start": CONFLICT, "finish": CONFLICT, "cancel": "cancelled"},
    },
)


def _field(type: ValueType, policy: Policy, **more: Any) -> Field:
    return Field(type=type, policy=policy, meaning="Read by a simulated person.", **more)


_FIELDS = {
    "label": _field(_TEXT, Immutable()),
    "grade": _field(_TEXT, Owner(), owner=("technician",), others="apply"),
    "asked": _field(_TEXT, Owner(), owner=("dispatcher",)),
    "sealed": _field(_TEXT, Owner(), owner=("system",), others="refuse"),
    "spot": _field(_TEXT, LwwWithInbox()),
    "value": _field(_TEXT, Manual()),
    "reader": _field(_TEXT, First()),
    "severity": _field(ValueType(kind="choice", choices=RANKS), Max(order=RANKS)),
    "peak": _field(_NUMBER, Max()),
    "remarks": _field(_TEXT, Text()),
    "tags": _field(_LIST, SetUnion()),
    "log": _field(_LIST, Append()),
    "used": _field(_NUMBER, Counter()),
    "phase": _field(ValueType(kind="text"), _PHASE, owner=("technician", "dispatcher")),
}
_LATER = {"unit": _field(_TEXT, LwwWithInbox(), since=2)}


def declared(version: int) -> Schema:
    """The schema at one version, 1 or 2."""
    fields = _FIELDS if version == 1 else {**_FIELDS, **_LATER}
    entities = {**SCHEMA.entities, READING: Entity(root="work_order", fields=fields)}
    if version > 1:
        entities[GAUGE] = Entity(root="work_order", fields={"text": _field(_TEXT, LwwWithInbox())}, since=2)
    return Schema(version=version, entities=entities)


class Company(FieldService, frozen=True):
    """Field service, and readings. Whoever holds an order may read on it; desks may anyway."""

    declaration: Schema = msgspec.field(default_factory=lambda: declared(1))
    casts: tuple[Cast, ...] = ()

    @property
    def schema(self) -> Schema:
        """The version that is deployed."""
        return self.declaration

    def upcast(self, operation: Operation) -> Operation | None:
        """See `sync.casts`."""
        return casts.upcast(operation, self.declaration, self.casts)

    def downcast(self, record: bytes, schema: int) -> bytes:
        """See `sync.casts`."""
        return casts.downcast(record, self.declaration, self.casts, schema)

    def needs(self, operation: Operation) -> Iterable[tuple[str, str]]:
        """As field service; a reading needs nothing."""
        return () if operation.entity in (READING, GAUGE) else super().needs(operation)

    def judge(self, operation: Operation, author: Author, record: Record | None, view: View) -> str | None:
        """As of authoring, as everything; a poisoned remark breaks the rule."""
        if operation.entity not in (READING, GAUGE):
            return super().judge(operation, author, record, view)
        if operation.set.get("remarks") == POISON:
            raise ZeroDivisionError("a fault in a rule")
        if "technician" not in author.roles or view.entitled(
            author.user, operation.aggregate, operation.base.ver
        ):
            return None
        return "not_entitled"
