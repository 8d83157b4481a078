"""The exchange is answered before the router: most calls are polls, whose route would cost as much as the answer."""

from __future__ import annotations

from collections.abc import Callable

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from mobile_api.problem import Problem, send_problem
from mobile_api.reply import send_json
from mobile_api.sync_endpoint import SyncEndpoint

PATH = "/v1/sync"
Understood = Callable[[HTTPScope, Exception], Problem]
"""What to tell a client of an exception that is no Problem."""


def with_sync_in_front(app: ASGIApp, endpoint: SyncEndpoint, understood: Understood) -> ASGIApp:
    """Wrap the router. The same endpoint stands behind it too: this is only the short way."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"] != PATH:
            await app(scope, receive, send)
            return
        scope["path_template"] = PATH
        try:
            answer = await endpoint.answer(scope, receive)
        except Exception as error:
            problem = error if isinstance(error, Problem) else understood(scope, error)
            languages = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
            await send_problem(send, problem, languages.decode("latin-1"))
            return
        if answer is not None:
            await send_json(send, *answer)

    return serve
