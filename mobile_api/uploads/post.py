"""POST: create an upload (creation), perhaps with its first bytes (creation-with-upload)."""

from __future__ import annotations

from anyio import to_thread
from litestar import Response

from media.checksum import Checksum
from media.upload import Upload, UploadState
from media.uploads import NewUpload
from mobile_api.problem import wrong
from mobile_api.uploads import headers
from mobile_api.uploads.call import Call, answer, receive_body
from mobile_api.uploads.problems import BadHeader, refusals_as_problems


async def post(call: Call) -> Response[None]:
    """201 with the Location of a new upload, or of the one that exists for this media and hash.

    An upload that exists already with bytes in it takes none of the body: the answer's Upload-Offset tells
    where to go on.
    """
    new = _declared(call)
    checksum = headers.checksum(call.headers)
    if call.has_body:
        headers.demand_content_type(call.headers)
    key = f"{new.media_id}/{new.sha256}"
    async with call.desk.turns.take(key):
        with refusals_as_problems():
            upload = await to_thread.run_sync(call.desk.uploads.create, new, call.principal)
    answered = {"Location": f"{_folder(call)}/{upload.id}"}
    if call.has_body:
        if upload.state is UploadState.PARTIAL and upload.offset_bytes == 0:
            upload = await _with_first_bytes(call, upload, checksum)
        else:
            answered["Connection"] = "close"
    return answer(201, answered | headers.progress(upload))


def _declared(call: Call) -> NewUpload:
    if "Upload-Concat" in call.headers:
        raise BadHeader(**wrong("not_offered", "Upload-Concat"))
    pairs = headers.metadata(call.headers)
    media_id, sha256, kind = headers.media_facts(pairs)
    return NewUpload(media_id, sha256, kind, headers.declared_length(call.headers), pairs)


async def _with_first_bytes(call: Call, upload: Upload, checksum: Checksum | None) -> Upload:
    async with call.desk.turns.take(upload.id) as turn:
        with refusals_as_problems():
            writing = await to_thread.run_sync(
                lambda: call.desk.uploads.begin(
                    upload.id, call.principal, 0, announced_bytes=call.announced_bytes, checksum=checksum
                )
            )
        return await receive_body(call, turn, writing)


def _folder(call: Call) -> str:
    scope = call.request.scope
    return scope.get("root_path", "").rstrip("/") + scope["path"].rstrip("/")
