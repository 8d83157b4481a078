"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, Text

_TEXT = Text().with_variant(Text(collation="C"), "postgresql")
# Byte order on PostgreSQL as on SQLite and in Python, whatever the database's own locale: lock order,
# paging and manifests depend on it, and comparing is quicker.


def text(name: str, *, key: bool = False) -> Column[Any]:
    """A text in byte order, never null."""
    return Column(name, _TEXT, primary_key=key, nullable=False)


def text_or_null(name: str) -> Column[Any]:
    """A text in byte order that may be missing."""
    return Column(name, _TEXT, nullable=True)


def whole(name: str, *, key: bool = False) -> Column[Any]:
    """A whole number of 64 bits, never null."""
    return Column(name, BigInteger, primary_key=key, nullable=False, autoincrement=False)


def whole_or_null(name: str) -> Column[Any]:
    """A whole number of 64 bits that may be missing."""
    return Column(name, BigInteger, nullable=True)


def truth(name: str) -> Column[Any]:
    """True or false, never null."""
    return Column(name, Boolean, nullable=False)


def truth_or_null(name: str) -> Column[Any]:
    """True, false or unknown."""
    return Column(name, Boolean, nullable=True)


def octets(name: str) -> Column[Any]:
    """Bytes, never null."""
    return Column(name, LargeBinary, nullable=False)


def octets_or_null(name: str) -> Column[Any]:
    """Bytes that may be missing."""
    return Column(name, LargeBinary, nullable=True)
