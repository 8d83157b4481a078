"""Two plans for one order, made without knowing of each other: both stand, and the dispatcher is asked.

Whoever plans a second visit after having seen the first wants both: then nobody is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.change import Change
from domain.inbox import item
from domain.visit_standing import is_standing, stands_since
from sync.record import Record
from sync.rules import FollowUp, View

PLANNED_TWICE = "planned_twice"
_WITHDRAWN = {"withdraw_first": "first", "withdraw_second": "second"}
"""Decision → which of the two goes; with any other both stay."""


def follow_plan(change: Change) -> Iterator[FollowUp]:
    """The items that a visit opens when it comes to stand beside others unseen, and ends when it stands no more."""
    if not change.changed("dispatch_state", "exec_state"):
        return
    visit, before = change.after, change.before
    stands, stood = is_standing(visit), before is not None and is_standing(before)
    if stands and not stood and change.changed("dispatch_state") and "system" not in change.author.roles:
        for other in change.view.of(visit.aggregate, "visit"):
            if _is_unseen_plan(change, other):
                yield _asked(change, other)
    if stood and not stands:
        yield from (_settled(one) for one in _items(change.view, visit))


def follow_decided_plan(decided: Record, view: View) -> Iterator[FollowUp]:
    """What a decision does: one of the two is withdrawn, or both stay."""
    decision, detail = decided.fields["decision"], decided.fields["detail"]
    loser = _WITHDRAWN.get(decision["choose"])
    visit = view.record("visit", detail[loser]["visit"]) if loser is not None else None
    if visit is None or visit.deleted or not is_standing(visit):
        return
    reason = (decision.get("note") or PLANNED_TWICE)[:400]
    yield FollowUp(
        entity="visit",
        record=visit.id,
        aggregate=visit.aggregate,
        set={"dispatch_state": {"event": "withdraw"}, "dispatch_reason": reason},
    )


def plans_beside(visit: str, items: list[Record]) -> list[Record]:
    """Of an order's inbox items, those that say beside which plans this visit was made, in a fixed order."""
    found = (one for one in items if one.fields["kind"] == PLANNED_TWICE and one.fields["record"] == visit)
    return sorted(found, key=lambda one: one.id)


def _is_unseen_plan(change: Change, other: Record) -> bool:
    """A helper goes along with a lead; two of one role, planned unseen, were probably meant to be one."""
    visit = change.after
    if other.id == visit.id or other.fields.get("job_role") != visit.fields.get("job_role"):
        return False
    since = stands_since(other)
    if not is_standing(other) or since.device.removeprefix("~") == change.operation.device:
        return False
    return since.ver > change.operation.base.ver


def _asked(change: Change, first: Record) -> FollowUp:
    second = change.after
    detail: dict[str, object] = {
        "first": _plan(first, first.fields.get("planned_by")),
        "second": _plan(second, change.author.user),
    }
    return item(change, PLANNED_TWICE, second, detail, cause=first.id)


def _plan(visit: Record, planned_by: str | None) -> dict[str, Any]:
    fields = visit.fields
    return {
        "visit": visit.id,
        "technician": fields["technician"],
        "window": fields.get("window"),
        "planned_by": planned_by or (fields["technician"] if visit.created.by == "technician" else None),
    }


def _items(view: View, visit: Record) -> list[Record]:
    """Open items in which the visit is the first or the second."""
    found = (one for one in view.of(visit.aggregate, "inbox_item") if one.fields["kind"] == PLANNED_TWICE)
    return sorted((one for one in found if _is_open_about(one, visit.id)), key=lambda one: one.id)


def _is_open_about(item: Record, visit: str) -> bool:
    detail = item.fields["detail"]
    return item.fields["state"] == "open" and visit in (detail["first"]["visit"], detail["second"]["visit"])


def _settled(opened: Record) -> FollowUp:
    return FollowUp(
        entity="inbox_item",
        record=opened.id,
        aggregate=opened.aggregate,
        set={"state": {"event": "settle"}},
    )
