"""A cell's text becomes a field's value; a wrong one is refused with a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

Parse = Callable[[str], Any]
"""Raises ValueError with the reason."""

_CODE = re.compile(r"[^\x00-\x1f\x7f]{1,64}")


def text(cell: str) -> str:
    """Any text of one line or several."""
    if any(ord(character) < 32 and character not in "\n\t" for character in cell):
        raise ValueError("has control characters")
    return cell


def code(cell: str) -> str:
    """A code of at most 64 characters."""
    if not _CODE.fullmatch(cell):
        raise ValueError("must be one line of 1 to 64 characters")
    return cell


def choice(*choices: str) -> Parse:
    """One of a few words."""

    def parse(cell: str) -> str:
        if cell.lower() not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}, not {cell!r}")
        return cell.lower()

    return parse


def day(cell: str) -> str:
    """A day, as 2026-01-31 or 2026/1/31."""
    parts = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", cell)
    try:
        if parts is None:
            raise ValueError
        return date(int(parts[1]), int(parts[2]), int(parts[3])).isoformat()
    except ValueError:
        raise ValueError(f"must be a day such as 2026-01-31, not {cell!r}") from None


def moment(zone: str) -> Parse:
    """A moment, as 2026-01-31T09:30:00+08:00; without an offset it is the wall time of `zone`."""

    def parse(cell: str) -> str:
        try:
            told = datetime.fromisoformat(cell.replace("/", "-"))
        except ValueError:
            raise ValueError(f"must be a time such as 2026-01-31 09:30, not {cell!r}") from None
        if told.tzinfo is None:
            told = told.replace(tzinfo=ZoneInfo(zone))
        return told.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    return parse


def zone(cell: str) -> str:
    """An IANA time zone."""
    try:
        return ZoneInfo(cell).key
    except (ValueError, OSError, KeyError):
        raise ValueError(f"must be a time zone such as Asia/Shanghai, not {cell!r}") from None


def degrees(most: int) -> Parse:
    """A coordinate in degrees, kept in millionths."""

    def parse(cell: str) -> int:
        try:
            value = Decimal(cell)
        except InvalidOperation:
            raise ValueError(f"must be degrees such as 31.230416, not {cell!r}") from None
        if not value.is_finite() or abs(value) > most:
            raise ValueError(f"must lie between -{most} and {most}")
        return int(value * 1_000_000)

    return parse


def levels(cell: str) -> list[dict[str, Any]]:
    """Skills with levels, as RF:2; AC:1; without a level it is 1."""
    skills = []
    for item in re.split(r"[;；,，]", cell):
        name, _, level = item.strip().partition(":")
        if not name:
            continue
        if level and not level.strip().isdigit():
            raise ValueError(f"must look like RF:2; AC:1, not {cell!r}")
        skills.append({"skill": code(name.strip()), "level": int(level or 1)})
    return sorted(skills, key=lambda skill: skill["skill"])
