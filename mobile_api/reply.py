"""JSON answers on the wire: joined, compressed where it pays, sent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import zstandard
from isal import isal_zlib
from litestar.types import Send

_QUICKEST = 1
_ZSTD_LEVEL = 3
_GZIP_WINDOW = 31
_PIECE_BYTES = 1 << 20

_JSON = (b"content-type", b"application/json")
_VARIES = (b"vary", b"accept-encoding")


def packed(chunks: Sequence[bytes], accept_encoding: bytes, compress_from_bytes: int) -> tuple[bytes, bytes]:
    """The chunks as one body, and its Content-Encoding (empty: sent as it is). Large ones belong in a thread."""
    body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
    if len(body) < compress_from_bytes:
        return body, b""
    encoding = accepted_encoding(accept_encoding)
    if encoding == b"zstd":
        return zstandard.compress(body, _ZSTD_LEVEL), encoding
    if encoding == b"gzip":
        return isal_zlib.compress(body, _QUICKEST, _GZIP_WINDOW), encoding
    return body, b""


@lru_cache(256)
def accepted_encoding(accept_encoding: bytes) -> bytes:
    """The best of ours that the client takes: `zstd`, `gzip`, or empty."""
    weights: dict[bytes, float] = {}
    for item in accept_encoding.lower().split(b","):
        name, _, parameter = item.partition(b";")
        try:
            weights[name.strip()] = float(parameter.partition(b"=")[2] or 1)
        except ValueError:
            weights[name.strip()] = 0.0
    anything = weights.get(b"*", 0.0)
    return max((b"zstd", b"gzip", b""), key=lambda name: weights.get(name, anything) if name else 1e-9)


async def send_json(send: Send, body: bytes, encoding: bytes = b"", status: int = 200) -> None:
    """Send a whole answer; a large one in pieces, so that it does not wait in memory twice.

    Few header fields: each costs as much as recognising the token, and answers to POST are not cached anyway.
    """
    headers = [_JSON, (b"content-length", b"%d" % len(body))]
    if encoding:
        headers += [(b"content-encoding", encoding), _VARIES]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    if len(body) <= _PIECE_BYTES:
        await send({"type": "http.response.body", "body": body, "more_body": False})
        return
    for start in range(0, len(body), _PIECE_BYTES):
        more = start + _PIECE_BYTES < len(body)
        piece = body[start : start + _PIECE_BYTES]
        await send({"type": "http.response.body", "body": piece, "more_body": more})
