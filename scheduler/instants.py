"""Instants as the rows of reminders hold them: in UTC with milliseconds, so that they compare as texts."""

from __future__ import annotations

from datetime import datetime, timedelta


def later(instant: str, seconds: float) -> str:
    """So many seconds after an instant."""
    moment = datetime.fromisoformat(instant) + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
