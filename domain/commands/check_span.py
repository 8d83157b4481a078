"""Times that a desk writes must be ones: days that exist, and in a window an end after the start.

A window in the past is right: a job done yesterday is entered today. The answer says that it has passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from domain.declaration import SCHEMA
from domain.refusals import refuse
from sync.operation import Operation
from sync.value_type import ValueType, fault

_INSTANT = ValueType(kind="instant", optional=False)
_DAY = ValueType(kind="date", optional=False)
_LEAP_SECOND = ":60"


def check_spans(operation: Operation) -> None:
    """Raises InvalidOperation (`no_such_time`, `ends_too_early`), naming the time that is wrong, at any depth."""
    fields = SCHEMA.entities[operation.entity].fields
    _check_members({name: fields[name].type for name in operation.set}, operation.set, "")


def _check_members(declared: Mapping[str, ValueType], holder: dict[str, Any], path: str) -> None:
    for name, kind in declared.items():
        _check(kind, holder.get(name), path + name)
    starts_at, ends_at = (
        moment(holder.get(name), path + name) if name in declared else None
        for name in ("starts_at", "ends_at")
    )
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        refuse("ends_too_early", f"{path}ends_at")


def _check(kind: ValueType, value: Any, path: str) -> None:
    """What has the wrong form is the merge's to refuse."""
    if kind.kind == "instant":
        moment(value, path)
    elif kind.kind == "date":
        _check_day(value, path)
    elif kind.kind == "group" and isinstance(value, dict):
        _check_members(kind.members, value, f"{path}.")
    elif kind.kind == "list" and kind.items is not None and isinstance(value, list):
        for place, item in enumerate(value):
            _check(kind.items, item, f"{path}[{place}]")


def _check_day(value: Any, path: str) -> None:
    if fault(_DAY, value, path) is None:
        try:
            date.fromisoformat(value)
        except ValueError:
            refuse("no_such_time", path, value)


def moment(value: Any, path: str) -> datetime | None:
    """A moment as the wire writes it; None where the form is wrong, which is the merge's to refuse.

    Raises InvalidOperation (`no_such_time`) for a day that no calendar has, such as 30 February.
    """
    if fault(_INSTANT, value, path) is not None:
        return None
    try:
        return datetime.fromisoformat(value.replace(_LEAP_SECOND, ":59").replace("Z", "+00:00"))
    except ValueError:
        refuse("no_such_time", path, value)
