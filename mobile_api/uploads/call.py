"""One request to the uploads, with what its verb needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anyio import CancelScope, to_thread
from litestar import MediaType, Request, Response

from media.gate import Principal
from media.upload import Upload
from media.uploads import Uploads
from media.writing import Writing
from mobile_api.uploads.body import Ending, Pace, pour
from mobile_api.uploads.ports import Authenticate
from mobile_api.uploads.problems import UploadStalled, UploadTakenOver, refusals_as_problems
from mobile_api.uploads.turn import Turn, Turns


@dataclass(frozen=True, slots=True)
class Desk:
    """What all requests share."""

    uploads: Uploads
    authenticate: Authenticate
    turns: Turns
    pace: Pace


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose sender and protocol version are known to be good."""

    desk: Desk
    request: Request[Any, Any, Any]
    principal: Principal
    upload_id: str

    @property
    def headers(self) -> Mapping[str, str]:
        return self.request.headers

    @property
    def turn(self) -> str:
        """Whose turn at an upload is taken: nobody ends another person's request by naming its upload."""
        return f"{self.principal.user_id}/{self.upload_id}"

    @property
    def folder(self) -> str:
        """The path of all uploads, as this client sees it."""
        path = self.request.scope["path"].rstrip("/")
        inside = path.removesuffix(f"/{self.upload_id}") if self.upload_id else path
        return str(self.request.scope.get("root_path", "")).rstrip("/") + inside

    @property
    def announced_bytes(self) -> int | None:
        """Content-Length as the HTTP server accepted it; None for a chunked body."""
        value = self.headers.get("Content-Length")
        return int(value) if value is not None else None

    @property
    def has_body(self) -> bool:
        return bool(self.announced_bytes) or "Transfer-Encoding" in self.headers


def answer(status: int, headers: Mapping[str, str]) -> Response[None]:
    """An answer without a body, as all good ones of this protocol are."""
    return Response(content=None, status_code=status, headers=dict(headers), media_type=MediaType.TEXT)


async def receive_body(call: Call, turn: Turn, writing: Writing) -> Upload:
    """Write the request's body, keep all that came, and say where the upload stands then.

    Raises UploadTakenOver and UploadStalled with the bytes kept, and all that finishing an upload refuses.
    When the client vanished there is nobody to tell: the upload is returned as it is.
    """
    with refusals_as_problems():
        ending = await _poured(call, turn, writing)
        with CancelScope(shield=True):
            upload = await to_thread.run_sync(writing.end, ending is Ending.COMPLETE)
    offset = {"Upload-Offset": str(upload.offset_bytes)}
    if ending is Ending.TAKEN_OVER:
        raise UploadTakenOver(offset, offset=upload.offset_bytes)
    if ending is Ending.STALLED:
        raise UploadStalled(offset, offset=upload.offset_bytes)
    return upload


async def _poured(call: Call, turn: Turn, writing: Writing) -> Ending:
    try:
        return await pour(call.request.receive, turn, writing, call.desk.pace)
    except BaseException:
        with CancelScope(shield=True):
            await to_thread.run_sync(writing.abandon)
        raise
