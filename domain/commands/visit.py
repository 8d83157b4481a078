"""What a technician does on a visit, tap by tap."""

from __future__ import annotations

from typing import Any

from domain.commands.draft import Drafted, create, update
from domain.identity import step_result_id
from sync.record import Record

MOMENT_OF = {
    "travel": "travel_started",
    "arrive": "arrived",
    "start": "work_started",
    "finish": "work_finished",
}
"""The field in which an event leaves its true time."""


def step(
    visit: Record,
    event: str,
    *,
    at: str,
    error_ms: int | None = None,
    reason: str | None = None,
    note: str | None = None,
) -> list[Drafted]:
    """An event of `visit.exec_state`, with its time where it has one; `reason` for pause, decline, incomplete."""
    fields: dict[str, Any] = {"exec_state": {"event": event}}
    if event in MOMENT_OF:
        fields[MOMENT_OF[event]] = moment(at, error_ms)
    if reason is not None:
        fields["exec_reason"] = {"code": reason, "note": note}
    return [update(visit, **fields)]


def moment(at: str, error_ms: int | None = None) -> dict[str, Any]:
    """A time and the bound on its error."""
    return {"at": at} if error_ms is None else {"at": at, "error_ms": error_ms}


def confirm(visit: Record, *, at: str, how: str = "tap", note: str | None = None) -> list[Drafted]:
    """The time is confirmed, by a tap or after a call."""
    return [update(visit, technician_confirmed={"at": at, "how": how, "note": note})]


def agree_on_site(
    visit: Record,
    *,
    starts_at: str,
    ends_at: str,
    at: str,
    with_whom: str | None = None,
    evidence: str | None = None,
) -> list[Drafted]:
    """Another time that the customer confirmed to the technician."""
    agreed = {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "agreed_at": at,
        "with_whom": with_whom,
        "evidence": evidence,
    }
    return [update(visit, agreed_on_site=agreed)]


def correct_on_site(
    visit: Record,
    *,
    address: dict[str, Any] | None = None,
    contact: str | None = None,
    phone: str | None = None,
) -> list[Drafted]:
    """What was found on site counts for this visit at once; the master waits for approval (case 6)."""
    fields: dict[str, Any] = {}
    if address is not None:
        fields["address_on_site"] = address
    if contact is not None and phone is not None:
        fields["phone_on_site"] = {"contact": contact, "phone": phone}
    return [update(visit, **fields)]


def answer_step(
    visit: Record,
    *,
    template: str,
    step: str,
    answer: Any = None,
    verdict: str | None = None,
    waiver: dict[str, str] | None = None,
    at: str | None = None,
    media: list[str] | None = None,
) -> list[Drafted]:
    """The answer to a step of a pinned checklist, or a reasoned waiver {reason, by_name}."""
    return [
        create(
            "step_result",
            step_result_id(visit.id, template, step),
            visit.aggregate,
            visit=visit.id,
            template=template,
            step=step,
            answer=answer,
            verdict=verdict,
            waiver=waiver,
            answered=moment(at) if at is not None else None,
            media={"add": media} if media else None,
        )
    ]


def choose_option(
    visit: Record, *, option: str, at: str, by_name: str | None = None, how: str = "in_person"
) -> list[Drafted]:
    """The option that the customer chose, as heard on site."""
    return [update(visit, option_chosen={"option": option, "at": at, "by_name": by_name, "how": how})]


def write_note(
    aggregate: str,
    *,
    note: str,
    text: str,
    by: str,
    at: str,
    visit: str | None = None,
    for_customer: bool | None = None,
) -> list[Drafted]:
    """Something worth knowing; it is never changed."""
    return [
        create(
            "note",
            note,
            aggregate,
            text=text,
            visit=visit,
            written_at=at,
            written_by=by,
            for_customer=for_customer,
        )
    ]
