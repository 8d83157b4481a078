"""Times as these tests write them: wall time in Shanghai, and the company's office hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.clocks.calendar import office_hours
from domain.clocks.chinese_holidays import CHINA
from domain.clocks.evidence import Moment, at_office

SHANGHAI = "Asia/Shanghai"
OFFICE = office_hours("Shanghai", SHANGHAI, CHINA)
"""Monday to Friday and make-up workdays, 09:00 to 18:00."""

SECOND = timedelta(seconds=1)


def cn(text: str, zone: str = SHANGHAI) -> datetime:
    """`2026-02-13 17:30` there, as an aware UTC instant."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def office(text: str) -> Moment:
    """A moment by the server's own clock, in Shanghai."""
    return at_office(cn(text))


def minutes(number: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=number)
