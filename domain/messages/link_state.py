"""What a customer's link leads to: the question, or why it cannot be answered any more."""

from __future__ import annotations

from typing import Literal

from domain.messages.kinds import ASK, REMIND
from domain.visit_standing import is_standing
from sync.record import Record

LinkState = Literal["open", "answered", "moved", "ended", "expired"]
_AHEAD = ("received", "accepted", "traveling")


def link_state(notification: Record, visit: Record | None, now: str) -> LinkState | None:
    """None for a message that asks nothing. One answer per time: a second link about it shows the first answer."""
    if notification.fields["kind"] not in (ASK, REMIND):
        return None
    if visit is None or visit.deleted or not is_standing(visit):
        return "ended"
    about_at = notification.fields["about_at"]
    stands = visit.fields.get("appointment") or visit.fields.get("window")
    if stands is None or stands["starts_at"] != about_at:
        return "moved"
    answer = visit.fields.get("customer_answer")
    if answer is not None and answer.get("starts_at") == about_at:
        return "answered"
    if visit.fields["exec_state"] not in _AHEAD:
        return "ended"
    return "expired" if now >= notification.fields["expires_at"] else "open"
