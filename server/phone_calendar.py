"""`GET /v1/calendar.ics`: a technician's own visits for the phone's calendar, whose alarms ring without the app."""

from __future__ import annotations

from typing import Any

import anyio
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from domain.messages.person import name_of
from domain.rights import holds
from domain.visit_calendar import Entry, calendar
from mobile_api.clock import instant
from mobile_api.problem import preferred_language
from server.db.queries.own_visits import own_visits
from server.service import Service
from sync.record import Record

_MOST = 200
_PAST_SECONDS = 86_400
"""Yesterday's visits stay, so that one which was cancelled meanwhile is taken back."""


def phone_calendar_route(service: Service) -> HTTPRouteHandler:
    """The route; a phone asks with its access token."""

    @get("/v1/calendar.ics", name="phone_calendar", tags=["exchange"], media_type="text/calendar")
    async def own(request: Request[Any, Any, Any]) -> Response[str]:
        """The technician's visits from yesterday on, with alarms for those whose time is still to be confirmed."""
        principal = await service.authenticate_phone(request)
        spoken = preferred_language(request.headers.get("Accept-Language", ""))
        text = await anyio.to_thread.run_sync(lambda: _calendar(service, principal.user_id, spoken))
        return Response(
            text, media_type="text/calendar; charset=utf-8", headers={"Cache-Control": "private, no-store"}
        )

    return own


def _calendar(service: Service, technician: str, spoken: str) -> str:
    now = service.clock()
    ids = own_visits(service.store.database, technician, instant(now - _PAST_SECONDS), _MOST)
    visits = service.reading.records([("visit", id) for id in ids])
    orders = service.reading.records([("work_order", one.fields["work_order"]) for one in visits.values()])
    sites = service.reading.records([("site", one.fields["site"]) for one in orders.values()])

    def entry(visit: Record) -> Entry:
        order = orders.get(("work_order", visit.fields["work_order"]))
        if order is None or not holds(visit, order):
            # Of what is the technician's no more, only that it is off.
            return Entry(visit=visit, number="", site="", address="", is_off=True)
        site = sites.get(("site", order.fields["site"]))
        address = (site.fields.get("address") or {}).get("line") or {} if site is not None else {}
        return Entry(
            visit=visit,
            number=order.fields.get("number") or "",
            site=name_of(site, spoken),
            address=address.get(spoken) or address.get("zh") or address.get("en") or "",
        )

    found = [entry(visits["visit", id]) for id in ids if ("visit", id) in visits]
    return calendar(found, instant(now), spoken)
