"""What follows from a change of a work order: its number, its state, its visits, the assets' history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from domain.change import Change
from domain.derive_work_order import FINISHED, STARTED, derive_state
from domain.identity import history_id
from domain.inbox import item
from domain.numbers import order_number
from domain.place import site
from sync.record import Record
from sync.rules import FollowUp

_ENDS_OF_AN_ORDER = ("cancellation", "closing")
REMEMBERED = 12
"""Orders that an asset's history tells of."""


def follow_order(change: Change) -> Iterator[FollowUp]:
    """Number and state by the system; a cancelled order cancels its visits; a closed one becomes history.

    A reopening ends what it undoes, whoever of those that may reopen speaks.
    """
    order = change.after
    set: dict[str, object] = {}
    if order.fields.get("number") is None:
        set["number"] = order_number(order.id, order.fields.get("opened_on") or order.fields["opened_at"])
    if _reopened(change):
        set |= {name: None for name in _ENDS_OF_AN_ORDER if order.fields.get(name) is not None}
    if change.before is None or change.changed(*_ENDS_OF_AN_ORDER, "reopening", "triage"):
        set |= _state(order, change.view.of(order.aggregate, "visit"))
    if set:
        yield change.patch(**set)
    if change.newly_set("cancellation") is not None:
        yield from _cancel_visits(change)
    elif change.changed("cancellation"):
        yield from _bill_as_any_other(change)
    if change.newly_set("closing") is not None and order.fields.get("asset") is not None:
        yield _history(change)


def follow_order_state(change: Change) -> Iterator[FollowUp]:
    """The order's state after a change of one of its visits."""
    order = change.view.record("work_order", change.after.fields["work_order"])
    if order is None:
        return
    set = _state(order, change.view.of(order.aggregate, "visit"))
    if set:
        yield FollowUp(entity="work_order", record=order.id, aggregate=order.aggregate, set=set)


def _reopened(change: Change) -> bool:
    """Said once more in the same words after another cancellation, it is a reopening all the same."""
    clock, said = change.after.clock("reopening"), change.operation
    if clock is None or change.after.fields.get("reopening") is None:
        return False
    return "reopening" in said.set and (clock.device, clock.seq) == (said.device, said.seq)


def _state(order: Record, visits: Sequence[Record]) -> dict[str, object]:
    state, waiting_for = derive_state(order, visits)
    new = {"state": state, "waiting_for": waiting_for}
    return {name: value for name, value in new.items() if order.fields.get(name) != value}


def _cancel_visits(change: Change) -> Iterator[FollowUp]:
    reason = change.after.fields["cancellation"]["reason"]
    for visit in change.view.of(change.after.aggregate, "visit"):
        if visit.fields["dispatch_state"] not in ("planned", "dispatched"):
            continue
        yield FollowUp(
            entity="visit",
            record=visit.id,
            aggregate=visit.aggregate,
            set={"dispatch_state": {"event": "cancel"}, "dispatch_reason": reason},
        )
        if visit.fields["exec_state"] in STARTED:
            yield item(change, "bill_after_cancellation", visit, {"exec_state": visit.fields["exec_state"]})


def _bill_as_any_other(change: Change) -> Iterator[FollowUp]:
    """Nobody needs to decide on billing after a cancellation that was undone."""
    for asked in change.view.of(change.after.aggregate, "inbox_item"):
        if asked.fields["kind"] == "bill_after_cancellation" and asked.fields["state"] == "open":
            yield FollowUp(
                entity="inbox_item",
                record=asked.id,
                aggregate=asked.aggregate,
                set={"state": {"event": "settle"}},
            )


def _history(change: Change) -> FollowUp:
    order, view = change.after, change.view
    asset = order.fields["asset"]
    known = view.record("history", history_id(asset))
    entries = list(known.fields.get("entries") or []) if known is not None else []
    entries = [entry for entry in entries if entry["work_order"] != order.id]
    entries.append(
        history_entry(order, view.of(order.aggregate, "visit"), view.of(order.aggregate, "stock_move"))
    )
    return FollowUp(
        entity="history",
        record=history_id(asset),
        aggregate=site(order.fields["site"]),
        create=True,
        set={"asset": asset, "entries": entries[-REMEMBERED:]},
    )


def history_entry(order: Record, visits: Sequence[Record], moves: Sequence[Record]) -> dict[str, Any]:
    """What the next technician at this asset wants to know of an order."""
    done = [visit for visit in visits if visit.fields["exec_state"] in FINISHED]
    told = max(done, key=lambda visit: visit.created.ver).fields if done else {}
    fields, closing = order.fields, order.fields["closing"]
    return {
        "work_order": order.id,
        "number": fields.get("number"),
        "closed_at": closing["at"],
        "kind": fields.get("kind"),
        "symptom": _short(fields.get("symptom"), 400),
        "fault_code": told.get("fault_code"),
        "cause": _short(told.get("cause"), 400),
        "solution": _short(told.get("solution"), 1000),
        "parts": sorted({move.fields["part"] for move in moves if move.fields["kind"] == "use"})[:40],
        "technician": told.get("technician"),
        "outcome": closing["outcome"],
    }


def _short(text: str | None, longest: int) -> str | None:
    return text[:longest] if text is not None else None
