"""What a parser says of a value that it does not take, as a fault: its own words are for programmers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sync.fault import Fault, line, read


def of_pydantic(error: Mapping[str, Any]) -> Fault:
    """The fault behind one of a pydantic ValidationError's errors."""
    field = _place(error.get("loc", ()))
    about = error.get("ctx", {})
    kind = str(error.get("type", ""))
    if kind == "value_error":
        told = read(str(about.get("error", "")))
        return told.at(".".join(filter(None, (field, told.field)))) if told else Fault("does_not_fit", field)
    make = _OF_PYDANTIC.get(kind)
    told = read(make(about)) if make else None
    return (told or Fault("does_not_fit")).at(field)


def _place(loc: Sequence[str | int]) -> str:
    return "".join(f"[{one}]" if type(one) is int else f".{one}" for one in loc).removeprefix(".")


def _form(about: Mapping[str, Any]) -> str:
    pattern = str(about.get("pattern", ""))
    if pattern.startswith(r"^\d{4}-\d\d-\d\dT"):
        return line("not_instant", "")
    return line("not_identifier" if pattern.startswith("^[A-Za-z0-9][A-Za-z0-9_.:") else "wrong_form", "")


def _plain(code: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda about: line(code, "")


def _limit(code: str, name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda about: line(code, "", about.get(name, 0))


def _short(about: Mapping[str, Any]) -> str:
    least = about.get("min_length", 0)
    return line("empty", "") if least == 1 else line("too_short", "", least)


def _few(about: Mapping[str, Any]) -> str:
    least = about.get("min_length", 0)
    return line("empty", "") if least == 1 else line("too_few", "", least)


def _choice(about: Mapping[str, Any]) -> str:
    return line("not_one_of", "", ", ".join(re.findall(r"'([^']*)'", str(about.get("expected", "")))))


_OF_PYDANTIC: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": _plain("needed"),
    "extra_forbidden": _plain("unknown"),
    "string_type": _plain("not_text"),
    "string_unicode": _plain("half_character"),
    "int_type": _plain("not_integer"),
    "int_parsing": _plain("not_integer"),
    "int_parsing_size": _plain("out_of_range"),
    "int_from_float": _plain("not_integer"),
    "bool_type": _plain("not_boolean"),
    "bool_parsing": _plain("not_boolean"),
    "list_type": _plain("not_list"),
    "dict_type": _plain("not_object"),
    "model_type": _plain("not_object"),
    "model_attributes_type": _plain("not_object"),
    "literal_error": _choice,
    "string_pattern_mismatch": _form,
    "string_too_long": _limit("too_long", "max_length"),
    "string_too_short": _short,
    "too_long": _limit("too_many", "max_length"),
    "too_short": _few,
    "greater_than_equal": _limit("too_small", "ge"),
    "less_than_equal": _limit("too_great", "le"),
}
