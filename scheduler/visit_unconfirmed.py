"""An hour before a visit nobody has confirmed its time: a dispatcher is told, at the latest when it is too late."""

from __future__ import annotations

from collections.abc import Sequence

from domain.identity import inbox_item_id
from domain.remind_visit import VISIT_UNCONFIRMED
from scheduler.effect import effect_id
from scheduler.queue import Claim
from sync.engine import Draft
from sync.record import Record
from sync.reminder import Outcome


def visit_unconfirmed(claim: Claim, visit: Record | None, outcome: Outcome) -> Sequence[Draft]:
    """An item for the dispatcher; its detail tells whether it came in time, late, or when the visit had begun."""
    if visit is None:
        return []
    item = {
        "kind": VISIT_UNCONFIRMED,
        "entity": visit.entity,
        "record": visit.id,
        "for_role": "dispatcher",
        "detail": {"starts_at": claim.past_at, "told": outcome},
        "opened_at": claim.claimed_at,
    }
    return [
        Draft(
            id=effect_id(claim),
            entity="inbox_item",
            record=inbox_item_id(VISIT_UNCONFIRMED, visit.id, str(claim.revision)),
            aggregate=visit.aggregate,
            set=item,
            action="create",
        )
    ]
