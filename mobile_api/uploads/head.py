"""HEAD: where an upload stands."""

from __future__ import annotations

from anyio import to_thread
from litestar import Response

from mobile_api.uploads import headers
from mobile_api.uploads.call import Call, answer
from mobile_api.uploads.problems import refusals_as_problems


async def head(call: Call) -> Response[None]:
    """200 with the acknowledged offset. Interrupts a stalled PATCH, whose bytes are counted.

    An upload whose pieces are not joined yet has no offset.
    """
    async with call.desk.turns.take(call.turn):
        with refusals_as_problems():
            upload = await to_thread.run_sync(call.desk.uploads.look, call.upload_id, call.principal)
    told = headers.progress(upload)
    if upload.length_bytes is None:
        told["Upload-Defer-Length"] = "1"
    else:
        told["Upload-Length"] = str(upload.length_bytes)
    if upload.said:
        told["Upload-Metadata"] = headers.encode_metadata(upload.said)
    return answer(200, told | headers.concatenation(upload, call.folder))
