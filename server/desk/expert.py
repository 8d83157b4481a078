"""Expert cases: claimed, kept, released, drawn on, asked on, answered by a verdict, learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Request, Response, Router, post
from litestar.params import FromPath, JSONBody
from pydantic import Field, model_validator

from domain.commands import expert
from domain.commands.draft import Drafted
from domain.instant import after
from domain.place import SHARDS
from domain.remind_case import LEASE_MINUTES
from server.desk.annotation import annotation_routes
from server.desk.desk import Based, Body, Desk, Id, Line, Text, who
from server.desk.door import Written
from server.desk.idempotency import RequestIds
from server.desk.problems import NotYours, RecordMissing
from server.desk.session import SignedIn, takes
from sync.fault import line
from sync.record import Record


class Claim(Based):
    """Nothing but the base."""


class Release(Based):
    """Nothing but the base."""


class Verdict(Based):
    """A structured answer. Stop-work needs its reason."""

    cause: Annotated[Text, Field(max_length=1000)]
    next_steps: Annotated[list[Line], Field(max_length=40)] = []
    parts: Annotated[list[Line], Field(max_length=50)] = []
    """Codes of recommended parts."""
    fault_code: Annotated[Line, Field(max_length=40)] | None = None
    stop_work: bool = False
    stop_reason: Line | None = None

    @model_validator(mode="after")
    def _reasoned(self) -> Verdict:
        if self.stop_work and not self.stop_reason:
            raise ValueError(line("needed", "stop_reason"))
        return self


class Question(Based):
    """ "Show me this": it becomes a step on the phone."""

    text: Line


class Lift(Based):
    """Which verdict's."""

    verdict: Id


class KnowledgeDraft(Body):
    """Which verdict is to be written down; code and title may follow from it."""

    verdict: Id
    code: Line | None = None
    title: Annotated[Line, Field(max_length=200)] | None = None


def expert_routes(desk: Desk) -> Router:
    """Under `/v1/desk/expert-cases`."""

    @post("/{case_id:str}/claim", name="desk_claim_case", guards=[takes("expert")], status_code=200)
    async def claim(
        case_id: FromPath[str], data: JSONBody[Claim], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Take the case."""

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            case = desk.live("expert_case", case_id, who(request))
            return expert.claim_case(case, expert=who(request).account, lease_until=_lease(desk))

        return await desk.door.change(request, data.base, drafts)

    @post("/{case_id:str}/keep", name="desk_keep_case", guards=[takes("expert")], status_code=200)
    async def keep(
        case_id: FromPath[str], data: JSONBody[Claim], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Say that you are at work on it; else it is released after 20 minutes."""

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            return expert.keep_case(_mine(desk, case_id, who(request)), lease_until=_lease(desk))

        return await desk.door.change(request, data.base, drafts)

    @post(
        "/{case_id:str}/release",
        name="desk_release_case",
        guards=[takes("expert", "supervisor")],
        status_code=200,
    )
    async def release(
        case_id: FromPath[str], data: JSONBody[Release], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Give it back to the queue: your own case, or as a supervisor anybody's."""

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            person = who(request)
            if "supervisor" in person.roles:
                return expert.release_case(desk.live("expert_case", case_id, person))
            return expert.release_case(_mine(desk, case_id, person))

        return await desk.door.change(request, data.base, drafts)

    @post("/{case_id:str}/show-me", name="desk_show_me", guards=[takes("expert")], status_code=200)
    async def show_me(
        case_id: FromPath[str], data: JSONBody[Question], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Ask to be shown something."""

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            case = _free(desk, case_id, who(request))
            kept = _lease(desk) if case.fields["state"] == "claimed" else None
            return expert.ask_to_be_shown(case, step=ids.record(), text=data.text, lease_until=kept)

        return await desk.door.change(request, data.base, drafts)

    @post("/{case_id:str}/verdict", name="desk_verdict", guards=[takes("expert")], status_code=201)
    async def verdict(
        case_id: FromPath[str], data: JSONBody[Verdict], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Answer the case. Stop-work stands until the expert lifts it; after completion it calls back at once."""

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            return expert.answer_case(
                _free(desk, case_id, who(request)),
                verdict=ids.record(),
                expert=who(request).account,
                at=desk.now(),
                cause=data.cause,
                next_steps=data.next_steps or None,
                parts=data.parts or None,
                fault_code=data.fault_code,
                stop_work=data.stop_work,
                stop_reason=data.stop_reason,
            )

        return await desk.door.change(request, data.base, drafts, status=201)

    @post(
        "/{case_id:str}/lift-stop-work", name="desk_lift_stop_work", guards=[takes("expert")], status_code=200
    )
    async def lift(
        case_id: FromPath[str], data: JSONBody[Lift], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """The job may be worked on again. A technician's acknowledgement clears nothing; this does."""

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            return expert.lift_stop_work(_verdict_of(desk, case_id, data.verdict, who(request)))

        return await desk.door.change(request, data.base, drafts)

    @post(
        "/{case_id:str}/knowledge-draft",
        name="desk_draft_knowledge",
        guards=[takes("expert", "supervisor")],
        status_code=201,
    )
    async def draft_knowledge(
        case_id: FromPath[str], data: JSONBody[KnowledgeDraft], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """What was found out, as a draft of an article: read it, add to it, publish it."""

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            case = desk.live("expert_case", case_id, who(request))
            said = _verdict_of(desk, case_id, data.verdict, who(request))
            article = ids.record()
            return expert.draft_article(
                case,
                said,
                article=article,
                code=data.code or f"KB-{article[:8].upper()}",
                title=data.title or (said.fields.get("cause") or case.fields["question"])[:200],
                aggregate=SHARDS["knowledge_article"],
                equipment=_equipment(desk, case),
            )

        return await desk.door.create(request, drafts)

    routes = [claim, keep, release, show_me, verdict, lift, draft_knowledge]
    return Router("/expert-cases", route_handlers=[*routes, *annotation_routes(desk)])


def _lease(desk: Desk) -> str:
    return after(desk.now(), LEASE_MINUTES)


def _mine(desk: Desk, case_id: str, person: SignedIn) -> Record:
    """The case, if this expert has it."""
    case = desk.live("expert_case", case_id, person)
    if case.fields["state"] != "claimed" or case.fields.get("claimed_by") != person.account:
        raise NotYours()
    return case


def _verdict_of(desk: Desk, case_id: str, verdict_id: str, person: SignedIn) -> Record:
    verdict = desk.live("verdict", verdict_id, person)
    if verdict.fields["expert_case"] != case_id:
        raise RecordMissing("verdict")
    return verdict


def _equipment(desk: Desk, case: Record) -> str | None:
    """The type of equipment that the job is about."""
    order = desk.records.find("work_order", case.aggregate.partition("/")[2])
    asset = desk.records.find("asset", (order.fields.get("asset") if order else None) or "")
    return None if asset is None else asset.fields.get("equipment")


def _free(desk: Desk, case_id: str, person: SignedIn) -> Record:
    """The case, unless another expert has it: exactly one owner per state."""
    case = desk.live("expert_case", case_id, person)
    if case.fields.get("claimed_by") not in (None, "", person.account):
        raise NotYours()
    return case
