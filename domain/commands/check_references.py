"""Whatever a desk's command names must be there: a form offers what exists, a program may have made it up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.declaration import SCHEMA
from domain.refusals import refuse
from sync.operation import Operation
from sync.rules import View
from sync.value_type import ValueType, is_identifier

_CODES = {("visit", "checklists"): "checklist_template"}
"""(Entity, field) of ids that are declared as codes → what they name."""


def check_references(operation: Operation, view: View) -> None:
    """Raises InvalidOperation (`no_such_record`) for a record that does not exist, or no longer."""
    declared = SCHEMA.entities[operation.entity].fields
    pinned = _pinned_before(operation, view)
    for name, value in operation.set.items():
        coded = _CODES.get((operation.entity, name))
        kind = _list_of(coded) if coded is not None else declared[name].type
        for path, entity, id in _named(kind, value, name):
            named = view.record(entity, id)
            if (named is None or named.deleted) and not (coded is not None and id in pinned):
                refuse("no_such_record", path, id)


def _pinned_before(operation: Operation, view: View) -> frozenset[str]:
    """Checklists of the visit that a new one is instead of: they travel with the job, whatever became of them."""
    before = operation.set.get("instead_of") if operation.entity == "visit" else None
    visit = view.record("visit", before) if isinstance(before, str) and is_identifier(before) else None
    return frozenset(visit.fields.get("checklists") or ()) if visit is not None else frozenset()


def _list_of(entity: str) -> ValueType:
    return ValueType(kind="list", items=ValueType(kind="ref", entity=entity))


def _named(kind: ValueType, value: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """(path, entity, id) of every record that a value names. What has the wrong form is the merge's to refuse."""
    if kind.kind == "ref":
        if is_identifier(value):
            yield path, kind.entity, value
    elif kind.kind == "list" and kind.items is not None:
        # A set is given by what is added and removed; removing what is gone already is right.
        added = value.get("add") if isinstance(value, dict) else value
        for item in added if isinstance(added, list) else ():
            yield from _named(kind.items, item, path)
    elif kind.kind == "group" and isinstance(value, dict):
        for member, inner in kind.members.items():
            yield from _named(inner, value.get(member), f"{path}.{member}")
