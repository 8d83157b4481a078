"""The state of a work order, derived from what people did: only cancelling, closing and reopening are human."""

from __future__ import annotations

from collections.abc import Sequence

from domain.visit_standing import STANDING
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
    """Visits that are planned, or stand again, since the order was reopened; older ones did not help.

    Where a cancellation was undone, a technician who never knew of it, and works on, helps all the same.
    """
    reopening = order.fields.get("reopening")
    if reopening is None:
        return list(visits)
    clock = order.clock("reopening")
    assert clock is not None
    since, cancelled = clock.ver, reopening.get("undoes") == "cancellation"
    return [
        visit for visit in visits if _stands_since(visit, since) or (cancelled and _works_since(visit, since))
    ]


def _stands_since(visit: Record, ver: int) -> bool:
    dispatched = visit.clock("dispatch_state")
    again = dispatched is not None and dispatched.ver > ver and visit.fields["dispatch_state"] in STANDING
    return visit.created.ver > ver or again


def _works_since(visit: Record, ver: int) -> bool:
    heard = visit.clock("exec_state")
    return visit.fields["exec_state"] in ON_THE_JOB or (heard is not None and heard.ver > ver)


def _counts(visit: Record) -> bool:
    if visit.fields["exec_state"] == "declined":
        return False
    standing = visit.fields["dispatch_state"] in STANDING
    return standing or visit.fields["exec_state"] in FINISHED


def _waits_for(visit: Record) -> str | None:
    if visit.fields["exec_state"] == "no_access":
        return "customer"
    code = (visit.fields.get("exec_reason") or {}).get("code")
    return code if code in _WAITS else None
