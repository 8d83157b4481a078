"""Types of field values: what an operation may carry, checked at the edge and named when wrong."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

from sync.fault import line

Kind = Literal[
    "text",
    "integer",
    "boolean",
    "instant",
    "date",
    "choice",
    "ref",
    "group",
    "list",
    "json",
    "bilingual",
    "bytes",
]

_INSTANT = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,6})?Z",
    re.ASCII,  # digits of other scripts would sort elsewhere, and no calendar reads them
)
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)
IDENTIFIER = r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}"
_ID = re.compile(IDENTIFIER)


class ValueType(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One type. `group` holds fields that mean something only together and share one clock.

    `bytes` is base64 text; `instant` is RFC 3339 in UTC with a `Z`; `bilingual` is `{"zh": …, "en": …}`.
    """

    kind: Kind
    choices: tuple[str, ...] = ()
    entity: str = ""
    members: dict[str, ValueType] = {}
    items: ValueType | None = None
    longest: int = 4000
    """Greatest length: characters of a text, items of a list."""
    least: int | None = None
    most: int | None = None
    optional: bool = True
    """May be null. A member of a group that may not be null must be present."""
    personal: bool = False
    """May say who somebody is, as a whole: an erasure takes it out (`sync.personal`)."""


def is_identifier(value: object) -> bool:
    """Whether a value can be a record's or an operation's id: 1–64 characters of `A-Za-z0-9_.:-`."""
    return type(value) is str and _ID.fullmatch(value) is not None


def fault(kind: ValueType, value: Any, path: str) -> str | None:
    """Why a value does not fit, as the line of a `sync.fault`; None when it fits."""
    if value is None:
        return None if kind.optional else line("empty", path)
    check = _CHECKS[kind.kind]
    return check(kind, value, path)


def _text(kind: ValueType, value: Any, path: str) -> str | None:
    if type(value) is not str:
        return line("not_text", path)
    if len(value) > kind.longest:
        return line("too_long", path, kind.longest)
    return None


def _integer(kind: ValueType, value: Any, path: str) -> str | None:
    if type(value) is not int:
        return line("not_integer", path)
    if kind.least is not None and value < kind.least:
        return line("too_small", path, kind.least)
    if kind.most is not None and value > kind.most:
        return line("too_great", path, kind.most)
    return None


def _boolean(kind: ValueType, value: Any, path: str) -> str | None:
    return None if type(value) is bool else line("not_boolean", path)


def _instant(kind: ValueType, value: Any, path: str) -> str | None:
    if type(value) is str and _INSTANT.fullmatch(value):
        return None
    return line("not_instant", path)


def _date(kind: ValueType, value: Any, path: str) -> str | None:
    if type(value) is str and _DATE.fullmatch(value):
        return None
    return line("not_date", path)


def _choice(kind: ValueType, value: Any, path: str) -> str | None:
    if type(value) is str and value in kind.choices:
        return None
    return line("not_one_of", path, ", ".join(kind.choices))


def _ref(kind: ValueType, value: Any, path: str) -> str | None:
    return None if is_identifier(value) else line("not_reference", path, kind.entity)


def _group(kind: ValueType, value: Any, path: str) -> str | None:
    if type(value) is not dict:
        return line("not_object", path)
    for name in value:
        if name not in kind.members:
            return line("unknown_member", path, name)
    for name, member in kind.members.items():
        problem = fault(member, value.get(name), f"{path}.{name}")
        if problem:
            return problem
    return None


def _list(kind: ValueType, value: Any, path: str) -> str | None:
    if type(value) is not list:
        return line("not_list", path)
    if len(value) > kind.longest:
        return line("too_many", path, kind.longest)
    if kind.items is not None:
        for index, item in enumerate(value):
            problem = fault(kind.items, item, f"{path}[{index}]")
            if problem:
                return problem
    return None


def _json(kind: ValueType, value: Any, path: str) -> str | None:
    return None


def _bilingual(kind: ValueType, value: Any, path: str) -> str | None:
    if type(value) is dict and value and set(value) <= {"zh", "en"}:
        for language, text in value.items():
            problem = _text(kind, text, f"{path}.{language}")
            if problem:
                return problem
        return None
    return line("not_bilingual", path)


_CHECKS = {
    "text": _text,
    "integer": _integer,
    "boolean": _boolean,
    "instant": _instant,
    "date": _date,
    "choice": _choice,
    "ref": _ref,
    "group": _group,
    "list": _list,
    "json": _json,
    "bilingual": _bilingual,
    "bytes": _text,
}
