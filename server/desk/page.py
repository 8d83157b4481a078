"""The one shape of every list: `items`, and `next`, which a desk sends back as `after` to get what follows."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

import msgspec
from litestar.params import QueryParameter

from mobile_api.problem import wrong
from mobile_api.problems import FieldInvalid

Row = TypeVar("Row")
_MOST = 500
_CHECK_DIGITS = 8

Limit = Annotated[int, QueryParameter(ge=1, le=_MOST)]
After = Annotated[str, QueryParameter(max_length=1000)]


class Page(msgspec.Struct, Generic[Row], kw_only=True):
    """A part of a list. `next`, sent as `after`, gets what follows; null: this was the end."""

    items: list[Row]
    next: str | None = None


def page(name: str, rows: Sequence[Row], limit: int, key: Callable[[Row], Sequence[object]]) -> Page[Row]:
    """The first `limit` of the rows of the list called `name`; one more than that says that there are more.

    `key` is a row's place in the order of the list, which `place` gives back.
    """
    items = list(rows[:limit])
    return Page(items=items, next=_mark(name, key(items[-1])) if len(rows) > limit else None)


def place(name: str, after: str) -> list[str] | None:
    """The place that `after` names; None at the beginning. Raises FieldInvalid for what this list never gave."""
    if not after:
        return None
    told, _, check = after.rpartition(".")
    if check != _check(name, told):
        raise FieldInvalid(**wrong("not_from_here", "after"))
    found: list[str] = json.loads(base64.urlsafe_b64decode(told + "=" * (-len(told) % 4)))
    return found


def _mark(name: str, key: Sequence[object]) -> str:
    told = json.dumps(["" if one is None else str(one) for one in key]).encode()
    text = base64.urlsafe_b64encode(told).decode().rstrip("=")
    return f"{text}.{_check(name, text)}"


def _check(name: str, text: str) -> str:
    """Catches what was typed, cut or taken from another list. No secret: a place in a list protects nothing."""
    return hashlib.sha256(f"{name}\n{text}".encode()).hexdigest()[:_CHECK_DIGITS]
