"""DELETE: give an upload up (termination)."""

from __future__ import annotations

from anyio import to_thread
from litestar import Response

from mobile_api.uploads.call import Call, answer
from mobile_api.uploads.problems import refusals_as_problems


async def delete(call: Call) -> Response[None]:
    """204 when the bytes are gone. A stored file is evidence and stays."""
    async with call.desk.turns.take(call.turn):
        with refusals_as_problems():
            await to_thread.run_sync(call.desk.uploads.terminate, call.upload_id, call.principal)
    return answer(204, {})
