"""Decisions: conflicts, inbox items, corrections from the field that wait for approval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import anyio
from litestar import Request, Response, Router, post
from litestar.params import FromPath, JSONBody
from pydantic import Field, model_validator

from domain.commands import decide
from domain.commands.draft import Drafted, update
from domain.commands.lifecycle import ALREADY
from domain.schema.inbox import DESKS
from server.desk.desk import Based, Body, Desk, Line, Text, who
from server.desk.door import Written
from server.desk.followed import followed
from server.desk.idempotency import RequestIds
from server.desk.session import language, takes
from server.desk.unchanged import Unchanged, unchanged
from sync.fault import line

_DECIDERS = ("dispatcher", "supervisor", "intake", "storekeeper", "expert")
Note = Annotated[Text, Field(max_length=500)]


class Standing(Body):
    """The standing value that the form displayed, by whose operation it is."""

    device: Annotated[str, Field(max_length=64)]
    seq: Annotated[int, Field(ge=0, le=2**53 - 1)]


class Decision(Based):
    """Which value it shall be. `standing` names the value that the person saw: if it has changed, nothing happens."""

    choose: Literal["standing", "losing", "other"]
    standing: Standing
    value: Any = None
    """The other value, where `choose` is `other`; null, given as such, empties the field."""
    note: Note | None = None

    @model_validator(mode="after")
    def _given(self) -> Decision:
        if self.choose == "other" and "value" not in self.model_fields_set:
            raise ValueError(line("needed", "value"))
        return self


class ItemDecision(Based):
    """What was decided about an inbox item: `window` or `agreed`; `bill`, `bill_travel` or `waive`; `go` or
    `stand_down`; `keep_both`, `withdraw_first` or `withdraw_second`; else `done`. One of another kind is refused (422).
    """

    choose: Literal[
        "window",
        "agreed",
        "bill",
        "bill_travel",
        "waive",
        "go",
        "stand_down",
        "keep_both",
        "withdraw_first",
        "withdraw_second",
        "done",
    ]
    note: Annotated[Text, Field(max_length=1000)] | None = None


class Approval(Based):
    """Take a correction over, or not, with the reason."""

    approve: bool
    reason: Line | None = None

    @model_validator(mode="after")
    def _reasoned(self) -> Approval:
        if not self.approve and not self.reason:
            raise ValueError(line("needed", "reason"))
        return self


def conflict_routes(desk: Desk) -> list[Router]:
    """Under `/v1/desk`: `conflicts`, `inbox`, `master-changes`."""

    @post("/{conflict_id:str}/decision", name="desk_decide", guards=[takes(*_DECIDERS)], status_code=200)
    async def decide_conflict(
        conflict_id: FromPath[str], data: JSONBody[Decision], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Decide. The first decision counts; one about a value that has changed is shown again (`value_changed`)."""

        await anyio.to_thread.run_sync(desk.records.known, "conflict", conflict_id, who(request))

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            conflict = desk.live("conflict", conflict_id, who(request))
            decision: dict[str, Any] = {
                "choose": data.choose,
                "standing_device": data.standing.device,
                "standing_seq": data.standing.seq,
                "note": data.note,
            }
            if data.choose == "other":
                decision["value"] = data.value
            return [update(conflict, decision=decision)]

        return await desk.door.change(request, data.base, drafts)

    @post("/{item_id:str}/decision", name="desk_settle_item", guards=[takes(*DESKS)], status_code=200)
    async def settle(
        item_id: FromPath[str], data: JSONBody[ItemDecision], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Settle an inbox item; where the decision undoes the default, the default is undone.

        The first decision counts, except about billing, which may change its mind. The result's sentence says what
        followed.
        """

        known = await anyio.to_thread.run_sync(desk.records.known, "inbox_item", item_id, who(request))

        def drafts(ids: RequestIds) -> Sequence[Drafted] | Unchanged:
            item = desk.live("inbox_item", item_id, who(request))
            if (item.fields.get("decision") or {}).get("choose") == data.choose and item.fields[
                "state"
            ] != "open":
                return unchanged(desk.records, item, ALREADY["decided"])
            return decide.settle_item(item, data.choose, note=data.note, at=desk.now())

        answer, spoken = await desk.door.change(request, data.base, drafts), language(request)
        return await anyio.to_thread.run_sync(followed, desk.records, known, data.choose, answer, spoken)

    @post(
        "/{change_id:str}/decision",
        name="desk_approve",
        guards=[takes("dispatcher", "intake")],
        status_code=200,
    )
    async def approve(
        change_id: FromPath[str], data: JSONBody[Approval], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Take a correction from the site over into the customer's master data, or keep what is there."""

        await anyio.to_thread.run_sync(desk.records.known, "master_change", change_id, who(request))

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            change = desk.live("master_change", change_id, who(request))
            if data.approve:
                return decide.approve_change(change)
            return decide.reject_change(change, reason=data.reason or "")

        return await desk.door.change(request, data.base, drafts)

    return [
        Router("/conflicts", route_handlers=[decide_conflict]),
        Router("/inbox", route_handlers=[settle]),
        Router("/master-changes", route_handlers=[approve]),
    ]
