"""A business small enough to see through: jobs with one field per policy, and lines that belong to a job."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sync.clock import Base
from sync.conflict import conflict_entity
from sync.merge import Author
from sync.operation import Operation, TimeEvidence, encode_operation
from sync.personal import without_personal
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
from sync.rules import FollowUp, Grant, Remind, View, Withdrawal
from sync.schema import Entity, Field, Schema
from sync.store import DeviceRow
from sync.value_type import ValueType

TEXT = ValueType(kind="text", longest=500)
NUMBER = ValueType(kind="integer")
LIST = ValueType(kind="list", longest=50)

STATES = Machine(
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
    return Field(type=type, policy=policy, meaning="toy", **more)


JOB = Entity(
    root="job",
    fields={
        "number": _field(TEXT, Immutable()),
        "priority": _field(TEXT, Owner(), owner=("dispatcher",)),
        "hint": _field(TEXT, Owner(), owner=("dispatcher",), others="apply"),
        "billing": _field(TEXT, Owner(), owner=("system",), others="refuse"),
        "phone": _field(TEXT, LwwWithInbox()),
        "serial": _field(TEXT, Manual()),
        "answered_by": _field(TEXT, First()),
        "severity": _field(
            ValueType(kind="choice", choices=("low", "mid", "high")), Max(order=("low", "mid", "high"))
        ),
        "remarks": _field(TEXT, Text()),
        "tags": _field(LIST, SetUnion()),
        "log": _field(LIST, Append()),
        "used": _field(NUMBER, Counter()),
        "state": _field(ValueType(kind="text"), STATES, owner=("technician", "dispatcher")),
        "assignee": _field(TEXT, Owner(), owner=("dispatcher",)),
        "window": _field(
            ValueType(
                kind="group",
                members={
                    "starts_at": ValueType(kind="instant", optional=False),
                    "ends_at": ValueType(kind="instant", optional=False),
                },
            ),
            LwwWithInbox(),
        ),
        "lines": _field(NUMBER, Owner(), owner=("system",), others="refuse"),
    },
)
LINE = Entity(
    root="job",
    parent="job",
    fields={
        "job": _field(ValueType(kind="ref", entity="job", optional=False), Immutable(), required=True),
        "text": _field(TEXT, LwwWithInbox()),
    },
)
SCHEMA = Schema(
    version=2, entities={"job": JOB, "line": LINE, "conflict": conflict_entity(("dispatcher", "technician"))}
)


class ToyRules:
    """A technician works on jobs assigned to them; a new line is counted on its job by the system."""

    schema = SCHEMA
    reminds: dict[str, Remind] = {}

    def upcast(self, operation: Operation) -> Operation | None:
        return operation if operation.schema <= self.schema.version else None

    def downcast(self, record: bytes, schema: int) -> bytes | None:
        return record

    def targets(self, operation: Operation, author: Author) -> Iterable[str]:
        return ()

    def needs(self, operation: Operation) -> Iterable[tuple[str, str]]:
        return [(operation.aggregate, "line")] if operation.entity == "line" else []

    def judge(self, operation: Operation, author: Author, record: Record | None, view: View) -> str | None:
        if operation.set.get("remarks") == "poison":
            raise ZeroDivisionError("a fault in a rule")
        if "technician" not in author.roles or view.entitled(
            author.user, operation.aggregate, operation.base.ver
        ):
            return None
        return "not_entitled"

    def is_erased(self, operation: Operation, view: View) -> bool:
        return False

    def without_personal(self, entity: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        return without_personal(self.schema.entities[entity], fields)

    def follow(
        self, operation: Operation, author: Author, before: Record | None, after: Record, view: View
    ) -> Iterable[FollowUp]:
        if after.entity != "line":
            return []
        count = len(view.of(after.aggregate, "line"))
        job = after.fields["job"]
        return [FollowUp(entity="job", record=job, aggregate=after.aggregate, set={"lines": count})]

    def rights(self, before: Record | None, after: Record, view: View) -> Iterable[Grant | Withdrawal]:
        if after.entity != "job":
            return []
        old = before.fields.get("assignee") if before else None
        new = after.fields.get("assignee")
        rights: list[Grant | Withdrawal] = []
        if old and old != new:
            rights.append(Withdrawal(user=old, aggregate=after.aggregate, because=after.id))
        if new and new != old:
            rights.append(Grant(user=new, aggregate=after.aggregate, because=after.id))
        return rights

    def flags(self, operation: Operation, before: Record | None, view: View) -> Sequence[str]:
        return ()


ALICE = DeviceRow(id="phone-a", user="alice", roles=("technician",))
BOB = DeviceRow(id="phone-b", user="bob", roles=("technician",))
DESK = DeviceRow(id="desk-li", user="li", roles=("dispatcher",))
EPOCH = "epoch-1"


def operation(
    device: str,
    seq: int,
    set: dict[str, Any],
    *,
    record: str = "j1",
    entity: str = "job",
    base: int = 0,
    action: str = "update",
    aggregate: str = "job/j1",
    **more: Any,
) -> Operation:
    """An operation with a serial id."""
    fields: dict[str, Any] = {
        "id": f"op-{device}-{seq}",
        "schema": 2,
        "base": Base(EPOCH, base),
        "at": TimeEvidence("2026-01-31T08:00:00Z"),
    }
    return Operation(
        device=device,
        seq=seq,
        entity=entity,
        record=record,
        aggregate=aggregate,
        action=action,
        set=set,
        **{**fields, **more},
    )


def raw(device: str, seq: int, set: dict[str, Any], **more: Any) -> bytes:
    """An operation's bytes."""
    return encode_operation(operation(device, seq, set, **more))
