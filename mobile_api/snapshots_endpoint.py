"""`GET /v1/snapshots/<sha256>`: the first load of a large aggregate, resumable at any byte."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import anyio
from litestar import HttpMethod, Request, Response, route
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from mobile_api.authentication import Authentication
from mobile_api.byte_answer import PIECE_BYTES, byte_answer
from mobile_api.ports import SnapshotBlob, Snapshots
from mobile_api.problem import NotFound

_SHA256 = re.compile("[0-9a-f]{64}")


def snapshots_route(snapshots: Snapshots, authentication: Authentication) -> HTTPRouteHandler:
    """The route; `/v1` stands before it."""

    @route(
        "/snapshots/{sha256:str}",
        http_method=[HttpMethod.GET, HttpMethod.HEAD],
        name="snapshot",
        tags=["exchange"],
        status_code=200,
    )
    async def snapshot(request: Request[Any, Any, Any], sha256: FromPath[str]) -> Response[Any]:
        """The snapshot (200), the part of it that Range names (206), or nothing new (304)."""
        principal = await authentication(request)
        blob = None
        if _SHA256.fullmatch(sha256):
            blob = await anyio.to_thread.run_sync(snapshots.find, principal.user_id, sha256)
        if blob is None:
            raise NotFound()
        return _answer(request, snapshots, blob)

    return snapshot


def _answer(request: Request[Any, Any, Any], snapshots: Snapshots, blob: SnapshotBlob) -> Response[Any]:
    return byte_answer(
        request,
        partial(_pieces, snapshots, blob),
        size_bytes=blob.size_bytes,
        sha256=blob.sha256,
        media_type=blob.media_type,
        # Whoever may read it may keep it for good, but no cache in between may hand it to others.
        headers={"Cache-Control": "private, max-age=31536000, immutable"},
    )


async def _pieces(snapshots: Snapshots, blob: SnapshotBlob, first: int, last: int) -> AsyncIterator[bytes]:
    for start in range(first, last + 1, PIECE_BYTES):
        size_bytes = min(PIECE_BYTES, last + 1 - start)
        yield await anyio.to_thread.run_sync(snapshots.read, blob.sha256, start, size_bytes)
