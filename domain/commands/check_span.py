"""A window that a desk writes must be one: days that exist, and an end after the start.

A window in the past is right: a job done yesterday is entered today.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.declaration import SCHEMA
from domain.refusals import refuse
from sync.operation import Operation
from sync.value_type import ValueType, fault

_INSTANT = ValueType(kind="instant", optional=False)
_LEAP_SECOND = ":60"


def check_spans(operation: Operation) -> None:
    """Raises InvalidOperation (`no_such_time`, `ends_too_early`), naming the end that is wrong."""
    declared = SCHEMA.entities[operation.entity].fields
    for name, value in operation.set.items():
        if isinstance(value, dict) and declared[name].type.kind == "group":
            _check(value, f"{name}.")
    _check(operation.set, "")


def _check(holder: dict[str, Any], path: str) -> None:
    starts_at, ends_at = (moment(holder.get(name), path + name) for name in ("starts_at", "ends_at"))
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        refuse("ends_too_early", f"{path}ends_at")


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
