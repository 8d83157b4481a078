"""Bodies are waited for with patience that ends: one guard for every route that the framework reads.

Without it a client that hangs up in the middle of its body was an internal error in the log, and one that falls silent,
or sends a byte now and then, was waited for until it hung up. The exchange and the uploads have rules of their own and
never come by here.
"""

from __future__ import annotations

from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from mobile_api.problems import BodyStalled
from mobile_api.stall import Stalled, StallGuard

_CLOSE = {"Connection": "close"}
"""The rest of the body is still to come, so the connection cannot serve another request."""
_ANNOUNCED_BY = frozenset({b"content-length", b"transfer-encoding"})


def with_bodies_waited_for(app: ASGIApp, stalls: StallGuard, own_rules: str) -> ASGIApp:
    """Wrap the router: a body is waited for as long as `stalls` says, then it raises BodyStalled.

    A client that vanishes before its body is whole is answered by nothing, and nothing is logged as an error. Paths
    under `own_rules` are let through; so is a request without a body.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or not _has_body(scope) or _is_under(own_rules, scope["path"]):
            await app(scope, receive, send)
            return
        exchange = _Exchange(receive, send, stalls)
        try:
            await app(scope, exchange.receive, exchange.send)
        except _Vanished:
            return

    return serve


class _Vanished(BaseException):
    """There is nobody to answer. No `Exception`, because the framework makes an answer of each of those."""


class _Exchange:
    """One request and its answer: once the body is whole or the answer has begun, what comes is the route's affair."""

    def __init__(self, receive: Receive, send: Send, stalls: StallGuard) -> None:
        self._receive = receive
        self._send = send
        self._stalls = stalls
        self._is_guarded = True
        self._size_bytes = 0
        self._began = 0.0

    async def receive(self) -> Any:
        """The next message. Raises BodyStalled."""
        if not self._is_guarded:
            return await self._receive()
        try:
            self._began = self._began or self._stalls.now()
            self._stalls.check_pace(self._began, self._size_bytes)
            message: Any = await self._stalls.wait(self._receive())
        except Stalled:
            raise BodyStalled(_CLOSE) from None
        if message["type"] == "http.disconnect":
            raise _Vanished
        self._is_guarded = message.get("more_body", False)
        self._size_bytes += len(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        self._is_guarded = False
        await self._send(message)


def _has_body(scope: Any) -> bool:
    return any(name in _ANNOUNCED_BY for name, _ in scope["headers"])


def _is_under(folder: str, path: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
