"""Decisions about conflicts: only about the value that the person saw, and the first one counts."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from sync.clock import Clock
from sync.conflict import chosen_value, side
from sync.fault import line
from sync.grant import granted
from sync.merge import DELETED, At, newest_clock
from sync.operation import InvalidOperation, Operation
from sync.outcome import FieldOutcome
from sync.record import Record
from sync.rules import View
from sync.schema import Schema


class Verdict(msgspec.Struct, frozen=True):
    """Why a decision is not carried out, and the standing side to be shown again, if that has changed."""

    outcome: FieldOutcome
    refreshed: dict[str, Any] | None = None


def judge_decision(operation: Operation, conflict: Record, view: View) -> Verdict | None:
    """None when the decision may be carried out."""
    if conflict.fields.get("decision") is not None:
        return Verdict(FieldOutcome("decision", "merged", "already_decided"))
    decision = operation.set["decision"]
    if type(decision) is not dict:
        raise InvalidOperation("invalid_value", line("not_object", "conflict.decision"))
    target = view.record(conflict.fields["entity"], conflict.fields["record"])
    if target is None:
        return None
    standing = _standing(target, conflict)
    seen = (decision.get("standing_device"), decision.get("standing_seq"))
    if seen == (standing["device"], standing["seq"]):
        return None
    return Verdict(FieldOutcome("decision", "conflict", "value_changed"), standing)


def _standing(target: Record, conflict: Record) -> dict[str, Any]:
    """What stands now in the field that the conflict is about."""
    field = conflict.fields["field"]
    clock = target.clock(field)
    if field == DELETED:
        deletion = target.clocks.get(DELETED)
        newest = newest_clock((target.created, *target.clocks.values()))
        shown = deletion if target.deleted and deletion is not None else newest
        return side(target.deleted, shown.device, shown.seq, shown.by)
    if clock is None:
        return side(None, "", 0, "")
    return side(target.fields.get(field), clock.device, clock.seq, clock.by)


def refreshed(conflict: Record, standing: dict[str, Any], at: At) -> Record:
    """The conflict with the value that stands now, open again for a decision."""
    return _with(conflict, at, standing=standing, state="open")


def closed(conflict: Record, at: At) -> Record:
    """The conflict after its decision."""
    return _with(conflict, at, state="decided")


def _with(conflict: Record, at: At, **fields: Any) -> Record:
    after = conflict.copy()
    clock = Clock(at.next_ver, "~decision", at.next_ver, "system")
    for name, value in fields.items():
        after.fields[name] = value
        after.clocks[name] = clock
    after.ver = at.next_ver
    return after


def carried_out(
    schema: Schema, conflict: Record, view: View
) -> tuple[Record, dict[str, Any], Literal["update", "delete"]] | None:
    """What the decision changes: the record, the values to set, or a deletion; None when what stands is right."""
    changes, value = chosen_value(conflict)
    target = view.record(conflict.fields["entity"], conflict.fields["record"])
    if not changes or target is None:
        return None
    if conflict.fields["field"] == DELETED:
        if value is True:
            return (target, {}, "delete") if not target.deleted else None
        return (target, {}, "update") if target.deleted else None
    name = conflict.fields["field"]
    if conflict.fields["decision"]["choose"] == "losing":
        value = granted(schema.entities[target.entity].fields[name], target.fields.get(name), value)
    return target, {name: value}, "update"
