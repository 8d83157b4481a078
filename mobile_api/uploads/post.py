"""POST: create an upload (creation), perhaps with its first bytes (creation-with-upload), or from pieces
(concatenation)."""

from __future__ import annotations

from anyio import to_thread
from litestar import Response

from media.checksum import Checksum
from media.upload import Upload, UploadState
from media.uploads import NewUpload
from mobile_api.problem import wrong
from mobile_api.uploads import headers
from mobile_api.uploads.call import Call, answer, receive_body
from mobile_api.uploads.problems import BadHeader, UploadIsJoined, refusals_as_problems


async def post(call: Call) -> Response[None]:
    """201 with the Location of a new upload, or of the one that exists for this media and hash.

    An upload that exists already with bytes in it takes none of the body: the answer's Upload-Offset tells
    where to go on.
    """
    concat = call.headers.get("Upload-Concat")
    if concat is not None and concat != headers.PARTIAL:
        return await _final(call)
    checksum = headers.checksum(call.headers)
    if call.has_body:
        headers.demand_content_type(call.headers)
    upload = await (_created(call) if concat is None else _piece(call))
    answered = _answered(call, upload)
    if call.has_body:
        if upload.state is UploadState.PARTIAL and upload.offset_bytes == 0:
            upload = await _with_first_bytes(call, upload, checksum)
        else:
            answered["Connection"] = "close"
    return answer(201, answered | headers.progress(upload))


async def _created(call: Call, piece_ids: tuple[str, ...] = ()) -> Upload:
    pairs = headers.metadata(call.headers)
    media_id, sha256, kind = headers.media_facts(pairs)
    length = None if piece_ids else headers.declared_length(call.headers)
    new = NewUpload(media_id, sha256, kind, length, pairs, piece_ids)
    async with call.desk.turns.take(f"{media_id}/{sha256}"):
        with refusals_as_problems():
            return await to_thread.run_sync(call.desk.uploads.create, new, call.principal)


async def _piece(call: Call) -> Upload:
    pairs, length = headers.metadata(call.headers), headers.declared_length(call.headers)
    with refusals_as_problems():
        return await to_thread.run_sync(call.desk.uploads.create_piece, length, pairs, call.principal)


async def _final(call: Call) -> Response[None]:
    """201 when the pieces are joined, verified and stored."""
    if not call.headers["Upload-Concat"].startswith("final;"):
        raise BadHeader(**wrong("not_one_of", "Upload-Concat", "partial, final;…"))
    for name in ("Upload-Length", "Upload-Defer-Length"):
        if name in call.headers:
            raise BadHeader(**wrong("not_offered", name))
    if call.has_body:
        raise UploadIsJoined()
    upload = await _created(call, headers.pieces(call.headers))
    return answer(201, _answered(call, upload) | headers.progress(upload))


async def _with_first_bytes(call: Call, upload: Upload, checksum: Checksum | None) -> Upload:
    async with call.desk.turns.take(upload.id) as turn:
        with refusals_as_problems():
            writing = await to_thread.run_sync(
                lambda: call.desk.uploads.begin(
                    upload.id, call.principal, 0, announced_bytes=call.announced_bytes, checksum=checksum
                )
            )
        return await receive_body(call, turn, writing)


def _answered(call: Call, upload: Upload) -> dict[str, str]:
    return {"Location": f"{call.folder}/{upload.id}"}
