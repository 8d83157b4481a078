"""The customer hears of what happens: confirmed, on the way, done. News that is old is none."""

from __future__ import annotations

from collections.abc import Sequence

from domain.messages.kinds import CONFIRMED, DONE, ON_THE_WAY
from domain.messages.notify import notification
from domain.remind_customer import FINISHED, confirmed_at
from domain.visit_standing import is_standing
from scheduler.effect import as_draft
from scheduler.instants import later
from scheduler.queue import Claim
from sync.engine import Draft
from sync.record import Record
from sync.reminder import Outcome

ON_THE_WAY_SECONDS = 2 * 3600
"""A phone that was silent for longer than a way takes has nothing to say of it any more."""
DONE_SECONDS = 24 * 3600


def tell_confirmed(claim: Claim, visit: Record | None, outcome: Outcome) -> Sequence[Draft]:
    """That the time is confirmed, once per time, while it is so and lies ahead."""
    starts_at = confirmed_at(visit)
    if visit is None or starts_at is None or outcome == "missed":
        return []
    return _message(CONFIRMED, claim, visit, (starts_at,), starts_at, starts_at)


def tell_on_the_way(claim: Claim, visit: Record | None, outcome: Outcome) -> Sequence[Draft]:
    """That the technician has set off, while that is so; a visit without a time has none to name."""
    expires_at = later(claim.due_at, ON_THE_WAY_SECONDS)
    if visit is None or claim.claimed_at >= expires_at or visit.fields["exec_state"] != "traveling":
        return []
    starts_at = _starts_at(visit)
    if starts_at is None or not is_standing(visit):
        return []
    return _message(ON_THE_WAY, claim, visit, (starts_at,), starts_at, expires_at)


def tell_done(claim: Claim, visit: Record | None, outcome: Outcome) -> Sequence[Draft]:
    """That the work is done, once."""
    expires_at = later(claim.due_at, DONE_SECONDS)
    if visit is None or claim.claimed_at >= expires_at or visit.fields["exec_state"] not in FINISHED:
        return []
    return _message(DONE, claim, visit, (), _starts_at(visit), expires_at)


def _starts_at(visit: Record) -> str | None:
    stands = visit.fields.get("appointment") or visit.fields.get("window")
    return str(stands["starts_at"]) if stands else None


def _message(
    kind: str, claim: Claim, visit: Record, cause: tuple[str, ...], about_at: str | None, expires_at: str
) -> list[Draft]:
    drafted = notification(
        kind, visit, cause=cause, about_at=about_at, asked_at=claim.claimed_at, expires_at=expires_at
    )
    return [as_draft(claim, drafted)]
