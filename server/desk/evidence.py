"""Handing out evidence: a file about one sign-off, or about all of a work order, that anybody can verify alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

import anyio
from litestar import MediaType, Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, Parameter

from domain.evidence.package import Package
from server.desk.desk import Desk, who
from server.desk.history import READERS
from server.desk.problems import RecordMissing
from server.desk.session import takes
from server.evidence.evidence import Evidence
from server.evidence.export import NothingSigned
from sync.canonical import LARGEST_INTEGER

_MOST_HELD = 20

Held = Annotated[
    list[Annotated[int, Parameter(ge=1, le=LARGEST_INTEGER)]],
    Parameter(max_items=_MOST_HELD, description="Sizes of checkpoints that the reader has got elsewhere."),
]


def evidence_routes(evidence: Evidence, desk: Desk) -> list[HTTPRouteHandler]:
    """Under `/v1/desk`."""
    export = evidence.export

    @get("/work-orders/{order_id:str}/evidence", name="desk_order_evidence", guards=[takes(*READERS)])
    async def of_order(
        order_id: FromPath[str], request: Request[Any, Any, Any], held: FromQuery[Held | None] = None
    ) -> Response[Package]:
        """All sign-offs of an order and its whole history, as one file (`doorstep verify`, `openapi/evidence.md`)."""
        by = who(request)

        def work() -> bytes:
            aggregate = desk.records.known("work_order", order_id, by).aggregate
            return export.of_order(aggregate, held or ())

        return await _file(work, f"evidence-{order_id}")

    @get("/sign-offs/{sign_off_id:str}/evidence", name="desk_sign_off_evidence", guards=[takes(*READERS)])
    async def of_sign_off(
        sign_off_id: FromPath[str], request: Request[Any, Any, Any], held: FromQuery[Held | None] = None
    ) -> Response[Package]:
        """One sign-off as a file; of the order's other history it holds hashes alone."""
        by = who(request)

        def work() -> bytes:
            aggregate = desk.records.known("sign_off", sign_off_id, by).aggregate
            return export.of_sign_off(aggregate, sign_off_id, held or ())

        return await _file(work, f"evidence-sign-off-{sign_off_id}")

    return [of_order, of_sign_off]


async def _file(work: Callable[[], bytes], name: str) -> Response[Package]:
    """The answer. Its bytes are those that were sealed: they are sent as they are, and never encoded again."""
    try:
        data: Any = await anyio.to_thread.run_sync(work)
    except NothingSigned:
        raise RecordMissing("sign_off") from None
    safe = re.sub(r"[^A-Za-z0-9_.-]", "-", name)
    headers = {
        "Content-Disposition": f'attachment; filename="{safe}.json"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(data, media_type=MediaType.JSON, headers=headers)
