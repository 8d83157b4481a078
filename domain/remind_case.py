"""What an expert case is to be remembered for: that somebody takes it, and that who took it goes on with it."""

from __future__ import annotations

from collections.abc import Iterator

from domain.instant import after as minutes_after
from sync.record import Record
from sync.reminder import Forgotten, Reminder
from sync.rules import View

CASE_RECEIVED = "case_received"
"""At once: the server notes when it heard of an urgent case. A phone's clock must not move the office's deadline."""
CASE_UNCLAIMED = "case_unclaimed"
"""Work stands still and no expert has taken it: a supervisor is told."""
CASE_IDLE = "case_idle"
"""Whoever took it has done nothing with it: it goes back to the queue."""

ALERT_MINUTES = 15
"""Of the hour in which an expert is to be engaged, so much may pass before a supervisor is told."""
LEASE_MINUTES = 20
"""Without a word for so long, a claimed case is released."""

WAITING = ("requested", "media_arriving", "ready")
_AT_ONCE, _NEVER = "", "9999-12-31T23:59:59.999Z"
"""Due in the moment of the transaction that asks; never too late."""


def remind_case(before: Record | None, after: Record, view: View) -> Iterator[Reminder | Forgotten]:
    """Each is asked for when its reason begins or moves, and forgotten when it ends."""
    earlier, now = _wanted(before), _wanted(after)
    subject = f"{after.entity}/{after.id}"
    for kind in (CASE_RECEIVED, CASE_UNCLAIMED, CASE_IDLE):
        due_at = now.get(kind)
        if due_at == earlier.get(kind):
            continue
        if due_at is None:
            yield Forgotten(subject=subject, kind=kind, revision=after.ver)
        else:
            yield Reminder(subject=subject, kind=kind, revision=after.ver, due_at=due_at, past_at=_NEVER)


def _wanted(case: Record | None) -> dict[str, str]:
    """Kind → when it is due."""
    if case is None or case.deleted:
        return {}
    fields = case.fields
    wanted = {}
    if fields.get("urgent") and fields["state"] in WAITING:
        received_at = fields.get("received_at")
        if received_at is None:
            wanted[CASE_RECEIVED] = _AT_ONCE
        else:
            wanted[CASE_UNCLAIMED] = minutes_after(received_at, ALERT_MINUTES)
    if fields["state"] == "claimed" and fields.get("lease_until"):
        wanted[CASE_IDLE] = minutes_after(fields["lease_until"], 0)
    return wanted
