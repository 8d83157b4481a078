"""`GET /v1/snapshots/<sha256>`: the first load of a large aggregate, resumable at any byte."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import anyio
from litestar import HttpMethod, Request, Response, route
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from mobile_api.authentication import Authentication
from mobile_api.byte_range import OutOfRange, byte_range
from mobile_api.conditional import matches
from mobile_api.ports import SnapshotBlob, Snapshots
from mobile_api.problem import NotFound
from mobile_api.problems import RangeNotSatisfiable

_PIECE_BYTES = 1 << 20
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
    etag = f'"{blob.sha256}"'
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        # Whoever may read it may keep it for good, but no cache in between may hand it to others.
        "Cache-Control": "private, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
    }
    if matches(request.headers.get("If-None-Match", ""), etag):
        return Response(b"", status_code=304, headers=headers)
    part = _wanted(request, blob, etag)
    first, last = part or (0, blob.size_bytes - 1)
    headers["Content-Length"] = str(last - first + 1)
    if part:
        headers["Content-Range"] = f"bytes {first}-{last}/{blob.size_bytes}"
    status = 206 if part else 200
    if request.method == "HEAD":
        return Response(b"", status_code=status, headers=headers, media_type=blob.media_type)
    return Stream(
        _pieces(snapshots, blob, first, last), status_code=status, headers=headers, media_type=blob.media_type
    )


def _wanted(request: Request[Any, Any, Any], blob: SnapshotBlob, etag: str) -> tuple[int, int] | None:
    condition = request.headers.get("If-Range")
    if condition is not None and condition.strip() != etag:
        return None
    try:
        return byte_range(request.headers.get("Range", ""), blob.size_bytes)
    except OutOfRange:
        unsatisfied = {"Content-Range": f"bytes */{blob.size_bytes}"}
        raise RangeNotSatisfiable(unsatisfied, size_bytes=blob.size_bytes) from None


async def _pieces(snapshots: Snapshots, blob: SnapshotBlob, first: int, last: int) -> AsyncIterator[bytes]:
    for start in range(first, last + 1, _PIECE_BYTES):
        size_bytes = min(_PIECE_BYTES, last + 1 - start)
        yield await anyio.to_thread.run_sync(snapshots.read, blob.sha256, start, size_bytes)
