"""Times as a customer reads them: wall time of the site, in words of the language."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

_WEEKDAYS = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def time_in_words(instant: str, zone: str, language: str) -> str:
    """`3月2日周一17:00`, or `Mon 2 Mar, 17:00`."""
    at = datetime.fromisoformat(instant).astimezone(ZoneInfo(zone))
    weekday = _WEEKDAYS[language][at.weekday()]
    if language == "zh":
        return f"{at.month}月{at.day}日{weekday}{at:%H:%M}"
    return f"{weekday} {at.day} {_MONTHS[at.month - 1]}, {at:%H:%M}"


def span_in_words(starts_at: str, ends_at: str, zone: str, language: str) -> str:
    """The start in words, and the wall time of the end."""
    ends = datetime.fromisoformat(ends_at).astimezone(ZoneInfo(zone))
    return f"{time_in_words(starts_at, zone, language)}–{ends:%H:%M}"
