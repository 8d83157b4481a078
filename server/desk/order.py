"""Work orders: taken in, read, triaged, corrected, cancelled, closed, reopened, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import anyio
import msgspec
from litestar import Request, Response, Router, delete, get, patch, post
from litestar.params import FromPath, JSONBody
from pydantic import Field

from domain.authority import DELETERS
from domain.commands import order as orders
from domain.commands.draft import Drafted
from domain.commands.draft import delete as tombstone
from domain.commands.lifecycle import GO, SAME, already, order_answer
from server.db.connection import Database
from server.db.queries.clock_off import ClockOff, clock_off
from server.desk.base import etag
from server.desk.closing import check_closing
from server.desk.desk import Based, Body, Desk, Id, Instant, Line, Text, Window, who
from server.desk.door import Written
from server.desk.idempotency import RequestIds
from server.desk.masters import Correction
from server.desk.received import shown_as_known
from server.desk.records import AggregateShown
from server.desk.session import takes
from server.desk.unchanged import Unchanged, corrected, unchanged
from server.media_standing import MediaStanding, Standings

_OFFICE = ("intake", "dispatcher", "supervisor", "admin")
_LEADS = ("dispatcher", "supervisor")

Kind = Literal["fault", "installation", "maintenance", "training", "consultation", "complaint", "return"]
Channel = Literal["phone", "web", "app", "wechat", "qq", "douyin", "email", "api"]
Codes = Annotated[list[Line], Field(max_length=20)]


class NewOrder(Body):
    """A request as it is taken in. The customer follows from the site; the number comes from the system."""

    site: Id
    asset: Id | None = None
    contact: Id | None = None
    """Whose details were verified."""
    kind: Kind
    channel: Channel
    symptom: Annotated[Line, Field(max_length=1000)]
    """As read back to the customer."""
    asked: Text | None = None
    """What was said, in the customer's words; the symptom where nobody wrote it down."""
    read_back: bool
    """Whether the symptom was read back and confirmed."""
    severity: Literal["urgent", "major", "ordinary"] | None = None
    priority: Literal["low", "normal", "high", "emergency"] | None = None
    tier: Literal["vip", "contract", "standard"] | None = None
    special_needs: Codes | None = None
    requested_window: Window | None = None
    required_skills: Codes | None = None


class Triage(Based):
    """Remote first or visit, and the plan."""

    way: Literal["remote", "visit"]
    plan: Annotated[Text, Field(max_length=1000)] | None = None
    fault_code: Annotated[Line, Field(max_length=40)] | None = None


class Cancellation(Based):
    """Nothing is owed any more."""

    reason: Annotated[Line, Field(max_length=200)]
    note: Annotated[Text, Field(max_length=1000)] | None = None


class Closing(Based):
    """Solved; or unsolved, with the reason and to whom it goes."""

    outcome: Literal["solved", "unsolved"]
    anything_else: Literal["nothing", "another_order", "noted"]
    reason: Line | None = None
    escalated_to: Annotated[Line, Field(max_length=120)] | None = None


class Reopening(Based):
    """One ticket to the end: the same number, open again after a closing or a cancellation."""

    reason: Line
    at: Instant | None = None


class OrderShown(AggregateShown, kw_only=True):
    """An order with everything under it, and what of it a phone with a wrong clock has made."""

    clock_off: list[ClockOff]
    """By arrival. The times in the records stay as the phone told them; these say when that reached the server."""
    media: list[MediaStanding]
    """Of each photo and clip, where its bytes are."""


def order_routes(desk: Desk, database: Database, standings: Standings) -> Router:
    """Under `/v1/desk/work-orders`."""

    @post("/", name="desk_open_order", guards=[takes(*_OFFICE)], status_code=201)
    async def open_order(data: JSONBody[NewOrder], request: Request[Any, Any, Any]) -> Response[Written]:
        """Open an order with the request that it answers. Its number is in the record at once.

        Refused (422): equipment of another site, a contact of another customer, a skill that the catalogue does not
        have, a wish that ends before it starts or lies a year away. A wish that has passed is taken: a job done
        yesterday is entered today.
        """

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            site = desk.live("site", data.site, who(request))
            more: dict[str, Any] = {"special_needs": data.special_needs}
            if data.required_skills:
                more["required_skills"] = {"add": data.required_skills}
            return orders.open_order(
                order=ids.record(),
                request=ids.record(),
                site=site.id,
                customer=site.fields["customer"],
                channel=data.channel,
                kind=data.kind,
                opened_at=desk.now(),
                opened_on=desk.day_at(site.fields.get("zone")),
                opened_by=who(request).account,
                symptom=data.symptom,
                asked=data.asked or data.symptom,
                asset=data.asset,
                contact=data.contact,
                severity=data.severity,
                priority=data.priority,
                tier=data.tier,
                read_back=data.read_back,
                requested_window=data.requested_window.model_dump() if data.requested_window else None,
                **more,
            )

        return await desk.door.create(request, drafts, names={"verified_contact": "contact"})

    @get("/{order_id:str}", name="desk_read_order")
    async def read(order_id: FromPath[str], request: Request[Any, Any, Any]) -> Response[OrderShown]:
        """The order with everything under it: visits, steps, media, cases, conflicts, signatures.

        A visit's `exec_state` is null while it is not known whether the technician's phone has it.
        """
        by = who(request)

        def work() -> OrderShown:
            shown = desk.records.aggregate(f"work_order/{order_id}", by, entity="work_order")
            if "visit" in shown.records:
                shown.records["visit"] = shown_as_known(shown.records["visit"], database)
            return OrderShown(
                **msgspec.structs.asdict(shown),
                clock_off=clock_off(database, shown.id),
                media=standings.of([one.id for one in shown.records.get("media", [])]),
            )

        found = await anyio.to_thread.run_sync(work)
        headers = {"ETag": etag(found.epoch, found.ver), "Cache-Control": "no-store"}
        return Response(found, headers=headers)

    @patch("/{order_id:str}", name="desk_correct_order", guards=[takes(*_OFFICE, "expert")])
    async def correct(
        order_id: FromPath[str], data: JSONBody[Correction], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Correct fields of the order."""

        def drafts(ids: RequestIds) -> Sequence[Drafted] | Unchanged:
            return corrected(desk.records, desk.live("work_order", order_id, who(request)), data.set)

        return await desk.door.change(request, data.base, drafts)

    @post(
        "/{order_id:str}/triage",
        name="desk_triage",
        guards=[takes("intake", "dispatcher", "expert")],
        status_code=200,
    )
    async def triage(
        order_id: FromPath[str], data: JSONBody[Triage], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Decide how it goes on."""

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            order = desk.live("work_order", order_id, who(request))
            return orders.triage(
                order, at=desk.now(), way=data.way, plan=data.plan, fault_code=data.fault_code
            )

        return await desk.door.change(request, data.base, drafts)

    @post("/{order_id:str}/cancel", name="desk_cancel_order", guards=[takes("dispatcher")], status_code=200)
    async def cancel(
        order_id: FromPath[str], data: JSONBody[Cancellation], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Cancel it with its visits. What a technician did before knowing stands."""

        def drafts(ids: RequestIds) -> Sequence[Drafted] | Unchanged:
            order = desk.live("work_order", order_id, who(request))
            if order_answer(order, "cancel") == SAME:
                return unchanged(desk.records, order, already(order))
            return orders.cancel(order, at=desk.now(), reason=data.reason, note=data.note)

        return await desk.door.change(request, data.base, drafts)

    @post("/{order_id:str}/close", name="desk_close_order", guards=[takes(*_LEADS)], status_code=200)
    async def close(
        order_id: FromPath[str], data: JSONBody[Closing], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Close it. What is missing for that is listed, and nothing is changed (409)."""

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            order = desk.live("work_order", order_id, who(request))
            closing = orders.close(
                order,
                at=desk.now(),
                outcome=data.outcome,
                anything_else=data.anything_else,
                reason=data.reason,
                escalated_to=data.escalated_to,
            )
            if order_answer(order, "close") == GO:
                check_closing(desk.records, order, closing[0].set["closing"])
            return closing

        return await desk.door.change(request, data.base, drafts)

    @post(
        "/{order_id:str}/reopen",
        name="desk_reopen_order",
        guards=[takes("dispatcher", "supervisor", "intake")],
        status_code=200,
    )
    async def reopen(
        order_id: FromPath[str], data: JSONBody[Reopening], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Open it again, closed or cancelled. Visits that were cancelled with it stay so: plan a new one."""

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            order = desk.live("work_order", order_id, who(request))
            return orders.reopen(order, at=data.at or desk.now(), reason=data.reason)

        return await desk.door.change(request, data.base, drafts)

    @delete(
        "/{order_id:str}",
        name="desk_delete_order",
        guards=[takes(*sorted(DELETERS["work_order"]))],
        status_code=200,
    )
    async def remove(order_id: FromPath[str], request: Request[Any, Any, Any]) -> Response[Written]:
        """A tombstone. Field work that did not know of it brings the order back for review."""

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            return [tombstone(desk.live("work_order", order_id, who(request)))]

        return await desk.door.change(request, None, drafts)

    return Router(
        "/work-orders", route_handlers=[open_order, read, correct, triage, cancel, close, reopen, remove]
    )
