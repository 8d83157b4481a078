"""The routes under `/v1/uploads`, and what every one of their answers has in common."""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from litestar import HttpMethod, Request, Response, Router, route
from litestar.params import FromPath

from media.gate import Principal
from media.refusal import UploadRefused
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

    async def answered(request: Request[Any, Any, Any], upload_id: str = "") -> Response[None]:
        response = await _dispatched(desk, request, upload_id)
        response.headers.update(_COMMON)
        return response

    @route("/", http_method=HttpMethod.POST, status_code=201, operation_id="createUpload")
    async def create_upload(request: Request[Any, Any, Any]) -> Response[None]:
        """Create an upload, perhaps with its first bytes."""
        return await answered(request)

    @route(
        ["/", "/{upload_id:str}"],
        http_method=HttpMethod.OPTIONS,
        status_code=204,
        include_in_schema=False,
    )
    async def upload_options(request: Request[Any, Any, Any]) -> Response[None]:
        """What this server can do."""
        return await answered(request)

    @route("/{upload_id:str}", http_method=HttpMethod.HEAD, status_code=200, operation_id="lookAtUpload")
    async def look_at_upload(request: Request[Any, Any, Any], upload_id: FromPath[str]) -> Response[None]:
        """Where an upload stands."""
        return await answered(request, upload_id)

    @route("/{upload_id:str}", http_method=HttpMethod.PATCH, status_code=204, operation_id="appendToUpload")
    async def append_to_upload(request: Request[Any, Any, Any], upload_id: FromPath[str]) -> Response[None]:
        """Send bytes at an offset."""
        return await answered(request, upload_id)

    @route("/{upload_id:str}", http_method=HttpMethod.DELETE, status_code=204, operation_id="terminateUpload")
    async def terminate_upload(request: Request[Any, Any, Any], upload_id: FromPath[str]) -> Response[None]:
        """Give an upload up."""
        return await answered(request, upload_id)

    @route("/{upload_id:str}", http_method=HttpMethod.POST, status_code=204, include_in_schema=False)
    async def override_method(request: Request[Any, Any, Any], upload_id: FromPath[str]) -> Response[None]:
        """Any of the above, named by X-HTTP-Method-Override."""
        return await answered(request, upload_id)

    return Router(
        "/v1/uploads",
        route_handlers=[
            # First: Litestar answers OPTIONS itself on a path whose first handler has no say in it.
            upload_options,
            create_upload,
            look_at_upload,
            append_to_upload,
            terminate_upload,
            override_method,
        ],
        request_max_body_size=None,
        exception_handlers={Problem: _answer_problem},
        tags=["uploads"],
    )


async def _dispatched(desk: Desk, request: Request[Any, Any, Any], upload_id: str) -> Response[None]:
    method = request.headers.get("X-HTTP-Method-Override", request.method).upper()
    if method == "OPTIONS":
        return options(desk)
    if request.headers.get("Tus-Resumable") != headers.VERSION:
        raise UnsupportedVersion({"Tus-Version": headers.VERSION}, supported=headers.VERSION)
    verb = _VERBS.get(method) if upload_id else {"POST": post}.get(method)
    if verb is None:
        raise MethodNotAllowed()
    principal = await desk.authenticate(request)
    try:
        return await verb(Call(desk, request, principal, upload_id))
    except Problem as problem:
        if upload_id and "Upload-Offset" not in problem.headers:
            # A refusal changes nothing: the client may go on from here without asking.
            offset = await to_thread.run_sync(_standing, desk.uploads, upload_id, principal)
            problem.headers.update({} if offset is None else {"Upload-Offset": str(offset)})
        raise


def _standing(uploads: Uploads, upload_id: str, principal: Principal) -> int | None:
    try:
        return uploads.standing(upload_id, principal)
    except UploadRefused:
        return None  # the store is away, which may be the very problem that is being told


def _answer_problem(request: Request[Any, Any, Any], problem: Problem) -> Response[bytes]:
    """A refused request may leave its body unread: then the connection cannot serve another one."""
    response = problem_response(problem, request.headers.get("Accept-Language", ""))
    response.headers.update(_COMMON)
    if request.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in request.headers:
        response.headers["Connection"] = "close"
    return response
