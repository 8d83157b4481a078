"""The customer is asked whether the time of a visit suits, and reminded of the question."""

from __future__ import annotations

from collections.abc import Sequence

from domain.commands.draft import update
from domain.messages.kinds import ASK, REMIND
from domain.messages.notify import notification
from domain.remind_visit import to_confirm
from scheduler.effect import as_draft
from scheduler.queue import Claim
from sync.engine import Draft
from sync.record import Record
from sync.reminder import Outcome


def ask_customer(claim: Claim, visit: Record | None, outcome: Outcome) -> Sequence[Draft]:
    """The question as a message, and that it was asked; nothing for a visit that has begun."""
    drafts = _message(ASK, claim, visit, outcome)
    if visit is None or not drafts or visit.fields["confirmation"] != "unasked":
        return drafts
    return [*drafts, as_draft(claim, update(visit, confirmation={"event": "ask"}), 1)]


def remind_customer(claim: Claim, visit: Record | None, outcome: Outcome) -> Sequence[Draft]:
    """The same question once more."""
    return _message(REMIND, claim, visit, outcome)


def _message(kind: str, claim: Claim, visit: Record | None, outcome: Outcome) -> list[Draft]:
    starts_at = to_confirm(visit)
    if visit is None or starts_at is None or outcome == "missed":
        return []
    drafted = notification(
        kind,
        visit,
        # On the evening before and on the day: two messages about one time.
        cause=(starts_at, claim.kind),
        about_at=starts_at,
        asked_at=claim.claimed_at,
        expires_at=starts_at,
        late=outcome == "late",
    )
    return [as_draft(claim, drafted)]
