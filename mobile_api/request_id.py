"""Each request has an id, which its answer and every log line about it carry."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

HEADER = b"x-request-id"
request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being served; empty outside of one. Threads started by it see it too."""

_ACCEPTED = re.compile(rb"[A-Za-z0-9._-]{1,64}")


def with_request_ids(app: ASGIApp, new_id: Callable[[], str]) -> ASGIApp:
    """Wrap the whole application. A proper `X-Request-Id` from the client is kept, so that both sides' logs meet."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == HEADER), b"")
        own = given if _ACCEPTED.fullmatch(given) else new_id().encode()
        request_id.set(own.decode())

        async def send_with_id(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (HEADER, own)]
            await send(message)

        await app(scope, receive, send_with_id)

    return serve
