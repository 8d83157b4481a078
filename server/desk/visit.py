"""Visits: assigned, moved to another time or another technician, withdrawn, cancelled, corrected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

import anyio
from litestar import Request, Response, Router, patch, post
from litestar.params import FromPath, JSONBody
from pydantic import Field

from domain.commands import dispatch
from domain.commands.draft import Drafted, update
from domain.commands.lifecycle import ALREADY, SAME, already, visit_answer
from domain.visit_standing import is_standing
from server.db.accounts import Accounts
from server.desk.desk import Based, Desk, Id, Instant, Line, Window, who
from server.desk.door import Written, customer_door
from server.desk.idempotency import RequestIds
from server.desk.masters import Correction
from server.desk.noted import note_of_window, noted
from server.desk.planned import Planned, planned
from server.desk.problems import RecordMissing
from server.desk.session import language, takes
from server.desk.unchanged import Unchanged, corrected, unchanged
from sync.record import Record

Ids = Annotated[list[Id], Field(max_length=20)]
_ENDED = {"cancelled": "answer_on_cancelled", "withdrawn": "answer_on_withdrawn"}
"""Dispatch state → what is told of an answer that comes then."""
_WISHED = {f"{field}.wished": "wished" for field in ("customer_answer", "relayed_answer")}
Answer = Literal["yes", "another_time", "call_me"]


class Assignment(Based):
    """Who goes, and when."""

    technician: Id
    window: Window | None = None
    job_role: Literal["lead", "helper"] = "lead"
    expected_minutes: Annotated[int, Field(ge=0, le=100_000)] | None = None
    checklists: Ids | None = None
    """Ids of template versions, pinned for this visit."""
    to_carry: Annotated[list[Line], Field(max_length=100)] | None = None
    """Codes of parts to bring."""
    dispatch: bool = True
    """False: only planned; the phone does not see it yet."""


class Reassignment(Based):
    """Another technician."""

    technician: Id
    reason: Line
    window: Window | None = None
    """None: the time stays."""


class Rescheduling(Based, Window):
    """Another window."""


class Reason(Based):
    """Why."""

    reason: Line


class Nothing(Based):
    """Nothing but the base."""


class CustomerAnswer(Based):
    """What the customer said about the time."""

    answer: Answer
    how: Literal["message", "told_office"]
    """`message`: the customer's own written answer, entered here; `told_office`: somebody heard it."""
    wished: Window | None = None
    evidence: Annotated[Line, Field(max_length=200)] | None = None
    at: Instant | None = None
    """When the customer said it; now when empty."""


Make = Callable[[Record, RequestIds], Sequence[Drafted] | Unchanged]


def visit_routes(desk: Desk, accounts: Accounts) -> list[Router]:
    """`POST /work-orders/{id}/visits`, and everything under `/visits/{id}`."""

    async def change(
        request: Request[Any, Any, Any], visit_id: str, base: str | None, make: Make, command: str = ""
    ) -> Response[Written]:
        """A change of a visit; for a `command` that the visit's state answers with `same`, none."""

        def drafts(ids: RequestIds) -> Sequence[Drafted] | Unchanged:
            visit = desk.live("visit", visit_id, who(request))
            if command:
                order = desk.live("work_order", visit.fields["work_order"], who(request))
                if visit_answer(visit, order, command) == SAME:
                    return unchanged(desk.records, visit, already(visit))
            return make(visit, ids)

        return await desk.door.change(request, base, drafts)

    async def with_plans(
        request: Request[Any, Any, Any], answer: Response[Written], window: Window | None = None
    ) -> Response[Planned]:
        if window is not None:
            answer = noted(answer, note_of_window(window.ends_at, desk.now()), language(request))
        return await planned(desk.records, accounts, answer, language(request))

    @post("/{order_id:str}/visits", name="desk_assign", guards=[takes("dispatcher")], status_code=201)
    async def assign(
        order_id: FromPath[str], data: JSONBody[Assignment], request: Request[Any, Any, Any]
    ) -> Response[Planned]:
        """A new visit of a technician. The base is the order's.

        Where somebody else has planned a visit since the form was read, both stand, `meanwhile` names the other one,
        and the inbox asks which of them shall go. The same technician twice from one form at one desk is refused (422).
        """

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            order = desk.live("work_order", order_id, who(request))
            _check_technician(desk, data.technician, request)
            _, records = desk.records.all_of(order.aggregate)
            visits = [one for one in records if one.entity == "visit"]
            return dispatch.assign(
                order=order.id,
                visit=ids.record(),
                technician=data.technician,
                window=data.window.model_dump() if data.window else None,
                job_role=data.job_role,
                ordinal=len(visits) + 1,
                expected_minutes=data.expected_minutes,
                checklists=data.checklists,
                to_carry=data.to_carry,
                planned_by=who(request).account,
                dispatch=data.dispatch,
            )

        answer = await desk.door.change(request, data.base, drafts, status=201)
        return await with_plans(request, answer, data.window)

    @post("/{visit_id:str}/dispatch", name="desk_dispatch", guards=[takes("dispatcher")], status_code=200)
    async def send(
        visit_id: FromPath[str], data: JSONBody[Nothing], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """A planned visit goes to its technician's phone."""
        return await change(
            request, visit_id, data.base, lambda visit, ids: dispatch.dispatch(visit), "dispatch"
        )

    @post("/{visit_id:str}/reassign", name="desk_reassign", guards=[takes("dispatcher")], status_code=200)
    async def reassign(
        visit_id: FromPath[str], data: JSONBody[Reassignment], request: Request[Any, Any, Any]
    ) -> Response[Planned]:
        """Withdraw this visit and make one for another technician, together.

        A visit that does not stand any more is refused (422), with who has the job now. `meanwhile`: as in assigning.
        """

        def make(visit: Record, ids: RequestIds) -> Sequence[Drafted]:
            _check_technician(desk, data.technician, request)
            return dispatch.reassign(
                visit,
                new_visit=ids.record(),
                technician=data.technician,
                reason=data.reason,
                window=data.window.model_dump() if data.window else None,
                planned_by=who(request).account,
            )

        return await with_plans(request, await change(request, visit_id, data.base, make), data.window)

    @post("/{visit_id:str}/reschedule", name="desk_reschedule", guards=[takes("dispatcher")], status_code=200)
    async def reschedule(
        visit_id: FromPath[str], data: JSONBody[Rescheduling], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Another window. Where the customer agreed to another time on site, that stands.

        One that has passed is taken, for what is entered late, with the flag `window_passed`.
        """
        window = {"starts_at": data.starts_at, "ends_at": data.ends_at}

        def make(visit: Record, ids: RequestIds) -> Sequence[Drafted] | Unchanged:
            if visit.fields.get("window") != window or not is_standing(visit):
                return dispatch.reschedule(visit, **window)
            agreed = visit.fields.get("appointment") not in (None, window)
            return unchanged(desk.records, visit, ALREADY["window" if agreed else "values"])

        answer = await change(request, visit_id, data.base, make)
        return noted(answer, note_of_window(data.ends_at, desk.now()), language(request))

    @post("/{visit_id:str}/withdraw", name="desk_withdraw", guards=[takes("dispatcher")], status_code=200)
    async def withdraw(
        visit_id: FromPath[str], data: JSONBody[Reason], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """The technician loses the job; what they did stays."""
        return await change(
            request,
            visit_id,
            data.base,
            lambda visit, ids: dispatch.withdraw(visit, reason=data.reason),
            "withdraw",
        )

    @post("/{visit_id:str}/cancel", name="desk_cancel_visit", guards=[takes("dispatcher")], status_code=200)
    async def cancel(
        visit_id: FromPath[str], data: JSONBody[Reason], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """This coming does not take place."""
        return await change(
            request,
            visit_id,
            data.base,
            lambda visit, ids: dispatch.cancel_visit(visit, reason=data.reason),
            "cancel",
        )

    @post("/{visit_id:str}/reinstate", name="desk_reinstate", guards=[takes("dispatcher")], status_code=200)
    async def reinstate(
        visit_id: FromPath[str], data: JSONBody[Nothing], request: Request[Any, Any, Any]
    ) -> Response[Planned]:
        """A withdrawn or cancelled visit holds again, on an order that is open. `meanwhile`: as in assigning.

        Refused (422) while a visit stands that replaces this one, with who has the job now.
        """
        answer = await change(
            request, visit_id, data.base, lambda visit, ids: dispatch.reinstate(visit), "reinstate"
        )
        return await with_plans(request, answer)

    @post(
        "/{visit_id:str}/evidence-missing",
        name="desk_evidence_missing",
        guards=[takes("dispatcher", "supervisor")],
        status_code=200,
    )
    async def evidence_missing(
        visit_id: FromPath[str], data: JSONBody[Reason], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Evidence will not come any more, because a phone is lost: say so, never quietly complete."""
        return await change(
            request,
            visit_id,
            data.base,
            lambda visit, ids: dispatch.mark_evidence_missing(visit, at=desk.now(), reason=data.reason),
        )

    @post(
        "/{visit_id:str}/customer-answer",
        name="desk_customer_answer",
        guards=[takes("dispatcher", "intake")],
        status_code=200,
    )
    async def customer_answer(
        visit_id: FromPath[str], data: JSONBody[CustomerAnswer], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Enter what the customer answered: their own word counts as the customer's, hearsay as the office's.

        About a visit on which nobody goes it is kept, with the flag `answer_on_cancelled` or `answer_on_withdrawn`.
        """
        at, wished = data.at or desk.now(), data.wished.model_dump() if data.wished else None

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            visit = desk.live("visit", visit_id, who(request))
            if data.how == "told_office":
                return dispatch.relay_answer(
                    visit, at=at, answer=data.answer, heard_by=who(request).account, wished=wished
                )
            answer = {"at": at, "answer": data.answer, "wished": wished, "evidence": data.evidence}
            return [update(visit, customer_answer=answer)]

        by = customer_door(who(request)) if data.how == "message" else None
        answer = await desk.door.change(request, data.base, drafts, by=by, names=_WISHED)
        visit = await anyio.to_thread.run_sync(desk.records.find, "visit", visit_id)
        state = visit.fields["dispatch_state"] if visit is not None else ""
        return noted(answer, _ENDED.get(state, ""), language(request))

    @patch(
        "/{visit_id:str}",
        name="desk_correct_visit",
        guards=[takes("dispatcher", "supervisor", "storekeeper")],
    )
    async def correct(
        visit_id: FromPath[str], data: JSONBody[Correction], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Correct fields. What belongs to the technician becomes a request."""

        def make(visit: Record, ids: RequestIds) -> Sequence[Drafted] | Unchanged:
            return corrected(desk.records, visit, data.set)

        return await change(request, visit_id, data.base, make)

    return [
        Router("/work-orders", route_handlers=[assign]),
        Router(
            "/visits",
            route_handlers=[
                send,
                reassign,
                reschedule,
                withdraw,
                cancel,
                reinstate,
                evidence_missing,
                customer_answer,
                correct,
            ],
        ),
    ]


def _check_technician(desk: Desk, technician: str, request: Request[Any, Any, Any]) -> None:
    """A job for somebody who is not here, or no longer, would be on nobody's phone."""
    found = desk.live("technician", technician, who(request))
    if found.fields.get("active") is False:
        raise RecordMissing(entity="technician")
