"""Whether the time is confirmed (case 14): the technician's tap and the customer's answers are kept apart.

The customer's own word beats a tap that did not know of it. A technician who has seen the answer and then notes a call
reports a later word of the customer's. No device's clock takes part in this.
"""

from __future__ import annotations

from domain.change import Change
from domain.inbox import item
from sync.record import Record
from sync.rules import FollowUp

ANSWERS = ("customer_answer", "relayed_answer")


def follow_confirmation(change: Change, moved: bool) -> tuple[str | None, list[FollowUp]]:
    """The event for `visit.confirmation`, and what is to be told. `moved`: the appointment has changed."""
    if change.newly_set("agreed_on_site") is not None:
        return "confirm", []
    for name in ANSWERS:
        answer = change.newly_set(name)
        if answer is not None:
            return _answered(change, name)
    if change.newly_set("technician_confirmed") is not None:
        return _tapped(change), []
    if moved and change.after.fields["confirmation"] != "unasked":
        return "rearm", []
    return None, []


def _answered(change: Change, name: str) -> tuple[str | None, list[FollowUp]]:
    answer = change.after.fields[name]
    appointment = change.after.fields.get("appointment") or change.after.fields.get("window")
    asked_about = answer.get("starts_at")
    if answer["answer"] == "yes":
        if appointment is None or asked_about in (None, appointment["starts_at"]):
            return "confirm", []
        return None, [item(change, "customer_wants_change", change.after, {"answer": answer})]
    return "request_change", [item(change, "customer_wants_change", change.after, {"answer": answer})]


def _tapped(change: Change) -> str | None:
    last = _last_answer(change.after)
    if last is None or change.after.fields[last]["answer"] == "yes":
        return "confirm"
    return None if change.unseen(last) else "confirm"


def _last_answer(visit: Record) -> str | None:
    """The field with the customer's latest word, in commit order."""
    given = [name for name in ANSWERS if visit.fields.get(name) is not None]
    return max(given, key=lambda name: _ver(visit, name), default=None)


def _ver(visit: Record, field: str) -> int:
    clock = visit.clock(field)
    return clock.ver if clock is not None else 0
