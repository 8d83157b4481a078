"""What follows from a change of a visit: the time that stands, its confirmation, who owns it, the order's state."""

from __future__ import annotations

from collections.abc import Iterator

from domain.change import Change
from domain.derive_work_order import STARTED
from domain.follow_appointment import follow_appointment
from domain.follow_confirmation import follow_confirmation
from domain.follow_hold import follow_hold
from domain.follow_order import follow_order_state
from domain.follow_plan import follow_plan
from domain.follow_signed import follow_signed_content
from domain.follow_site import follow_on_site_correction
from domain.identity import assignment_id
from domain.inbox import item
from sync.rules import FollowUp

_ENDS = {"withdrawn": "withdrawn", "cancelled": "cancelled"}


def follow_visit(change: Change) -> Iterator[FollowUp]:
    """Everything that a visit's change causes; nothing when the system only wrote derived fields."""
    patch: dict[str, object] = {}
    appointment, told = follow_appointment(change)
    if appointment is not None and appointment != change.after.fields.get("appointment"):
        patch["appointment"] = appointment
    event, asked = follow_confirmation(change, moved="appointment" in patch)
    if event is not None:
        patch["confirmation"] = {"event": event}
    after_cancellation = _done_after_cancellation(change)
    if after_cancellation:
        patch["after_cancellation"] = True
    if patch:
        yield change.patch(**patch)
    yield from told
    yield from asked
    if after_cancellation:
        yield item(
            change, "bill_after_cancellation", change.after, {"exec_state": change.after.fields["exec_state"]}
        )
    if change.newly_set("exec_state") == "declined":
        yield item(change, "declined", change.after, {"reason": change.after.fields.get("exec_reason")})
    yield from _assignment(change)
    yield from follow_hold(change)
    yield from follow_plan(change)
    yield from follow_on_site_correction(change)
    yield from follow_signed_content(change)
    deleted = change.before is not None and change.before.deleted != change.after.deleted
    if deleted or change.before is None or change.changed("exec_state", "dispatch_state", "exec_reason"):
        yield from follow_order_state(change)


def _done_after_cancellation(change: Change) -> bool:
    """Work that had started before the phone knew (case 1); a visit that never started stays cancelled."""
    fields = change.after.fields
    return (
        fields["dispatch_state"] == "cancelled"
        and change.changed("exec_state")
        and change.before is not None
        and fields["exec_state"] in STARTED
        and not fields.get("after_cancellation")
    )


def _assignment(change: Change) -> Iterator[FollowUp]:
    """Exactly one owner at any time, on every hand-over."""
    visit = change.after
    end = _end(change)
    started = change.newly_set("dispatch_state") == "dispatched"
    if not started and end is None:
        return
    id = assignment_id(visit.id)
    known = change.view.record("assignment", id) is not None
    if not started and not known:
        return
    set: dict[str, object] = {"end": end, "ended_at": change.at if end else None}
    if started:
        set["assigned_at"] = change.at
    if not known:
        set |= {
            "visit": visit.id,
            "technician": visit.fields["technician"],
            "job_role": visit.fields.get("job_role") or "lead",
        }
    yield FollowUp(entity="assignment", record=id, aggregate=visit.aggregate, create=not known, set=set)


def _end(change: Change) -> str | None:
    fields = change.after.fields
    if not change.changed("dispatch_state", "exec_state"):
        return None
    if fields["dispatch_state"] in _ENDS:
        return _ENDS[fields["dispatch_state"]]
    return fields["exec_state"] if fields["exec_state"] in ("declined", "done") else None
