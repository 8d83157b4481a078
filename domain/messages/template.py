"""A template: text with `{name}` where a fact stands. A brace that is meant is written twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from string import Formatter

_PARSER = Formatter()


class UnknownName(ValueError):
    """The text names something that its kind of message does not have."""


class Unreadable(ValueError):
    """A brace stands alone, or holds more than a name."""


def names_in(text: str) -> set[str]:
    """The names in braces. Raises Unreadable."""
    found = set()
    try:
        parts = list(_PARSER.parse(text))
    except ValueError:
        raise Unreadable(text) from None
    for _, name, form, conversion in parts:
        if name is None:
            continue
        # Python's own syntax would reach into attributes and items of what is filled in.
        if not name.isidentifier() or form or conversion:
            raise Unreadable("{" + name + "}")
        found.add(name)
    return found


def check(text: str, allowed: Collection[str]) -> None:
    """Raises Unreadable, and UnknownName with the first name that is not allowed."""
    for name in sorted(names_in(text)):
        if name not in allowed:
            raise UnknownName(name)


def render(text: str, values: Mapping[str, str]) -> str:
    """The text with its facts. Raises UnknownName, Unreadable."""
    check(text, values.keys())
    return "".join(
        literal + (values[name] if name is not None else "") for literal, name, _, _ in _PARSER.parse(text)
    )
