"""The form of what a desk wants written, checked as a phone's operation is on its way in: numbers, depth, signs, size.

One thing more is asked of desks: their texts hold no control characters. A phone's text is kept as it came.
"""

from __future__ import annotations

import re
from typing import Any

from domain.declaration import SCHEMA
from sync import canonical
from sync.engine import Draft
from sync.fault import line, read
from sync.operation import LARGEST_OPERATION_BYTES, InvalidOperation
from sync.policy import Text
from sync.value_type import fault

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Every control character but line feed and tab."""
_TOO_MUCH = frozenset({"too_long", "too_many"})


def check_form(draft: Draft) -> None:
    """Raises InvalidOperation, naming the field with its entity before it."""
    try:
        canonical.check(draft.set, draft.entity)
        size = len(canonical.encode(draft.set))
    except canonical.NotCanonical as problem:
        raise InvalidOperation("invalid_value", _misfit(draft, problem)) from None
    except UnicodeEncodeError:
        raise InvalidOperation("invalid_value", line("half_character", draft.entity)) from None
    if size > LARGEST_OPERATION_BYTES:
        raise _too_large(draft)
    for name, value in draft.set.items():
        path = _with_control(_new_text(draft, name, value), f"{draft.entity}.{name}")
        if path is not None:
            raise InvalidOperation("invalid_value", line("control_character", path))


def seen_text(text: str) -> str:
    """The text; raises ValueError for one with a control character, as a model's validator does."""
    if _CONTROL.search(text):
        raise ValueError(line("control_character", ""))
    return text


def _misfit(draft: Draft, problem: canonical.NotCanonical) -> str:
    """A fraction where no number belongs is not told to be an integer."""
    name = problem.path.removeprefix(f"{draft.entity}.").partition(".")[0].partition("[")[0]
    told = read(_unfit(draft, name) or "")
    if told is None or told.field != problem.path or told.code == "not_integer":
        return str(problem)
    return str(told)


def _too_large(draft: Draft) -> InvalidOperation:
    for name in draft.set:
        told = read(_unfit(draft, name) or "")
        if told is not None and told.code in _TOO_MUCH:
            return InvalidOperation("invalid_value", str(told))
    largest = max(draft.set, key=lambda name: len(canonical.encode(draft.set[name])))
    path = f"{draft.entity}.{largest}"
    return InvalidOperation("too_large", line("too_many_bytes", path, LARGEST_OPERATION_BYTES))


def _unfit(draft: Draft, name: str) -> str | None:
    """What its declared type says of a plain value."""
    entity = SCHEMA.entities.get(draft.entity)
    declared = entity.fields.get(name) if entity is not None else None
    if declared is None:
        return None
    return fault(declared.type, draft.set[name], f"{draft.entity}.{name}")


def _new_text(draft: Draft, name: str, value: Any) -> Any:
    """The value without the text that it was made from, which somebody may have written on a phone."""
    declared = SCHEMA.entities[draft.entity].fields.get(name) if draft.entity in SCHEMA.entities else None
    if declared is not None and isinstance(declared.policy, Text) and isinstance(value, dict):
        return {member: inner for member, inner in value.items() if member != "base"}
    return value


def _with_control(value: Any, path: str) -> str | None:
    """The way to the first text or name with a control character."""
    if isinstance(value, str):
        return path if _CONTROL.search(value) else None
    if isinstance(value, dict):
        if any(_CONTROL.search(name) for name in value):
            return path
        members = ((inner, f"{path}.{name}") for name, inner in value.items())
    elif isinstance(value, list | tuple):
        members = ((inner, f"{path}[{place}]") for place, inner in enumerate(value))
    else:
        return None
    return next((found for inner, way in members if (found := _with_control(inner, way)) is not None), None)
