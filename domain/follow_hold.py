"""Two technicians on one job (case 2): the one who would come second is warned, and the dispatcher is told.

A hold is a warning and refuses nothing: what the held technician does on their visit is taken like everything else.
"""

from __future__ import annotations

from collections.abc import Iterator

from domain.change import Change
from domain.derive_work_order import FINISHED, ON_THE_JOB
from domain.identity import inbox_item_id
from domain.inbox import item
from domain.visit_standing import LEFT, STANDING, is_standing
from sync.record import Record
from sync.rules import FollowUp, View

TWO_ON_ONE_JOB = "two_on_one_job"
STAND_DOWN = "stand_down"
"""The decision that withdraws the held visit; with any other it goes on."""

_NOT_THERE_YET = ("received", "accepted", "traveling")
_TOOK_IT_UP = (*ON_THE_JOB, "paused", *FINISHED)
_TIMES = ("travel_started", "arrived", "work_started", "work_finished")


def follow_hold(change: Change) -> Iterator[FollowUp]:
    """The hold and the item that a change of a visit opens or ends, whichever of the two visits it is about."""
    if not change.changed("dispatch_state", "exec_state", *_TIMES):
        return
    visit = change.after
    if change.changed("exec_state", *_TIMES):
        yield from _earlier_moved(change)
    if change.changed("dispatch_state") and visit.fields["dispatch_state"] in STANDING:
        yield from _later_was_made(change)
    if visit.fields.get("held") is not None and not _may_be_held(visit):
        yield change.patch(held=None)
    if change.before is not None and _is_out(visit):
        yield from (_settled(one) for one in _items(change.view, visit))


def follow_decided_hold(decided: Record, visit: Record, view: View) -> FollowUp:
    """What a decision does to the visit that the item is about: it goes on, or it is withdrawn."""
    decision = decided.fields["decision"]
    if decision["choose"] != STAND_DOWN:
        return _hold_again(view, visit, without=decided.id)
    reason = (decision.get("note") or TWO_ON_ONE_JOB)[:400]
    set = {"dispatch_state": {"event": "withdraw"}, "dispatch_reason": reason, "held": None}
    return FollowUp(entity="visit", record=visit.id, aggregate=visit.aggregate, set=set)


def _earlier_moved(change: Change) -> Iterator[FollowUp]:
    """The withdrawn technician turns out to be on the job, or to have left it undone."""
    earlier = change.after
    left = earlier.fields["exec_state"] in LEFT
    if not left and not (earlier.fields["dispatch_state"] == "withdrawn" and _took_it_up(earlier)):
        return
    for later in change.view.of(earlier.aggregate, "visit"):
        if not _comes_instead(later, earlier):
            continue
        yield from (_ended(change.view, earlier, later) if left else _told(change, earlier, later))


def _later_was_made(change: Change) -> Iterator[FollowUp]:
    """Whoever sends a second technician knowing that the first is there wants both; whoever cannot know is told."""
    later = change.after
    for earlier in change.view.of(later.aggregate, "visit"):
        if earlier.fields["dispatch_state"] != "withdrawn" or not _comes_instead(later, earlier):
            continue
        if _took_it_up(earlier) and _moved_at(earlier) > change.operation.base.ver:
            yield from _told(change, earlier, later)


def _told(change: Change, earlier: Record, later: Record) -> Iterator[FollowUp]:
    """One item for the pair; while the later one is not there yet, the hold. What was decided stays decided."""
    known = change.view.record("inbox_item", _item_id(earlier, later))
    if known is not None and (known.fields["state"] == "open" or known.fields.get("decision") is not None):
        return
    if _is_out(later):
        return
    detail = {
        "by_visit": earlier.id,
        "by_technician": earlier.fields["technician"],
        "by_exec_state": earlier.fields["exec_state"],
        "technician": later.fields["technician"],
        "exec_state": later.fields["exec_state"],
    }
    yield item(change, TWO_ON_ONE_JOB, later, detail, cause=earlier.id)
    if _may_be_held(later) and later.fields.get("held") is None:
        yield _held(later, {"since": change.at, "by_visit": earlier.id, "reason": TWO_ON_ONE_JOB})


def _ended(view: View, earlier: Record, later: Record) -> Iterator[FollowUp]:
    """The earlier one left it undone: the later one is needed. Where both went, the item stays for a person."""
    id = _item_id(earlier, later)
    known = view.record("inbox_item", id)
    if known is None or known.fields["state"] != "open" or not _may_be_held(later):
        return
    yield _settled(known)
    if (later.fields.get("held") or {}).get("by_visit") == earlier.id:
        yield _hold_again(view, later, without=id)


def _hold_again(view: View, visit: Record, *, without: str) -> FollowUp:
    """The hold by the next open item about the visit; none left: it is lifted."""
    rest = [one for one in _items(view, visit) if one.id != without] if _may_be_held(visit) else []
    if not rest:
        return _held(visit, None)
    by = rest[0].fields
    return _held(
        visit,
        {"since": by.get("opened_at"), "by_visit": by["detail"]["by_visit"], "reason": TWO_ON_ONE_JOB},
    )


def _held(visit: Record, hold: dict[str, object] | None) -> FollowUp:
    return FollowUp(entity="visit", record=visit.id, aggregate=visit.aggregate, set={"held": hold})


def _settled(opened: Record) -> FollowUp:
    return FollowUp(
        entity="inbox_item",
        record=opened.id,
        aggregate=opened.aggregate,
        set={"state": {"event": "settle"}},
    )


def _items(view: View, visit: Record) -> list[Record]:
    """Open items about a visit that others may hold, in a fixed order."""
    found = view.of(visit.aggregate, "inbox_item")
    open_ones = (one for one in found if one.fields["state"] == "open" and one.fields["record"] == visit.id)
    return sorted((one for one in open_ones if one.fields["kind"] == TWO_ON_ONE_JOB), key=lambda one: one.id)


def _item_id(earlier: Record, later: Record) -> str:
    return inbox_item_id(TWO_ON_ONE_JOB, later.id, earlier.id)


def _comes_instead(later: Record, earlier: Record) -> bool:
    """Whether a visit takes another's place: a helper, or a visit of days before, does not."""
    mine, theirs = later.fields, earlier.fields
    if later.id == earlier.id or mine["technician"] == theirs["technician"]:
        return False
    if mine.get("instead_of") == earlier.id:
        return True
    return mine.get("job_role") == theirs.get("job_role") and later.created.ver > earlier.created.ver


def _may_be_held(visit: Record) -> bool:
    fields = visit.fields
    return fields["dispatch_state"] in STANDING and fields["exec_state"] in _NOT_THERE_YET


def _is_out(visit: Record) -> bool:
    """Nobody goes there on this visit, or goes on with it."""
    return not is_standing(visit)


def _took_it_up(visit: Record) -> bool:
    """Set off or further. The times tell it too: a phone may have left the step out."""
    fields = visit.fields
    if fields["exec_state"] in LEFT:
        return False
    return fields["exec_state"] in _TOOK_IT_UP or any(fields.get(name) is not None for name in _TIMES)


def _moved_at(visit: Record) -> int:
    """Version at which the server heard last of the technician's way and work."""
    clocks = (visit.clock(name) for name in ("exec_state", *_TIMES))
    return max((one.ver for one in clocks if one is not None), default=0)
