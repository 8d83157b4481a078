"""Expert cases that wait for somebody: heard of, not taken in time, taken and left alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.identity import inbox_item_id
from domain.remind_case import CASE_UNCLAIMED, WAITING
from scheduler.effect import effect_id
from scheduler.queue import Claim
from sync.engine import Draft
from sync.operation import Action
from sync.record import Record
from sync.reminder import Outcome


def case_received(claim: Claim, case: Record | None, outcome: Outcome) -> Sequence[Draft]:
    """The hour of an urgent case runs from when the server heard of it."""
    if case is None or case.fields.get("received_at") is not None:
        return []
    return [_draft(claim, case.entity, case.id, case.aggregate, {"received_at": claim.claimed_at})]


def case_unclaimed(claim: Claim, case: Record | None, outcome: Outcome) -> Sequence[Draft]:
    """Work stands still and nobody has taken the case: a supervisor hears of it."""
    if case is None or case.fields["state"] not in WAITING:
        return []
    item = {
        "kind": CASE_UNCLAIMED,
        "entity": case.entity,
        "record": case.id,
        "for_role": "supervisor",
        "detail": {"received_at": case.fields.get("received_at"), "told": outcome},
        "opened_at": claim.claimed_at,
    }
    about = inbox_item_id(CASE_UNCLAIMED, case.id, str(claim.revision))
    return [_draft(claim, "inbox_item", about, case.aggregate, item, "create")]


def case_idle(claim: Claim, case: Record | None, outcome: Outcome) -> Sequence[Draft]:
    """Who took it has done nothing with it: it goes back to the queue."""
    if case is None or case.fields["state"] != "claimed":
        return []
    released = {"state": {"event": "release"}, "claimed_by": None, "lease_until": None}
    return [_draft(claim, case.entity, case.id, case.aggregate, released)]


def _draft(
    claim: Claim, entity: str, record: str, aggregate: str, set: dict[str, Any], action: Action = "update"
) -> Draft:
    return Draft(
        id=effect_id(claim), entity=entity, record=record, aggregate=aggregate, set=set, action=action
    )
