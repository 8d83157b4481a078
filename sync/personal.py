"""Values without what says who somebody is: by the marks in the declaration, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.policy import Append, Text
from sync.schema import Entity, Field
from sync.value_type import ValueType, fault

IN_WORDS = {"zh": "（已删除）", "en": "(erased)"}
"""What stands where something must stand."""


def has_personal(kind: ValueType) -> bool:
    """Whether a type is marked, or a part of it is."""
    if kind.personal or (kind.items is not None and has_personal(kind.items)):
        return True
    return any(has_personal(member) for member in kind.members.values())


def without_personal(entity: Entity, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields whose values say who somebody is, each with what is to stand instead; the others are left out.

    Also of an operation's fields: a value in a form of its policy is taken out as a whole, and so is a field that
    nobody declared. Repeated, it finds nothing.
    """
    found = {}
    for name, value in fields.items():
        field = entity.fields.get(name)
        instead = None if field is None else _of_field(field, value)
        if instead != value:
            found[name] = instead
    return found


def _of_field(field: Field, value: Any) -> Any:
    kind = field.type
    if value is None or not has_personal(kind):
        return value
    if fault(kind, value, "") is not None:
        return None
    if not kind.personal:
        return _parts(kind, value)
    if isinstance(field.policy, Text):
        return ""
    if isinstance(field.policy, Append):
        return []
    return blank(kind) if field.required else None


def _parts(kind: ValueType, value: Any) -> Any:
    if value is None:
        return None
    if kind.personal:
        return None if kind.optional else blank(kind)
    if kind.kind == "group":
        return {name: _parts(kind.members[name], member) for name, member in value.items()}
    if kind.kind == "list" and kind.items is not None:
        return [_parts(kind.items, item) for item in value]
    return value


def blank(kind: ValueType) -> Any:
    """What stands in a type that may not be null. Of a group only what must be there stays, blank too."""
    match kind.kind:
        case "text":
            return IN_WORDS["en"][: kind.longest]
        case "bilingual":
            return dict(IN_WORDS)
        case "bytes":
            return ""
        case "group":
            return {name: blank(member) for name, member in kind.members.items() if not member.optional}
        case "list":
            return []
        case "json":
            return None
        case name:
            raise TypeError(f"a {name} that must be there cannot be personal: nothing can stand in its place")
