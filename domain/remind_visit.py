"""What a visit is to be remembered for: an hour ahead its time is confirmed, or a dispatcher hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.clocks.confirmation import DEFAULT
from domain.instant import as_instant
from domain.visit_standing import is_standing
from sync.record import Record
from sync.reminder import Forgotten, Reminder
from sync.rules import View

VISIT_UNCONFIRMED = "visit_unconfirmed"
_OPEN = ("unasked", "asked")
"""Nobody has said anything yet; whatever else was said is before a dispatcher, or settled."""
_AHEAD = ("received", "accepted", "traveling")


def remind_visit(before: Record | None, after: Record, view: View) -> Iterator[Reminder | Forgotten]:
    """Another start is another reminder; a visit that is off, begun or confirmed needs none."""
    starts_at = to_confirm(after)
    if starts_at == to_confirm(before):
        return
    subject = f"{after.entity}/{after.id}"
    if starts_at is None:
        yield Forgotten(subject=subject, kind=VISIT_UNCONFIRMED, revision=after.ver)
        return
    begins = datetime.fromisoformat(starts_at)
    yield Reminder(
        subject=subject,
        kind=VISIT_UNCONFIRMED,
        revision=after.ver,
        due_at=as_instant(begins - timedelta(minutes=DEFAULT.met_minutes)),
        past_at=as_instant(begins),
    )


def to_confirm(visit: Record | None) -> str | None:
    """The start that is still to be confirmed."""
    if visit is None or visit.deleted or not is_standing(visit):
        return None
    fields = visit.fields
    if fields["confirmation"] not in _OPEN or fields["exec_state"] not in _AHEAD:
        return None
    stands = fields.get("appointment") or fields.get("window")
    return stands["starts_at"] if stands else None
