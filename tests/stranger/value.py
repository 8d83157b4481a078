"""Whether a value fits its declared type (section 4.5)."""

import re
from collections.abc import Callable
from typing import Any

from tests.stranger.canonical import GREATEST, NotCanonical, canonical

LONGEST = 4000
DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)
TIME = r"T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,6})?Z"
INSTANT = re.compile(DATE.pattern + TIME, re.ASCII)
IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}", re.ASCII)


def is_integer(value: Any) -> bool:
    """An integer that every client can hold; a boolean is none."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= GREATEST


def fits(value: Any, kind: dict[str, Any]) -> bool:
    """Whether the value may stand in a field of this type."""
    if value is None:
        return bool(kind.get("optional", True))
    return bool(_CHECKS[kind["kind"]](value, kind))


def _text(value: Any, kind: dict[str, Any]) -> bool:
    return isinstance(value, str) and len(value) <= kind.get("longest", LONGEST)


def _integer(value: Any, kind: dict[str, Any]) -> bool:
    return is_integer(value) and value >= kind.get("least", -GREATEST)


def _instant(value: Any, kind: dict[str, Any]) -> bool:
    return isinstance(value, str) and INSTANT.fullmatch(value) is not None


def _date(value: Any, kind: dict[str, Any]) -> bool:
    return isinstance(value, str) and DATE.fullmatch(value) is not None


def _group(value: Any, kind: dict[str, Any]) -> bool:
    members = kind["members"]
    return (
        isinstance(value, dict)
        and value.keys() <= members.keys()
        and all(fits(value.get(name), member) for name, member in members.items())
    )


def _list(value: Any, kind: dict[str, Any]) -> bool:
    items = kind.get("items")
    return (
        isinstance(value, list)
        and len(value) <= kind.get("longest", LONGEST)
        and (items is None or all(fits(item, items) for item in value))
    )


def _json(value: Any, kind: dict[str, Any]) -> bool:
    try:
        canonical(value)
    except NotCanonical:
        return False
    return True


def _bilingual(value: Any, kind: dict[str, Any]) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and value.keys() <= {"zh", "en"}
        and all(_text(text, kind) for text in value.values())
    )


_CHECKS: dict[str, Callable[[Any, dict[str, Any]], bool]] = {
    "text": _text,
    "integer": _integer,
    "instant": _instant,
    "date": _date,
    "group": _group,
    "list": _list,
    "json": _json,
    "bilingual": _bilingual,
    "bytes": _text,
    "boolean": lambda value, kind: isinstance(value, bool),
    "choice": lambda value, kind: value in kind["choices"],
    "ref": lambda value, kind: isinstance(value, str) and IDENTIFIER.fullmatch(value) is not None,
}
