"""`GET /v1/desk/events`: a stream of `{aggregate, ver}` for what has changed (server-sent events).

A stream holds no data of records: the desk reads what it shows again, under its own rights. An event may come for a
version that the desk has read already; none is ever missing, except between two connections: a desk that connects
again reads everything again, and so does one that hears `reload`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import anyio
import msgspec
from litestar import asgi
from litestar.connection import ASGIConnection
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from mobile_api.problem import Forbidden, MethodNotAllowed, Unauthorized
from server.desk.changes import Changes, Listener
from server.desk.roles import READERS, may_see
from server.desk.session import COOKIE, DeskSessions, SignedIn
from sync.store import StoreUnavailable

KEEP_ALIVE_SECONDS = 15.0
CHECK_SECONDS = 2.0
"""How often a stream asks whether its session still stands: it closes within 5 s of a sign-out."""

Versions = Callable[[Sequence[str], SignedIn], Mapping[str, int]]
"""Present versions of those aggregates that the person may see, from storage. May block."""

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class EventStream:
    """Serves streams."""

    def __init__(self, sessions: DeskSessions, changes: Changes, versions: Versions) -> None:
        self._sessions = sessions
        self._changes = changes
        self._versions = versions

    async def admitted(self, token: str) -> SignedIn:
        """Whose token this is. Raises Unauthorized, Forbidden."""
        found = await anyio.to_thread.run_sync(self._sessions.find, token) if token else None
        if found is None:
            raise Unauthorized()
        if found.roles.isdisjoint(READERS):
            raise Forbidden()
        return found

    async def serve(self, receive: Receive, send: Send, signed_in: SignedIn) -> None:
        """Send changes until the desk hangs up, its session ends, or the process does."""
        listener = self._changes.open(lambda aggregate: may_see(signed_in.roles, aggregate))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await _say(send, b"retry: 2000\nevent: open\ndata: {}\n\n")
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_until_hung_up, receive, tasks.cancel_scope)
                await self._tell(send, listener, signed_in)
                tasks.cancel_scope.cancel()
        finally:
            self._changes.leave(listener)
        with anyio.CancelScope(shield=True), anyio.move_on_after(1):
            # Closed by us: say so, unless nobody hears it any more.
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, send: Send, listener: Listener, signed_in: SignedIn) -> None:
        with suppress(StoreUnavailable):  # the desk connects again, and hears from then on
            await self._tell_all(send, listener, signed_in)

    async def _tell_all(self, send: Send, listener: Listener, signed_in: SignedIn) -> None:
        checked = silent_since = anyio.current_time()
        while True:
            changed = await listener.wait(CHECK_SECONDS)
            if listener.is_closed:
                return
            # Before anything is said, not after: a session that has ended hears nothing more.
            if anyio.current_time() - checked >= CHECK_SECONDS or changed or listener.has_lost:
                if not await anyio.to_thread.run_sync(self._sessions.still, signed_in):
                    await _say(send, b"event: signed_out\ndata: {}\n\n")
                    return
                checked = anyio.current_time()
            if listener.has_lost:
                listener.has_lost = False
                await _say(send, b"event: reload\ndata: {}\n\n")
            elif changed:
                versions = await anyio.to_thread.run_sync(self._versions, changed, signed_in)
                if not versions:
                    continue
                await _say(send, b"".join(_event(one, ver) for one, ver in versions.items()))
            elif anyio.current_time() - silent_since < KEEP_ALIVE_SECONDS:
                continue
            else:
                await _say(send, b": still here\n\n")
            silent_since = anyio.current_time()


def events_route(stream: EventStream) -> ASGIRouteHandler:
    """The route, as a handler of its own: nothing between it and the socket buffers or compresses."""

    @asgi("/v1/desk/events", name="desk_events", copy_scope=False)
    async def events(scope: Scope, receive: Receive, send: Send) -> None:
        """What has changed, as it changes."""
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        if connection.scope.get("method") != "GET":
            raise MethodNotAllowed()
        found = await stream.admitted(connection.cookies.get(COOKIE, ""))
        connection.scope["state"]["account"] = found.account
        await stream.serve(receive, send, found)

    return events


async def _until_hung_up(receive: Receive, stream: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.cancel()


async def _say(send: Send, data: bytes) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": True})


def _event(aggregate: str, ver: int) -> bytes:
    return b"event: change\ndata: " + msgspec.json.encode({"aggregate": aggregate, "ver": ver}) + b"\n\n"
