"""What a decoder says of bytes that it does not take, as a fault: its own words are for programmers."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from sync import canonical
from sync.fault import Fault

_MISSING = re.compile(r"(?:Object missing required field|Missing required \w+ parameter) [`']([^`']+)[`'].*")
_SURPLUS = re.compile(r"Object contains unknown field `([^`]+)`")
_LENGTH = re.compile(r"Expected `(\w+)` of length (>=|<=|==) (\d+).*")
_BOUND = re.compile(r"Expected `\w+` (>=|<=|>|<) (-?\d+)")
_TYPE = re.compile(r"Expected `(\w+)(?: \| null)?`(?:, got .*)?")
_TYPES = {
    "int": "not_integer",
    "float": "not_number",
    "bool": "not_boolean",
    "str": "not_text",
    "array": "not_list",
    "object": "not_object",
}


def of_bytes(raw: bytes, problem: Exception) -> Fault:
    """The fault behind `problem`, one of `canonical.NOT_JSON`, that decoding `raw` raised."""
    if isinstance(problem, msgspec.ValidationError):
        return of_msgspec(str(problem))
    if isinstance(problem, RecursionError):
        return Fault("too_deep", "", str(canonical.DEEPEST_NESTING))
    return _half_character(raw) or Fault("wrong_form")


def _half_character(raw: bytes) -> Fault | None:
    """Half of a surrogate pair, which other decoders take; the member that holds it is named."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    members: dict[str, Any] = value if isinstance(value, dict) else {"": value}
    for name, member in members.items():
        if not _is_whole(name):
            return Fault("half_character")
        if not _is_whole(member):
            return Fault("half_character", name)
    return None


def _is_whole(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    except RecursionError:
        pass
    return True


def of_msgspec(message: str) -> Fault:
    """The fault behind a sentence of msgspec, such as "Expected `int`, got `str` - at `$.push.first`"."""
    said, _, place = message.partition(" - at `")
    field = place.rstrip("`").removeprefix("$").removeprefix(".")
    if missing := _MISSING.fullmatch(said):
        return Fault("needed", f"{field}.{missing[1]}".removeprefix("."))
    if surplus := _SURPLUS.fullmatch(said):
        return Fault("unknown", f"{field}.{surplus[1]}".removeprefix("."))
    return (_limited(said) or Fault(_type(said))).at(field)


def _limited(said: str) -> Fault | None:
    if length := _LENGTH.fullmatch(said):
        if (length[2], length[3]) == (">=", "1"):
            return Fault("empty")
        few, many = ("too_short", "too_long") if length[1] == "str" else ("too_few", "too_many")
        return Fault(many if length[2] == "<=" else few, "", length[3])
    if bound := _BOUND.fullmatch(said):
        limit = int(bound[2]) + {">": 1, "<": -1}.get(bound[1], 0)
        return Fault("too_small" if bound[1][0] == ">" else "too_great", "", str(limit))
    return None


def _type(said: str) -> str:
    found = _TYPE.fullmatch(said)
    return _TYPES.get(found[1], "does_not_fit") if found else "does_not_fit"
