"""Whether a message is still true when it is about to leave."""

from __future__ import annotations

from domain.messages.kinds import ASK, CONFIRMED, ON_THE_WAY, REMIND
from domain.remind_customer import confirmed_at
from domain.remind_visit import to_confirm
from domain.visit_standing import is_standing
from sync.record import Record


def still_wanted(notification: Record, visit: Record) -> bool:
    """False once the visit moved, was cancelled or settled otherwise, so that nobody hears of what is no more."""
    kind, about_at = notification.fields["kind"], notification.fields.get("about_at")
    if kind in (ASK, REMIND):
        return to_confirm(visit) == about_at
    if kind == CONFIRMED:
        return confirmed_at(visit) == about_at
    if kind == ON_THE_WAY:
        return is_standing(visit) and visit.fields["exec_state"] == "traveling"
    return True
