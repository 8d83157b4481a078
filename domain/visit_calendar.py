"""A technician's visits as calendar entries (RFC 5545) with alarms: the phone rings though no app is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from domain.clocks.confirmation import DEFAULT, Confirming
from domain.remind_visit import VISIT_UNCONFIRMED, to_confirm
from sync.record import Record

_LONGEST_LINE_BYTES = 75


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A visit with what the calendar says of it."""

    visit: Record
    number: str
    site: str
    address: str
    is_off: bool = False
    """Withdrawn, cancelled or over: the phone takes it out."""


def calendar(entries: Iterable[Entry], now: str, language: str, times: Confirming = DEFAULT) -> str:
    """One calendar. An entry keeps its UID for ever; its SEQUENCE rises when the visit moves. `now`: an instant."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Doorstep//Visits//EN",
        "METHOD:PUBLISH",
        *(line for entry in entries for line in _event(entry, now, language, times)),
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(entry: Entry, now: str, language: str, times: Confirming) -> Iterator[str]:
    visit = entry.visit
    stands: Mapping[str, str] | None = visit.fields.get("appointment") or visit.fields.get("window")
    if stands is None:
        return
    title = "上门服务" if language == "zh" else "Visit"
    yield "BEGIN:VEVENT"
    yield f"UID:{visit.id}@doorstep"
    yield f"SEQUENCE:{sequence(visit)}"
    yield f"DTSTAMP:{_basic(now)}"
    yield f"DTSTART:{_basic(stands['starts_at'])}"
    yield f"DTEND:{_basic(stands['ends_at'])}"
    yield f"SUMMARY:{_escaped(' '.join(filter(None, (title, entry.number, entry.site))))}"
    if entry.address:
        yield f"LOCATION:{_escaped(entry.address)}"
    yield "STATUS:CANCELLED" if entry.is_off else "STATUS:CONFIRMED"
    if not entry.is_off and to_confirm(visit) is not None:
        for minutes in (times.ask_minutes, times.remind_minutes):
            yield from _alarm(visit, minutes, language)
    yield "END:VEVENT"


def _alarm(visit: Record, minutes: int, language: str) -> Iterator[str]:
    said = "请与客户确认上门时间" if language == "zh" else "Confirm the time with the customer"
    yield "BEGIN:VALARM"
    # The reminder that becomes the dispatcher's when nobody confirms, so that both are known to be about one thing.
    yield f"UID:{visit.id}-{VISIT_UNCONFIRMED}-{minutes}@doorstep"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{_escaped(said)}"
    yield f"TRIGGER:-PT{minutes}M"
    yield "END:VALARM"


def sequence(visit: Record) -> int:
    """Rises whenever the time that stands, or whether the visit stands, was written anew; never falls."""
    clocks = (visit.clock(name) for name in ("window", "appointment", "dispatch_state"))
    return max((one.ver for one in clocks if one is not None), default=0)


def _basic(instant: str) -> str:
    return f"{datetime.fromisoformat(instant):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return " ".join(plain.split())


def _folded(line: str) -> str:
    """Lines of at most 75 bytes, never cut inside a letter; what follows begins with a blank."""
    parts: list[str] = []
    part = ""
    for letter in line:
        if len((part + letter).encode()) > _LONGEST_LINE_BYTES - bool(parts):
            parts.append(part)
            part = ""
        part += letter
    return "\r\n ".join([*parts, part])
