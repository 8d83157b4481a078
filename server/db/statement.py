"""One text for both dialects, where one text says the same."""

from __future__ import annotations

import re
from typing import Any

import msgspec

_PARAMETER = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")
_ANY = re.compile(r"= ANY\(:([a-z_][a-z0-9_]*)\)")

encode_list = msgspec.json.Encoder().encode


class Statement:
    """SQL with `:name` parameters.

    `= ANY(:names)` takes a list of texts or whole numbers on both databases. `FOR UPDATE` is left out on SQLite,
    whose writer is alone. `sqlite` is the text for SQLite where the two need different words.
    """

    __slots__ = ("lists", "postgres", "sqlite")

    def __init__(self, text: str, *, sqlite: str = "") -> None:
        self.lists = tuple(_ANY.findall(text))
        own = sqlite or text
        self.sqlite = _ANY.sub(r"IN (SELECT value FROM json_each(:\1))", own).replace(" FOR UPDATE", "")
        self.postgres = _PARAMETER.sub(r"%(\1)s", text.replace("%", "%%"))

    def sqlite_values(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values as SQLite takes them: lists as JSON text."""
        if not self.lists:
            return values
        return values | {name: encode_list(values[name]).decode() for name in self.lists}

    def postgres_values(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values as psycopg takes them: lists as arrays."""
        if not self.lists:
            return values
        return values | {name: list(values[name]) for name in self.lists}
