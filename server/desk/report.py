"""What the customer said about the service, entered at a desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Request, Response, Router, post
from litestar.params import FromPath, JSONBody
from pydantic import Field

from domain.commands.draft import Drafted, update
from server.desk.desk import Based, Desk, Text, who
from server.desk.door import Written, customer_door
from server.desk.idempotency import RequestIds
from server.desk.session import takes


class Rating(Based):
    """1–5 stars, and how likely the customer recommends us (0–10)."""

    stars: Annotated[int, Field(ge=1, le=5)]
    recommends: Annotated[int, Field(ge=0, le=10)] | None = None
    comment: Annotated[Text, Field(max_length=2000)] | None = None


def report_routes(desk: Desk) -> Router:
    """Under `/v1/desk/service-reports`."""

    @post(
        "/{report_id:str}/rating",
        name="desk_rating",
        guards=[takes("intake", "dispatcher", "supervisor")],
        status_code=200,
    )
    async def rate(
        report_id: FromPath[str], data: JSONBody[Rating], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Enter the customer's rating. It counts as the customer's word; who entered it is in the ledger."""

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            report = desk.live("service_report", report_id, who(request))
            rating = {"stars": data.stars, "recommends": data.recommends, "comment": data.comment}
            return [update(report, rating=rating)]

        return await desk.door.change(request, data.base, drafts, by=customer_door(who(request)))

    return Router("/service-reports", route_handlers=[rate])
