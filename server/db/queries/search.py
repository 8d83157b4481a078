"""The one search field: customers, people, telephone numbers, places, serial numbers and order numbers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from server.db.connection import Connection, Database
from server.db.read_model import fold, only_digits
from server.db.statement import Statement

HITS_PER_KIND = 8
SHORTEST_DIGITS = 4
"""So many digits look like a part of a telephone number."""
SHORTEST_SERIAL = 3
"""So many signs are taken for the beginning of a serial number."""


class Hit(msgspec.Struct, frozen=True):
    """Something that the search field found."""

    entity: str
    id: str
    aggregate: str
    customer: str | None
    title_zh: str | None
    title_en: str | None
    detail: str | None
    """Number, telephone or serial number: what tells it from its neighbours."""


class _Kind(NamedTuple):
    entity: str
    customer: str
    title_zh: str
    title_en: str
    detail: str
    has_telephone: bool = False

    def select(self, condition: str, order: str) -> Statement:
        return Statement(
            f"SELECT '{self.entity}', id, aggregate, {self.customer}, {self.title_zh}, {self.title_en}, {self.detail} "
            f"FROM {self.entity} WHERE {condition} ORDER BY {order} LIMIT {HITS_PER_KIND}"
        )


def _or(*columns: str) -> str:
    """The first that says something."""
    return "coalesce(" + ", ".join(f"nullif({one}, '')" for one in columns) + ")"


_ASSET = _Kind("asset", "customer", _or("model", "equipment"), _or("model", "equipment"), "serial")
_KINDS = (
    _Kind(
        "work_order", "customer", _or("title_zh", "symptom"), _or("title_en", "symptom"),
        _or("number", "provisional_number"),
    ),
    _Kind("customer", "id", "name_zh", "name_en", "number"),
    _Kind("contact", "customer", "name_zh", "name_en", "phone", has_telephone=True),
    _Kind("site", "customer", _or("name_zh", "address_text"), _or("name_en", "address_text"), "number"),
    _ASSET,
)  # fmt: skip
# A range and no LIKE: it walks the index on both databases.
_SERIALS = _ASSET.select("serial_folded >= :serial AND serial_folded < :beyond", "serial_folded, id")
_BEYOND = "\U0010ffff"


def search(database: Database, text: str) -> list[Hit]:
    """What fits: every word occurs, or it is a part of a telephone number, or a serial number begins so.

    In any language, case, width and, for serial numbers, spelling with spaces and dashes. At most `HITS_PER_KIND` of
    each kind, the newest first: orders, customers, contacts, sites, equipment (there what begins with the serial
    number comes first).
    """
    words = fold(text).split()
    if not words:
        return []
    return database.read(lambda connection: _search(connection, words, only_digits(text)))


def _search(connection: Connection, words: list[str], number: str) -> list[Hit]:
    values = {f"word_{place}": _contains(word) for place, word in enumerate(words)}
    values["number"] = _contains(number)
    has_number = len(number) >= SHORTEST_DIGITS
    found: list[tuple[Any, ...]] = []
    for kind in _KINDS:
        of_kind = _by_serial(connection, words) if kind is _ASSET else []
        of_kind += connection.rows(_containing(kind, len(words), has_number and kind.has_telephone), **values)
        found += list(dict.fromkeys(of_kind))[:HITS_PER_KIND]
    return [Hit(*row) for row in found]


def _by_serial(connection: Connection, words: list[str]) -> list[tuple[Any, ...]]:
    serial = "".join(words).replace("-", "")
    if len(serial) < SHORTEST_SERIAL:
        return []
    return connection.rows(_SERIALS, serial=serial, beyond=serial + _BEYOND)


@lru_cache(256)
def _containing(kind: _Kind, words: int, has_number: bool) -> Statement:
    condition = " AND ".join(f"search_text LIKE :word_{place} ESCAPE '!'" for place in range(words))
    if has_number:
        condition = f"({condition}) OR phone_digits LIKE :number ESCAPE '!'"
    return kind.select(condition, "id DESC")


def _contains(text: str) -> str:
    for special in "!%_":
        text = text.replace(special, f"!{special}")
    return f"%{text}%"
