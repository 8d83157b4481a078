"""Instants as the wire writes them."""

from __future__ import annotations

from datetime import datetime, timedelta


def as_instant(moment: datetime) -> str:
    """A moment in UTC with milliseconds, so that instants compare as texts: `2026-01-31T08:00:00.000Z`."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def after(instant: str, minutes: int) -> str:
    """So many minutes later."""
    return as_instant(datetime.fromisoformat(instant) + timedelta(minutes=minutes))
