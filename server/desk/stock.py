"""Parts that move without a job, and counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import anyio
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, JSONBody
from pydantic import Field

from domain.commands import parts
from domain.commands.draft import Drafted
from domain.place import stock
from domain.refusals import refuse
from server.db.connection import Database
from server.db.queries.balance import balance_as_of
from server.desk.base import checked_ver, etag, shown_base
from server.desk.desk import Based, Desk, Id, Line, who
from server.desk.door import Written
from server.desk.idempotency import RequestIds
from server.desk.records import AggregateShown
from server.desk.session import takes

_STORES = ("storekeeper", "admin")
Quantity = Annotated[int, Field(ge=1, le=1_000_000)]


class Move(Based):
    """Parts from one place to another. The base is that of `from_location`, or else of `to_location`.

    A receipt goes to a place, an issue leaves one, a transfer does both; a return names one of them, or both.
    """

    kind: Literal["receipt", "issue", "transfer", "return"]
    part: Id
    quantity: Quantity
    from_location: Id | None = None
    to_location: Id | None = None
    note: Line | None = None


class Count(Based):
    """What really lies there. `observed` is the balance that the counter's screen showed: that of the base."""

    location: Id
    part: Id
    counted: Annotated[int, Field(ge=0, le=1_000_000)]
    observed: Annotated[int, Field(ge=-1_000_000, le=1_000_000)]


def stock_routes(desk: Desk, database: Database) -> Router:
    """Under `/v1/desk/stock`."""

    @get("/{location_id:str}", name="desk_read_stock")
    async def read(location_id: FromPath[str], request: Request[Any, Any, Any]) -> Response[AggregateShown]:
        """A place with its levels and moves."""
        found = await anyio.to_thread.run_sync(
            lambda: desk.records.aggregate(stock(location_id), who(request), entity="stock_location")
        )
        headers = {"ETag": etag(found.epoch, found.ver), "Cache-Control": "no-store"}
        return Response(found, headers=headers)

    @post("/moves", name="desk_move_parts", guards=[takes(*_STORES)], status_code=201)
    async def move(data: JSONBody[Move], request: Request[Any, Any, Any]) -> Response[Written]:
        """Book a move. Refused (422): ends that do not fit the kind, and more than the place holds by the books."""

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            for location in (data.from_location, data.to_location):
                if location is not None:
                    desk.live("stock_location", location, who(request))
            desk.live("part", data.part, who(request))
            return parts.move_parts(
                move=ids.record(),
                kind=data.kind,
                part=data.part,
                quantity=data.quantity,
                at=desk.now(),
                by=who(request).account,
                from_location=data.from_location,
                to_location=data.to_location,
                note=data.note,
            )

        return await desk.door.change(request, data.base, drafts, status=201)

    @post("/counts", name="desk_count_parts", guards=[takes(*_STORES)], status_code=201)
    async def count(data: JSONBody[Count], request: Request[Any, Any, Any]) -> Response[Written]:
        """Book a count: moves that happened since the base survive it.

        Refused (422): an `observed` that is not the balance which a form with this base displayed.
        """

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            desk.live("stock_location", data.location, who(request))
            desk.live("part", data.part, who(request))
            ver = checked_ver(shown_base(request, data.base), desk.records.epoch)
            _check_observed(balance_as_of(database, data.location, data.part, ver), data.observed)
            return parts.count_part(
                move=ids.record(),
                location=data.location,
                part=data.part,
                counted=data.counted,
                observed=data.observed,
                at=desk.now(),
                by=who(request).account,
            )

        return await desk.door.change(request, data.base, drafts, status=201)

    return Router("/stock", route_handlers=[read, move, count])


def _check_observed(displayed: int | None, observed: int) -> None:
    """A count against a balance that nobody displayed would book the difference as parts found or lost."""
    if displayed is not None and displayed != observed:
        refuse("observed_unlike", "observed", displayed)
