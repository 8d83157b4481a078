"""A cell's text becomes a field's value; a wrong one is refused with a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from server.importing.wrong import WrongCell

Parse = Callable[[str], Any]
"""Raises WrongCell."""

_ROUNDED = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_INSTANT = "%Y-%m-%dT%H:%M:%SZ"
_CODE = re.compile(r"[^\x00-\x1f\x7f]{1,64}")


def text(cell: str) -> str:
    """Any text of one line or several."""
    if any(ord(character) < 32 and character not in "\n\t" for character in cell):
        raise WrongCell("has control characters", "含有控制字符")
    return cell


def code(cell: str) -> str:
    """A code of at most 64 characters."""
    if not _CODE.fullmatch(cell):
        raise WrongCell("must be one line of 1 to 64 characters", "须为一行，1 至 64 个字符")
    if _ROUNDED.fullmatch(cell):
        raise WrongCell(
            "is a number that a spreadsheet has rounded; format the column as text",
            "是被电子表格舍入的数字，请将该列设为文本格式",
        )
    return cell


def choice(*choices: str) -> Parse:
    """One of a few words."""

    def parse(cell: str) -> str:
        if cell.lower() not in choices:
            raise WrongCell(f"must be one of {', '.join(choices)}", f"须为以下之一：{'、'.join(choices)}")
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
        raise WrongCell("must be a day such as 2026-01-31", "须为日期，例如 2026-01-31") from None


def moment(zone: str) -> Parse:
    """A moment, as 2026-01-31T09:30:00+08:00; without an offset it is the wall time of `zone`."""

    def parse(cell: str) -> str:
        try:
            told = datetime.fromisoformat(cell.replace("/", "-"))
        except ValueError:
            raise _no_moment() from None
        try:
            return told.replace(tzinfo=told.tzinfo or ZoneInfo(zone)).astimezone(UTC).strftime(_INSTANT)
        except (OverflowError, ValueError):
            raise _no_moment() from None

    return parse


def _no_moment() -> WrongCell:
    return WrongCell("must be a time such as 2026-01-31 09:30", "须为时间，例如 2026-01-31 09:30")


def zone(cell: str) -> str:
    """An IANA time zone."""
    try:
        return ZoneInfo(cell).key
    except (ValueError, OSError, KeyError):
        raise WrongCell("must be a time zone such as Asia/Shanghai", "须为时区，例如 Asia/Shanghai") from None


def degrees(most: int) -> Parse:
    """A coordinate in degrees, kept in millionths."""

    def parse(cell: str) -> int:
        try:
            value = Decimal(cell)
        except InvalidOperation:
            raise WrongCell("must be degrees such as 31.230416", "须为度数，例如 31.230416") from None
        if not value.is_finite() or abs(value) > most:
            raise WrongCell(f"must lie between -{most} and {most}", f"须在 -{most} 与 {most} 之间")
        return int(value * 1_000_000)

    return parse


def levels(cell: str) -> list[dict[str, Any]]:
    """Skills with levels, as refrigeration:2; hvac:1; without a level it is 1."""
    skills: dict[str, int] = {}
    for item in re.split(r"[;；,，]", cell):
        name, _, level = item.replace("：", ":").strip().partition(":")
        if not name:
            continue
        if level and not re.fullmatch(r"[1-9]", level.strip()):
            raise WrongCell(
                "must look like refrigeration:2; hvac:1, levels from 1 to 9",
                "格式应为 refrigeration:2; hvac:1，级别为 1 至 9",
            )
        if code(name.strip()) in skills:
            raise WrongCell(f"names {name.strip()} twice", f"重复列出了 {name.strip()}")
        skills[name.strip()] = int(level or 1)
    return [{"skill": skill, "level": level} for skill, level in sorted(skills.items())]
