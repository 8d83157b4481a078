"""How a record's fields become the columns of its read model: declared beside the table."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Table as CoreTable

from server.db.projection import Projector
from sync.record import Record

Pick = Callable[[Mapping[str, Any]], Any]
"""A record's fields → one column's value."""
SHORTEST_INSTANT = len("2026-05-04T08:30:15Z")


def read_model(entity: str, table: Any, **picks: Pick) -> Projector:
    """The projector of an entity. A column without a pick is the field of the same name.

    Every table has `id`, `aggregate` and `ver`; all other columns may be null: a record is never refused for
    what it lacks.
    """
    core: CoreTable = table.__table__
    names = [str(column.name) for column in core.columns if column.name not in ("id", "aggregate", "ver")]
    chosen = [(name, picks.get(name) or field(name)) for name in names]
    if unknown := picks.keys() - set(names):
        raise TypeError(f"{entity}: no column for {sorted(unknown)}")

    def project(record: Record) -> Mapping[str, Any]:
        values = {name: pick(record.fields) for name, pick in chosen}
        values["id"], values["aggregate"], values["ver"] = record.id, record.aggregate, record.ver
        return values

    return Projector(entity, core, project)


def field(name: str) -> Pick:
    """The field as it is."""
    return lambda fields: fields.get(name)


def member(group: str, name: str) -> Pick:
    """A member of a group, or one language of a bilingual text."""

    def pick(fields: Mapping[str, Any]) -> Any:
        value = fields.get(group)
        return None if value is None else value.get(name)

    return pick


def instant(*path: str) -> Pick:
    """An instant (a field, or a group's member) with exactly three decimals, so that texts sort as times do."""
    pick = member(*path) if len(path) == 2 else field(path[0])

    def picked(fields: Mapping[str, Any]) -> str | None:
        value = pick(fields)
        return None if value is None else to_milliseconds(value)

    return picked


def either(*picks: Pick) -> Pick:
    """The first that there is."""

    def pick(fields: Mapping[str, Any]) -> Any:
        return next((value for one in picks if (value := one(fields)) is not None), None)

    return pick


def words(name: str, of: str = "") -> Pick:
    """A list of codes (or of groups, of which the member `of` is taken), each between spaces.

    `LIKE '% code %'` finds one.
    """

    def pick(fields: Mapping[str, Any]) -> str | None:
        value = fields.get(name)
        if not value:
            return None
        return f" {' '.join(one[of] if of else one for one in value)} "

    return pick


def present(name: str) -> Pick:
    """Whether the field has a value."""
    return lambda fields: fields.get(name) is not None


def search(*names: str) -> Pick:
    """Everything that these fields say, folded for search; groups with all their texts."""

    def pick(fields: Mapping[str, Any]) -> str:
        found: list[str] = []
        for name in names:
            _collect(fields.get(name), found)
        return " ".join(found)

    return pick


def folded(name: str) -> Pick:
    """A code or serial number without case, spaces and dashes, so that two spellings meet."""

    def pick(fields: Mapping[str, Any]) -> str | None:
        value = fields.get(name)
        return None if not value else fold(value).replace(" ", "").replace("-", "")

    return pick


def digits(name: str) -> Pick:
    """The digits of a telephone number."""

    def pick(fields: Mapping[str, Any]) -> str | None:
        value = fields.get(name)
        return None if value is None else only_digits(value)

    return pick


def fold(text: str) -> str:
    """Text as search compares it: compatibility forms, case and repeated spaces are one."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def only_digits(text: str) -> str:
    """The decimal digits, full-width ones too."""
    return "".join(one for one in unicodedata.normalize("NFKC", text) if one in "0123456789")


def to_milliseconds(value: str) -> str:
    """An RFC 3339 instant in UTC with exactly three decimals."""
    if len(value) < SHORTEST_INSTANT or value[-1] != "Z":
        raise ValueError("not an instant")
    whole, _, fraction = value[:-1].partition(".")
    return f"{whole}.{fraction[:3]:0<3}Z"


def _collect(value: Any, found: list[str]) -> None:
    if isinstance(value, str):
        found.append(fold(value))
    elif isinstance(value, dict):
        # The order in which a phone wrote the members is not kept in the stored bytes.
        for name in sorted(value):
            _collect(value[name], found)
    elif isinstance(value, list):
        for one in value:
            _collect(one, found)
