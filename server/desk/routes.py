"""All routes of desks, tied for `server.app`."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import Router
from litestar.types import ControllerRouterHandler

from server.desk.account import account_routes
from server.desk.body_kind import MOST_BODY_BYTES, json_alone
from server.desk.case_page import case_page_routes
from server.desk.company import company_routes
from server.desk.conflict import conflict_routes
from server.desk.desk import Desk
from server.desk.device import device_routes
from server.desk.door import Door
from server.desk.events import EventStream, events_route
from server.desk.evidence import evidence_routes
from server.desk.expert import expert_routes
from server.desk.filters import known_names
from server.desk.history import history_routes
from server.desk.known_browser import KnownBrowsers
from server.desk.lists import list_routes
from server.desk.messages import message_routes
from server.desk.order import order_routes
from server.desk.parked import parked_routes
from server.desk.personal import personal_routes
from server.desk.places import place_routes
from server.desk.quarantine import quarantine_routes
from server.desk.records import Records
from server.desk.report import report_routes
from server.desk.session import signed_in_guard
from server.desk.sign_in import SignIn, sign_in_routes
from server.desk.sign_in_limits import SignInLimits
from server.desk.stock import stock_routes
from server.desk.take_over import take_over_routes
from server.desk.visit import visit_routes
from server.media_links.link import MediaLinks
from server.media_links.routes import desk_media_route, standings_of
from server.service import Service


def desk_routes(service: Service) -> Sequence[ControllerRouterHandler]:
    """Everything under `/v1/desk`."""
    sign_in = SignIn(
        service.accounts,
        service.desk_sessions,
        KnownBrowsers(service.settings.secret, service.settings.base_url.startswith("https:")),
        SignInLimits(service.mobile.failed_attempts, service.clock),
    )
    login, own = sign_in_routes(sign_in, service.engine.epoch)
    desk = Desk(
        Records(service.reading, service.engine.epoch),
        Door(service.engine, service.new_id, service.reading.versions),
        service.now,
    )
    stream = EventStream(service.desk_sessions, service.changes, desk.records.versions_seen)
    guard = signed_in_guard(service.desk_sessions)
    standings = standings_of(service)
    return [
        Router(
            "/v1/desk",
            route_handlers=[login],
            guards=[json_alone],
            request_max_body_size=MOST_BODY_BYTES,
            tags=["desk"],
        ),
        Router(
            "/v1/desk",
            route_handlers=[
                *own,
                *list_routes(service, desk),
                *message_routes(service, desk),
                *history_routes(service, desk),
                *evidence_routes(service.evidence, desk),
                order_routes(desk, service.store.database, standings),
                *visit_routes(desk, service.accounts),
                *place_routes(desk),
                *company_routes(desk),
                *conflict_routes(desk),
                expert_routes(desk),
                *case_page_routes(desk, service.store.database),
                stock_routes(desk, service.store.database),
                report_routes(desk),
                parked_routes(desk),
                *personal_routes(service),
                account_routes(service.accounts, service.new_id),
                device_routes(service.enrolling),
                desk_media_route(desk, MediaLinks(service.settings.secret, service.clock), standings),
                quarantine_routes(service.quarantine, service.engine),
                take_over_routes(service.quarantine, service.engine, service.accounts, service.now),
            ],
            guards=[guard, known_names, json_alone],
            request_max_body_size=MOST_BODY_BYTES,
            tags=["desk"],
        ),
        events_route(stream),
    ]
