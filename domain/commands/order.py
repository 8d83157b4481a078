"""Work orders: open, open on site, cancel, close, reopen, triage."""

from __future__ import annotations

from typing import Any

from domain import place
from domain.commands.draft import Drafted, create, update
from domain.numbers import provisional_number
from sync.record import Record


def open_order(
    *,
    order: str,
    request: str,
    site: str,
    customer: str,
    channel: str,
    kind: str,
    opened_at: str,
    opened_on: str,
    opened_by: str,
    symptom: str,
    asked: str,
    asset: str | None = None,
    contact: str | None = None,
    severity: str | None = None,
    priority: str | None = None,
    tier: str | None = None,
    read_back: bool | None = None,
    **more: Any,
) -> list[Drafted]:
    """A request and the order that answers it, under new ids. The number comes from the system, at once.

    `opened_on` is the day at the site; `asked` is what was said; `more` are further fields of the order.
    """
    aggregate = place.work_order(order)
    return [
        create(
            "work_order",
            order,
            aggregate,
            site=site,
            customer=customer,
            asset=asset,
            kind=kind,
            channel=channel,
            opened_at=opened_at,
            opened_on=opened_on,
            opened_by=opened_by,
            symptom=symptom,
            severity=severity,
            priority=priority,
            tier=tier,
            verified_contact=contact,
            **more,
        ),
        create(
            "service_request",
            request,
            aggregate,
            work_order=order,
            channel=channel,
            text=asked,
            from_contact=contact,
            asked_at=opened_at,
            read_back=read_back,
        ),
    ]


def open_on_site(
    *,
    order: str,
    visit: str,
    technician: str,
    technician_number: str,
    ordinal: int,
    site: str,
    customer: str,
    symptom: str,
    opened_at: str,
    opened_on: str,
    asset: str | None = None,
    kind: str = "fault",
    second_fault_of: str | None = None,
    checklists: list[str] | None = None,
) -> list[Drafted]:
    """A technician's own order and visit, without signal: `ordinal` counts their orders of the day, from 1."""
    aggregate = place.work_order(order)
    return [
        create(
            "work_order",
            order,
            aggregate,
            site=site,
            customer=customer,
            asset=asset,
            kind=kind,
            channel="on_site",
            opened_at=opened_at,
            opened_on=opened_on,
            opened_by=technician,
            second_fault_of=second_fault_of,
            provisional_number=provisional_number(technician_number, opened_on, ordinal),
            symptom=symptom,
        ),
        create(
            "visit",
            visit,
            aggregate,
            work_order=order,
            technician=technician,
            ordinal=1,
            dispatch_state={"event": "dispatch"},
            checklists={"add": checklists} if checklists else None,
        ),
    ]


def triage(
    order: Record, *, at: str, way: str, plan: str | None = None, fault_code: str | None = None
) -> list[Drafted]:
    """Remote first or visit, and the plan."""
    return [update(order, triage={"at": at, "way": way, "plan": plan, "fault_code": fault_code})]


def cancel(order: Record, *, at: str, reason: str, note: str | None = None) -> list[Drafted]:
    """Nothing is owed any more; the rules cancel its visits. Facts of a technician who had started stand."""
    return [update(order, cancellation={"at": at, "reason": reason, "note": note})]


def close(
    order: Record,
    *,
    at: str,
    outcome: str,
    anything_else: str,
    reason: str | None = None,
    escalated_to: str | None = None,
) -> list[Drafted]:
    """Solved, or unsolved with reason and escalation. `domain.gates` tells what must be there before."""
    closing = {
        "at": at,
        "outcome": outcome,
        "reason": reason,
        "escalated_to": escalated_to,
        "anything_else": anything_else,
    }
    return [update(order, closing=closing)]


def reopen(order: Record, *, at: str, reason: str) -> list[Drafted]:
    """One ticket to the end: the same number, open again after a closing or a cancellation.

    The rules end what is undone. Visits that were cancelled with the order stay so: a new one is planned.
    """
    undoes = "closing" if order.fields.get("cancellation") is None else "cancellation"
    return [update(order, reopening={"at": at, "reason": reason, "undoes": undoes})]
