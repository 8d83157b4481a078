"""Value types in the words of the declarations: money in fen, coordinates in microdegrees, instants in UTC."""

from __future__ import annotations

import msgspec

from sync.value_type import ValueType


def personal(type: ValueType) -> ValueType:
    """May say who somebody is: an erasure takes it out. Every text that people type about a customer's work is so."""
    return msgspec.structs.replace(type, personal=True)


def text(longest: int = 200, *, must: bool = False) -> ValueType:
    """A text of at most `longest` characters; `must`: not null inside its group."""
    return ValueType(kind="text", longest=longest, optional=not must)


def integer(least: int | None = None, most: int | None = None, *, must: bool = False) -> ValueType:
    """An integer, at least `least` and at most `most`."""
    return ValueType(kind="integer", least=least, most=most, optional=not must)


def boolean() -> ValueType:
    """True or false."""
    return ValueType(kind="boolean")


def instant(*, must: bool = False) -> ValueType:
    """A moment in UTC, such as 2026-01-31T08:30:00Z."""
    return ValueType(kind="instant", optional=not must)


def day(*, must: bool = False) -> ValueType:
    """A calendar day in the site's zone."""
    return ValueType(kind="date", optional=not must)


def choice(*choices: str, must: bool = False) -> ValueType:
    """One of a fixed set of codes."""
    return ValueType(kind="choice", choices=choices, optional=not must)


def ref(entity: str, *, must: bool = False) -> ValueType:
    """The id of a record."""
    return ValueType(kind="ref", entity=entity, optional=not must)


def bilingual(longest: int = 400, *, must: bool = False) -> ValueType:
    """A text in Chinese, English or both."""
    return ValueType(kind="bilingual", longest=longest, optional=not must)


def group(**members: ValueType) -> ValueType:
    """Fields that mean something only together, and share one clock."""
    return ValueType(kind="group", members=members)


def list_of(items: ValueType, longest: int = 200) -> ValueType:
    """A list of at most `longest` items."""
    return ValueType(kind="list", items=items, longest=longest)


def any_json() -> ValueType:
    """Any JSON value: copies of values whose type is declared elsewhere."""
    return ValueType(kind="json")


def codes(longest: int = 100) -> ValueType:
    """A set of short codes or ids."""
    return list_of(ValueType(kind="text", longest=64, optional=False), longest)


def fen(*, must: bool = False) -> ValueType:
    """Money in fen (1/100 yuan), never negative."""
    return ValueType(kind="integer", least=0, optional=not must)


def sha256() -> ValueType:
    """A SHA-256 as 64 lower-case hexadecimal digits."""
    return ValueType(kind="text", longest=64)


def moment() -> ValueType:
    """A true time on site and the bound on its error, as the device knew it."""
    return group(at=instant(must=True), error_ms=integer(0))


def span() -> ValueType:
    """A start and an end."""
    return group(starts_at=instant(must=True), ends_at=instant(must=True))


def address() -> ValueType:
    """Where something is. `lat_e6` and `lon_e6` are millionths of a degree."""
    return group(
        line=bilingual(must=True),
        province=bilingual(60),
        city=bilingual(60),
        district=text(40),
        lat_e6=integer(-90_000_000),
        lon_e6=integer(-180_000_000),
    )
