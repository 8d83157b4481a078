"""Immutable bytes as an answer: whole (200), the part that Range names (206), nothing new (304), or a 416."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from litestar import Request, Response
from litestar.response import Stream

from mobile_api.byte_range import OutOfRange, byte_range
from mobile_api.conditional import matches
from mobile_api.problems import RangeNotSatisfiable

PIECE_BYTES = 1 << 20
Pieces = Callable[[int, int], AsyncIterator[bytes]]
"""(first, last) → the bytes between, both included, in pieces."""


def byte_answer(
    request: Request[Any, Any, Any],
    pieces: Pieces,
    *,
    size_bytes: int,
    sha256: str,
    media_type: str,
    headers: Mapping[str, str],
) -> Response[Any]:
    """The answer to GET or HEAD; the hash is the entity tag. Raises RangeNotSatisfiable."""
    etag = f'"{sha256}"'
    told = {"ETag": etag, "Accept-Ranges": "bytes", "X-Content-Type-Options": "nosniff", **headers}
    if matches(request.headers.get("If-None-Match", ""), etag):
        return Response(b"", status_code=304, headers=told)
    part = _wanted(request, size_bytes, etag)
    first, last = part or (0, size_bytes - 1)
    told["Content-Length"] = str(last - first + 1)
    if part:
        told["Content-Range"] = f"bytes {first}-{last}/{size_bytes}"
    status = 206 if part else 200
    if request.method == "HEAD":
        return Response(b"", status_code=status, headers=told, media_type=media_type)
    return Stream(pieces(first, last), status_code=status, headers=told, media_type=media_type)


def _wanted(request: Request[Any, Any, Any], size_bytes: int, etag: str) -> tuple[int, int] | None:
    condition = request.headers.get("If-Range")
    if condition is not None and condition.strip() != etag:
        return None
    try:
        return byte_range(request.headers.get("Range", ""), size_bytes)
    except OutOfRange:
        unsatisfied = {"Content-Range": f"bytes */{size_bytes}"}
        raise RangeNotSatisfiable(unsatisfied, size_bytes=size_bytes) from None
