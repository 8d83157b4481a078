"""The one search field: customers, people, telephone numbers, places, serial numbers and order numbers."""

from __future__ import annotations

import re
import unicodedata
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
_WHOLE_NUMBER = 9
"""So many digits are a number from its beginning, with the zero of its area; fewer may be from its middle."""
_TELEPHONE = re.compile(r"\+?\d[\d \-().]*")
_COUNTRY = re.compile(r"(?:\+|00)86|86(?=1\d{10}$)")
"""China's own prefix, which some numbers carry and some do not."""


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
    customer_zh: str | None
    customer_en: str | None
    """The customer's name."""
    phone: str | None
    """The contact's own; else that of the site's first contact."""
    address: str | None
    """Of the site; of a customer, the first site's."""


class Hits(msgspec.Struct, frozen=True):
    """What was found, and the kinds of which there is more than that."""

    hits: list[Hit]
    more: list[str]


class _Kind(NamedTuple):
    entity: str
    customer: str
    site: str
    title_zh: str
    title_en: str
    detail: str
    phone: str = "NULL"
    serial: str = "NULL"

    def select(self, condition: str, *, by_serial: bool = False) -> Statement:
        order, outer = (
            ("serial_folded, id", "hit.serial, hit.id") if by_serial else ("id DESC", "hit.id DESC")
        )
        found = (
            f"SELECT id, aggregate, {self.customer} AS customer, {self.site} AS site, {self.title_zh} AS title_zh, "
            f"{self.title_en} AS title_en, {self.detail} AS detail, {self.phone} AS phone, {self.serial} AS serial "
            f"FROM {self.entity} WHERE {condition} ORDER BY {order} LIMIT :most"
        )
        return Statement(
            f"SELECT '{self.entity}', hit.id, hit.aggregate, hit.customer, hit.title_zh, hit.title_en, hit.detail, "
            f"customer.name_zh, customer.name_en, coalesce(hit.phone, {_FIRST_PHONE}), site.address_text "
            f"FROM ({found}) AS hit LEFT JOIN customer ON customer.id = hit.customer "
            f"LEFT JOIN site ON site.id = hit.site ORDER BY {outer}"
        )


_FIRST_PHONE = (
    "(SELECT contact.phone FROM contact WHERE contact.site = hit.site AND contact.phone IS NOT NULL "
    "ORDER BY CASE WHEN contact.primary_contact THEN 0 ELSE 1 END, contact.id LIMIT 1)"
)


def _or(*columns: str) -> str:
    """The first that says something."""
    return "coalesce(" + ", ".join(f"nullif({one}, '')" for one in columns) + ")"


_ASSET = _Kind(
    "asset", "customer", "site", _or("model", "equipment"), _or("model", "equipment"), "serial",
    serial="serial_folded",
)  # fmt: skip
_KINDS = (
    _Kind(
        "work_order", "customer", "site", _or("title_zh", "symptom"), _or("title_en", "symptom"),
        _or("number", "provisional_number"),
    ),
    _Kind(
        "customer", "id", "(SELECT min(site.id) FROM site WHERE site.customer = customer.id)", "name_zh", "name_en",
        "number",
    ),
    _Kind("contact", "customer", "site", "name_zh", "name_en", "phone", phone="phone"),
    _Kind("site", "customer", "id", _or("name_zh", "address_text"), _or("name_en", "address_text"), "number"),
    _ASSET,
)  # fmt: skip
KINDS = tuple(kind.entity for kind in _KINDS)
"""What can be found, in the order of the hits."""
# A range and no LIKE: it walks the index on both databases.
_SERIALS = _ASSET.select("serial_folded >= :serial AND serial_folded < :beyond", by_serial=True)
_BEYOND = "\U0010ffff"


def search(
    database: Database, text: str, entity: str = "", most: int = HITS_PER_KIND, customer: str = ""
) -> Hits:
    """What fits: every word occurs, or it is a part of a telephone number, or a serial number begins so.

    In any language, case, width and, for telephone and serial numbers, spelling with spaces, dashes and `+86`. At most
    `most` of each kind (or of the one `entity` that is asked for), the newest first: orders, customers, contacts,
    sites, equipment (there what begins with the serial number comes first). With a `customer` only what belongs to it;
    then without a text all of that.
    """
    words = fold(text).split()
    if not words and not customer:
        return Hits([], [])
    kinds = [kind for kind in _KINDS if entity in ("", kind.entity)]
    return database.read(
        lambda connection: _search(connection, kinds, words, telephone(text), most, customer)
    )


def telephone(text: str) -> str:
    """The digits of the longest telephone number in a text, without China's prefix and without leading zeros.

    So they occur in the number however it was written down: `+86 21…` and `021…` are one.
    """
    found = _TELEPHONE.findall(unicodedata.normalize("NFKC", text))
    longest = max(found, key=lambda one: len(only_digits(one)), default="")
    plain = ("+" if longest.startswith("+") else "") + only_digits(longest)
    country = _COUNTRY.match(plain)
    number = plain[country.end() :] if country else plain.lstrip("+")
    return number.lstrip("0") if country or len(number) >= _WHOLE_NUMBER else number


def _search(
    connection: Connection, kinds: list[_Kind], words: list[str], number: str, most: int, customer: str
) -> Hits:
    values: dict[str, Any] = {f"word_{place}": _contains(word) for place, word in enumerate(words)}
    values |= {"number": _contains(number), "most": most + 1, "customer": customer}
    has_number = len(number) >= SHORTEST_DIGITS
    hits: list[Hit] = []
    more: list[str] = []
    for kind in kinds:
        found = _by_serial(connection, words, most + 1) if kind is _ASSET and not customer else []
        has_phone = has_number and kind.phone != "NULL"
        found += connection.rows(_containing(kind, len(words), has_phone, bool(customer)), **values)
        rows = list(dict.fromkeys(found))
        hits += [Hit(*row) for row in rows[:most]]
        if len(rows) > most:
            more.append(kind.entity)
    return Hits(hits, more)


def _by_serial(connection: Connection, words: list[str], most: int) -> list[tuple[Any, ...]]:
    serial = "".join(words).replace("-", "")
    if len(serial) < SHORTEST_SERIAL:
        return []
    return connection.rows(_SERIALS, serial=serial, beyond=serial + _BEYOND, most=most)


@lru_cache(256)
def _containing(kind: _Kind, words: int, has_number: bool, of_customer: bool) -> Statement:
    condition = (
        " AND ".join(f"search_text LIKE :word_{place} ESCAPE '!'" for place in range(words)) or "1 = 1"
    )
    if has_number:
        condition = f"({condition}) OR phone_digits LIKE :number ESCAPE '!'"
    if of_customer:
        # What stands at a site belongs to the site's customer, whether it says so itself or not.
        at_site = f"{kind.site} IN (SELECT site.id FROM site WHERE site.customer = :customer)"
        own = f"{kind.customer} = :customer"
        whose = own if kind.entity in ("customer", "site") else f"({own} OR {at_site})"
        condition = f"({condition}) AND {whose}"
    return kind.select(condition)


def _contains(text: str) -> str:
    for special in "!%_":
        text = text.replace(special, f"!{special}")
    return f"%{text}%"
