"""Expert cases: claimed, asked on, answered by a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Request, Response, Router, post
from litestar.params import FromPath, JSONBody
from pydantic import Field, model_validator

from domain.commands import expert
from domain.commands.draft import Drafted
from server.desk.desk import Based, Desk, Line, Text, who
from server.desk.door import Written
from server.desk.idempotency import RequestIds
from server.desk.problems import NotYours
from server.desk.session import SignedIn, takes
from sync.fault import line
from sync.record import Record


class Claim(Based):
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


def expert_routes(desk: Desk) -> Router:
    """Under `/v1/desk/expert-cases`."""

    @post("/{case_id:str}/claim", name="desk_claim_case", guards=[takes("expert")], status_code=200)
    async def claim(
        case_id: FromPath[str], data: JSONBody[Claim], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Take the case."""

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            return expert.claim_case(_free(desk, case_id, who(request)), expert=who(request).account)

        return await desk.door.change(request, data.base, drafts)

    @post("/{case_id:str}/show-me", name="desk_show_me", guards=[takes("expert")], status_code=200)
    async def show_me(
        case_id: FromPath[str], data: JSONBody[Question], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Ask to be shown something."""

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            case = _free(desk, case_id, who(request))
            steps = [*(case.fields.get("show_me") or []), {"id": ids.record(), "text": data.text}]
            return [
                Drafted(entity=case.entity, record=case.id, aggregate=case.aggregate, set={"show_me": steps})
            ]

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

    return Router("/expert-cases", route_handlers=[claim, show_me, verdict])


def _free(desk: Desk, case_id: str, person: SignedIn) -> Record:
    """The case, unless another expert has it: exactly one owner per state."""
    case = desk.live("expert_case", case_id, person)
    if case.fields.get("claimed_by") not in (None, "", person.account):
        raise NotYours()
    return case
