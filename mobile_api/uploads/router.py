"""The routes under `/v1/uploads`, and what every one of their answers has in common."""

from __future__ import annotations

from typing import Any

from litestar import HttpMethod, Request, Response, Router, route

from media.uploads import Uploads
from mobile_api.problem import MethodNotAllowed, Problem, problem_response
from mobile_api.uploads import headers
from mobile_api.uploads.body import Pace
from mobile_api.uploads.call import Call, Desk
from mobile_api.uploads.delete import delete
from mobile_api.uploads.head import head
from mobile_api.uploads.options import options
from mobile_api.uploads.patch import patch
from mobile_api.uploads.ports import Authenticate
from mobile_api.uploads.post import post
from mobile_api.uploads.problems import UnsupportedVersion
from mobile_api.uploads.turn import Turns

_VERBS = {"HEAD": head, "PATCH": patch, "DELETE": delete}
_COMMON = {
    "Tus-Resumable": headers.VERSION,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


def uploads_router(
    uploads: Uploads, authenticate: Authenticate, turns: Turns | None = None, pace: Pace | None = None
) -> Router:
    """The tus 1.0.0 endpoint: creation at `/v1/uploads`, everything else at `/v1/uploads/<id>`.

    A method that a proxy does not let through may come as POST with X-HTTP-Method-Override.
    """
    desk = Desk(uploads, authenticate, turns or Turns(), pace or Pace())

    @route("/", http_method=[HttpMethod.POST, HttpMethod.OPTIONS], status_code=201, name="create_upload")
    async def collection(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Create an upload (POST), or ask what the server can do (OPTIONS)."""
        return await _answered(desk, request, "")

    @route(
        "/{upload_id:str}",
        http_method=[
            HttpMethod.HEAD,
            HttpMethod.PATCH,
            HttpMethod.DELETE,
            HttpMethod.POST,
            HttpMethod.OPTIONS,
        ],
        status_code=200,
        name="upload",
    )
    async def resource(request: Request[Any, Any, Any], upload_id: str) -> Response[bytes]:
        """Ask for the offset (HEAD), append (PATCH), give up (DELETE); POST only with a method override."""
        return await _answered(desk, request, upload_id)

    return Router(
        "/v1/uploads",
        route_handlers=[collection, resource],
        request_max_body_size=None,
        exception_handlers={Problem: _answer_problem},
        tags=["uploads"],
    )


async def _answered(desk: Desk, request: Request[Any, Any, Any], upload_id: str) -> Response[bytes]:
    response = await _dispatched(desk, request, upload_id)
    response.headers.update(_COMMON)
    return response


async def _dispatched(desk: Desk, request: Request[Any, Any, Any], upload_id: str) -> Response[bytes]:
    method = request.headers.get("X-HTTP-Method-Override", request.method).upper()
    if method == "OPTIONS":
        return options(desk)
    if request.headers.get("Tus-Resumable") != headers.VERSION:
        raise UnsupportedVersion({"Tus-Version": headers.VERSION}, supported=headers.VERSION)
    verb = _VERBS.get(method) if upload_id else {"POST": post}.get(method)
    if verb is None:
        raise MethodNotAllowed()
    principal = await desk.authenticate(request)
    return await verb(Call(desk, request, principal, upload_id))


def _answer_problem(request: Request[Any, Any, Any], problem: Problem) -> Response[bytes]:
    """A refused request may leave its body unread: then the connection cannot serve another one."""
    response = problem_response(problem, request.headers.get("Accept-Language", ""))
    response.headers.update(_COMMON)
    if request.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in request.headers:
        response.headers["Connection"] = "close"
    return response
