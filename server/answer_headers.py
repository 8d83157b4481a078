"""What every answer says to a browser, unless its route says otherwise: guess no type, keep nothing, run nothing.

The exchange never comes by here: only phones ask for it, by POST, and each header would cost a poll as much as
recognising its token.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

Header = tuple[bytes, bytes]

_ALWAYS: Sequence[Header] = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
)
_ON_PAGES: Sequence[Header] = (
    (b"content-security-policy", b"default-src 'none'; form-action 'none'; frame-ancestors 'none'"),
)
_OVER_TLS: Sequence[Header] = ((b"strict-transport-security", b"max-age=31536000"),)
"""A year, for this host alone: what else runs under its name is not ours to decide."""


def with_answer_headers(app: ASGIApp, is_https: bool) -> ASGIApp:
    """Wrap the router. `is_https`: people reach it by https, here or at a proxy before it."""
    always = (*_ALWAYS, *(_OVER_TLS if is_https else ()))
    on_pages = (*always, *_ON_PAGES)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                own = dict(message["headers"])
                wanted = on_pages if own.get(b"content-type", b"").startswith(b"text/html") else always
                said = (header for header in wanted if header[0] not in own)
                message["headers"] = [*message["headers"], *said]
            await send(message)

        await app(scope, receive, send_with_headers)

    return serve
