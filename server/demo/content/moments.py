"""Instants as whole minutes since 1970 (UTC) and the company's calendar days: what the generators compute with."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

ZONE = "Asia/Shanghai"
DAY = 1440


@lru_cache(maxsize=4096)
def midnight(day: date) -> int:
    """The minute at which `day` begins in the company's zone."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE)).timestamp()) // 60


def minute_of(instant: datetime) -> int:
    """An aware instant, rounded down to its minute."""
    return int(instant.timestamp()) // 60


def day_of(minute: int) -> date:
    """The company's calendar day in which `minute` lies."""
    return datetime.fromtimestamp(minute * 60, ZoneInfo(ZONE)).date()


def text(minute: int) -> str:
    """Wire form: UTC with a trailing Z."""
    return datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def minute_from(wire: str) -> int:
    """The reverse of `text`."""
    return minute_of(datetime.fromisoformat(wire))


def plus_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def plus_days(day: date, days: int) -> date:
    return day + timedelta(days=days)
