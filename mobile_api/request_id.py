"""Each request has an id, which its answer and every log line about it carry.

One wrapper tells of the answer as well: a second one costs a poll as much as reading its row.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from itertools import count
from time import perf_counter
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

HEADER = b"x-request-id"
request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being served; empty outside of one. Threads started by it see it too."""

_ACCEPTED = re.compile(rb"[A-Za-z0-9._-]{1,64}")


def request_ids(process: str) -> Callable[[], str]:
    """Ids that count up behind a name that no other process has; `process` is that name."""
    numbers = count(1)
    return lambda: f"{process}-{next(numbers):x}"


Answered = Callable[[Any, int, float], None]
"""What to do with (scope, status, seconds) of each request that has ended; status 0: nothing was answered."""


def with_request_ids(
    app: ASGIApp, new_id: Callable[[], str], answered: Answered = lambda scope, status, seconds: None
) -> ASGIApp:
    """Wrap the whole application. A proper `X-Request-Id` from the client is kept, so that both sides' logs meet."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        given = b""
        for name, value in scope["headers"]:
            if name == HEADER:
                given = value
                break
        own = given if given and _ACCEPTED.fullmatch(given) else new_id().encode()
        request_id.set(own.decode())
        status = 0

        async def send_with_id(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (HEADER, own)]
            await send(message)

        began = perf_counter()
        try:
            await app(scope, receive, send_with_id)
        finally:
            answered(scope, status, perf_counter() - began)

    return serve
