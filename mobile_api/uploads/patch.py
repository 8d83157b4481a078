"""PATCH: bytes at an offset."""

from __future__ import annotations

from anyio import to_thread
from litestar import Response

from mobile_api.uploads import headers
from mobile_api.uploads.call import Call, answer, receive_body
from mobile_api.uploads.problems import refusals_as_problems


async def patch(call: Call) -> Response[None]:
    """204 with the new offset, once every byte before it is durable; with the last byte: once the file is
    stored."""
    headers.demand_content_type(call.headers)
    offset = headers.required_integer(call.headers, "Upload-Offset")
    length = headers.integer(call.headers, "Upload-Length")
    checksum = headers.checksum(call.headers)
    async with call.desk.turns.take(call.turn) as turn:
        with refusals_as_problems():
            writing = await to_thread.run_sync(
                call.desk.uploads.begin,
                call.upload_id,
                call.principal,
                offset,
                length,
                call.announced_bytes,
                checksum,
            )
        upload = await receive_body(call, turn, writing)
    return answer(204, headers.progress(upload))
