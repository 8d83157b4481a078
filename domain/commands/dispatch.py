"""Visits from the office: assign, reassign, reschedule, withdraw, cancel, reinstate, relay an answer."""

from __future__ import annotations

from typing import Any

from domain import place
from domain.commands.draft import Drafted, create, update
from sync.record import Record


def assign(
    *,
    order: str,
    visit: str,
    technician: str,
    window: dict[str, str] | None = None,
    job_role: str = "lead",
    ordinal: int | None = None,
    expected_minutes: int | None = None,
    checklists: list[str] | None = None,
    to_carry: list[str] | None = None,
    instead_of: str | None = None,
    planned_by: str | None = None,
    dispatch: bool = True,
) -> list[Drafted]:
    """A new visit, on the technician's phone at the next exchange; with `dispatch=False` only planned.

    `window` is {starts_at, ends_at}; `checklists` are ids of template versions, pinned for this visit (case 9).
    """
    return [
        create(
            "visit",
            visit,
            place.work_order(order),
            work_order=order,
            technician=technician,
            ordinal=ordinal,
            instead_of=instead_of,
            planned_by=planned_by,
            job_role=job_role,
            window=window,
            expected_minutes=expected_minutes,
            checklists={"add": checklists} if checklists else None,
            to_carry={"add": to_carry} if to_carry else None,
            dispatch_state={"event": "dispatch"} if dispatch else None,
        )
    ]


def dispatch(visit: Record) -> list[Drafted]:
    """A planned visit goes to its technician."""
    return [update(visit, dispatch_state={"event": "dispatch"})]


def reassign(
    visit: Record,
    *,
    new_visit: str,
    technician: str,
    reason: str,
    window: dict[str, str] | None = None,
    planned_by: str | None = None,
) -> list[Drafted]:
    """A's visit is withdrawn and B's is made, together or not at all. What A did on theirs stands (case 2)."""
    fields = visit.fields
    return [
        *withdraw(visit, reason=reason),
        *assign(
            order=fields["work_order"],
            visit=new_visit,
            technician=technician,
            window=window or fields.get("appointment") or fields.get("window"),
            job_role=fields.get("job_role") or "lead",
            expected_minutes=fields.get("expected_minutes"),
            checklists=fields.get("checklists"),
            to_carry=fields.get("to_carry"),
            instead_of=visit.id,
            planned_by=planned_by,
        ),
    ]


def reschedule(visit: Record, *, starts_at: str, ends_at: str) -> list[Drafted]:
    """Another window. Unknown to it, the customer may have agreed otherwise on site: then that stands (case 3)."""
    return [update(visit, window={"starts_at": starts_at, "ends_at": ends_at})]


def withdraw(visit: Record, *, reason: str) -> list[Drafted]:
    """The technician loses the job; what they did stays."""
    return [update(visit, dispatch_state={"event": "withdraw"}, dispatch_reason=reason)]


def cancel_visit(visit: Record, *, reason: str) -> list[Drafted]:
    """This coming does not take place; the order stays."""
    return [update(visit, dispatch_state={"event": "cancel"}, dispatch_reason=reason)]


def reinstate(visit: Record) -> list[Drafted]:
    """A withdrawn or cancelled visit holds again."""
    return [update(visit, dispatch_state={"event": "reinstate"}, dispatch_reason=None)]


def relay_answer(visit: Record, *, at: str, answer: str, heard_by: str, wished: Any = None) -> list[Drafted]:
    """What the customer told the office about the time: yes, another_time or call_me."""
    return [
        update(visit, relayed_answer={"at": at, "answer": answer, "wished": wished, "heard_by": heard_by})
    ]


def mark_evidence_missing(visit: Record, *, at: str, reason: str) -> list[Drafted]:
    """Evidence will not come any more (case 12)."""
    return [update(visit, evidence_missing={"at": at, "reason": reason})]
