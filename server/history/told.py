"""Values and changes in words, in the reader's language; programs read the values beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import UNSET

from domain.in_chinese import choice_name, field_name
from sync.policy import Machine
from sync.schema import Field
from sync.value_type import ValueType

Names = Mapping[tuple[str, str], str]
"""(entity, id) → what people call that record."""
_NOTHING = ("nothing", "空")
_TRUTH = {True: ("yes", "是"), False: ("no", "否")}
_LONGEST = 200
_DELETED = {"_deleted": ("deleted", "已删除")}


def changed(name: str, declared: Field | None, before: Any, after: Any, spoken: str, names: Names) -> str:
    """`execution state: accepted → traveling`; of what was not there before, only what came."""
    label = label_of(name, spoken)
    tell = _teller(declared, spoken, names)
    colon = "：" if spoken == "zh" else ": "
    if after is UNSET:
        return label
    if before is UNSET or before == after:
        return f"{label}{colon}{tell(after)}"
    if isinstance(before, dict) and isinstance(after, dict):
        before, after = _differing(before, after)
    return f"{label}{colon}{tell(before)} → {tell(after)}"


def _differing(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only the members that differ, each side with its own."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: before.get(name) for name in names}, {name: after.get(name) for name in names}


def label_of(name: str, spoken: str) -> str:
    """A field's name."""
    own = _DELETED.get(name)
    return own[spoken == "zh"] if own else field_name(name, spoken)


def references(type: ValueType, value: Any) -> set[tuple[str, str]]:
    """(entity, id) of all records that a value names."""
    if type.kind == "ref" and isinstance(value, str):
        return {(type.entity, value)}
    if type.kind == "list" and type.items is not None:
        items = value.get("add") if isinstance(value, dict) else value
        return set().union(*(references(type.items, one) for one in items or ()))
    if type.kind == "group" and isinstance(value, dict):
        return set().union(*(references(inner, value.get(name)) for name, inner in type.members.items()))
    return set()


def _teller(declared: Field | None, spoken: str, names: Names) -> Callable[[Any], str]:
    def tell(value: Any) -> str:
        if declared is not None and isinstance(declared.policy, Machine) and isinstance(value, str):
            return choice_name(value, spoken)
        return _shortened(_told(declared.type if declared is not None else None, value, spoken, names))

    return tell


def _told(type: ValueType | None, value: Any, spoken: str, names: Names) -> str:
    zh = spoken == "zh"
    if value is None or value in ({}, [], ""):
        return _NOTHING[zh]
    if isinstance(value, bool):
        return _TRUTH[value][zh]
    kind = type.kind if type is not None else "json"
    if type is not None and kind == "choice":
        return choice_name(str(value), spoken)
    if type is not None and kind == "ref":
        return names.get((type.entity, str(value)), str(value))
    if isinstance(value, dict):
        return _told_members(type, value, spoken, names)
    if isinstance(value, list):
        inner = type.items if type is not None else None
        return ("、" if zh else ", ").join(_told(inner, one, spoken, names) for one in value)
    return str(value)


def _told_members(type: ValueType | None, value: dict[str, Any], spoken: str, names: Names) -> str:
    zh = spoken == "zh"
    if set(value) <= {"zh", "en"}:
        return str(value.get(spoken) or value.get("zh") or value.get("en"))
    members = type.members if type is not None else {}
    parts = (
        f"{field_name(name, spoken)} {_told(members.get(name), inner, spoken, names)}"
        for name, inner in value.items()
    )
    return ("，" if zh else ", ").join(parts)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
