"""The application: every route, and what all of them have in common."""

from __future__ import annotations

import os
from typing import Any

from litestar import Litestar, Request, Response
from litestar.config.compression import CompressionConfig
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.plugins.pydantic import PydanticPlugin
from litestar.types import ASGIApp, HTTPScope

from mobile_api.app_routes import mobile_routes, sync_endpoint
from mobile_api.body_wait import with_bodies_waited_for
from mobile_api.front import with_sync_in_front
from mobile_api.problem import Problem, unexpected
from mobile_api.problem_handlers import answer_problem, problem_handlers
from mobile_api.problems import JsonInvalid, ServerUnavailable
from mobile_api.request_id import request_ids, with_request_ids
from mobile_api.stall import StallGuard
from mobile_api.uploads.router import uploads_router
from server.answer_headers import with_answer_headers
from server.desk.routes import desk_routes
from server.evidence.published import published_routes
from server.front_page import front_page_route
from server.media_links.routes import media_routes
from server.observe.health import health_routes
from server.observe.request import observer
from server.phone_calendar import phone_calendar_route
from server.public.receipts import receipts_route
from server.public.routes import public_routes
from server.service import Service
from sync.store import StoreUnavailable

VERSION = "0.1.0"

_ONLY_DESK_ANSWERS = ["^/v1/(?!desk/)", "^/v1/desk/events", "^/metrics"]
"""Everything else is compressed by its own route, or must not be: media, uploads, streams."""


def application(service: Service) -> Litestar:
    """The application over a service that is open already; its shutdown closes the service."""
    endpoint = sync_endpoint(service.mobile, service.credentials, service.mobile_settings)
    app = _Application(
        route_handlers=[
            front_page_route(VERSION),
            *health_routes(service.checks, service.metrics, service.settings.metrics_token),
            *mobile_routes(service.mobile, service.credentials, service.mobile_settings, endpoint),
            uploads_router(service.uploads, service.authenticate_phone),
            *published_routes(service.evidence.proofs),
            *media_routes(service),
            *desk_routes(service),
            *public_routes(service),
            phone_calendar_route(service),
            receipts_route(service),
        ],
        exception_handlers={
            **problem_handlers(),
            StoreUnavailable: _unavailable,
            RecursionError: _too_deep,
            UnicodeDecodeError: _not_utf_8,
        },
        compression_config=CompressionConfig(
            backend="gzip", gzip_compress_level=1, exclude=_ONLY_DESK_ANSWERS
        ),
        openapi_config=OpenAPIConfig(
            title="Doorstep",
            version=VERSION,
            path="/v1/openapi",
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        ),
        # A body is read as it is written: "yes" is no truth, and "5" is no number.
        plugins=[PydanticPlugin(validate_strict=True)],
        on_startup=[
            service.others.hear,
            service.ticker.start,
            service.messages.ticker.start,
            service.rendering.start,
            service.upload_expiry.start,
        ],
        on_shutdown=[service.close],
        logging_config=None,
        debug=False,
    )
    stalls = StallGuard(service.mobile_settings.body_stall_seconds, service.mobile_settings.body_pace)
    guarded = with_bodies_waited_for(app.routed, stalls, own_rules="/v1/uploads")
    told = with_answer_headers(guarded, service.settings.base_url.startswith("https:"))
    routed = with_sync_in_front(told, endpoint, _understood)
    app.around = with_request_ids(
        routed, request_ids(os.urandom(6).hex()), observer(service.metrics, service.device_of)
    )
    return app


class _Application(Litestar):
    """Litestar, wrapped: what it refuses before any middleware of its own runs is seen and named, too."""

    around: ASGIApp

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope.setdefault("state", {})
        await self.around(scope, receive, send)

    async def routed(self, scope: Any, receive: Any, send: Any) -> None:
        """Litestar itself."""
        await super().__call__(scope, receive, send)


def _understood(scope: HTTPScope, error: Exception) -> Problem:
    if isinstance(error, UnicodeDecodeError):
        return JsonInvalid("not_utf_8")
    if isinstance(error, RecursionError):
        return JsonInvalid("too_deep")
    return unexpected(scope["method"], scope["path"], error)


def _unavailable(request: Request[Any, Any, Any], _: StoreUnavailable) -> Response[bytes]:
    return answer_problem(request, ServerUnavailable({"Retry-After": "5"}))


def _not_utf_8(request: Request[Any, Any, Any], _: UnicodeDecodeError) -> Response[bytes]:
    return answer_problem(request, JsonInvalid("not_utf_8"))


def _too_deep(request: Request[Any, Any, Any], _: RecursionError) -> Response[bytes]:
    return answer_problem(request, JsonInvalid("too_deep"))
