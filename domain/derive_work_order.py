"""The state of a work order, derived from what people did: only cancelling, closing and reopening are human."""

from __future__ import annotations

from collections.abc import Sequence

from sync.record import Record

ON_THE_JOB = ("traveling", "on_site", "working")
FINISHED = ("work_done", "signed_off", "done")
STOPPED = ("paused", "incomplete", "no_access")
"""Execution states in which somebody has to go on, or to come again."""
OVER = ("signed_off", "done", "incomplete", "no_access", "declined")
"""Execution states in which the technician owes nothing more on this visit."""
STARTED = ("on_site", "working", "paused", "work_done", "signed_off", "done", "incomplete")
"""Execution states that show that there was work on site."""
_WAITS = ("parts", "expert", "customer")


def derive_state(order: Record, visits: Sequence[Record]) -> tuple[str, str | None]:
    """The order's state and what it waits for; `visits` are all live visits of the order, in any sequence.

    A withdrawn or cancelled visit counts while its technician is at work there, or once the work was done: facts stand.
    """
    if order.fields.get("cancellation") is not None:
        return "cancelled", None
    if order.fields.get("closing") is not None:
        return "closed", None
    return _derive_open(order, _since_reopening(order, visits))


def _derive_open(order: Record, visits: Sequence[Record]) -> tuple[str, str | None]:
    if any(visit.fields["exec_state"] in ON_THE_JOB for visit in visits):
        return "in_progress", None
    live = [visit for visit in visits if _counts(visit)]
    ahead = any(visit.fields["exec_state"] in ("received", "accepted") for visit in live)
    finished = max(
        (visit.created.ver for visit in live if visit.fields["exec_state"] in FINISHED), default=-1
    )
    stopped = [
        visit for visit in live if visit.fields["exec_state"] in STOPPED and visit.created.ver > finished
    ]
    waits = sorted(filter(None, map(_waits_for, stopped)), key=_WAITS.index)
    if waits and not ahead:
        return "waiting", waits[0]
    if any(visit.fields["exec_state"] == "paused" for visit in stopped):
        return "in_progress", None
    if ahead:
        return "scheduled", None
    if finished >= 0 and not stopped:
        return "work_done", None
    if order.fields.get("reopening") is not None:
        return "reopened", None
    return ("triaged" if stopped or order.fields.get("triage") is not None else "new"), None


def _since_reopening(order: Record, visits: Sequence[Record]) -> list[Record]:
    if order.fields.get("reopening") is None:
        return list(visits)
    clock = order.clock("reopening")
    assert clock is not None
    return [visit for visit in visits if visit.created.ver > clock.ver]


def _counts(visit: Record) -> bool:
    if visit.fields["exec_state"] == "declined":
        return False
    standing = visit.fields["dispatch_state"] in ("planned", "dispatched")
    return standing or visit.fields["exec_state"] in FINISHED


def _waits_for(visit: Record) -> str | None:
    if visit.fields["exec_state"] == "no_access":
        return "customer"
    code = (visit.fields.get("exec_reason") or {}).get("code")
    return code if code in _WAITS else None
