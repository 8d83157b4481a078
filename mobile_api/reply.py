"""JSON answers on the wire: joined, compressed where it pays, sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import zstandard
from isal import isal_zlib
from litestar.types import Send

_QUICKEST = 1
_ZSTD_LEVEL = 3
_GZIP_WINDOW = 31
_PIECE_BYTES = 256 * 1024

_JSON = (b"content-type", b"application/json")
_VARIES = (b"vary", b"accept-encoding")


Body = tuple[Sequence[bytes], bytes]
"""A success's body in parts, and its Content-Encoding (empty: sent as it is)."""


def packed(chunks: Sequence[bytes], accept_encoding: bytes, compress_from_bytes: int) -> Body:
    """The chunks as a body, never joined: a large one would lie in memory twice. Large ones belong in a thread."""
    size = sum(map(len, chunks))
    encoding = accepted_encoding(accept_encoding) if size >= compress_from_bytes else b""
    if not encoding:
        return chunks, b""
    packing: Any = (
        zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compressobj(size=size)
        if encoding == b"zstd"
        else isal_zlib.compressobj(_QUICKEST, wbits=_GZIP_WINDOW)
    )
    return [*map(packing.compress, chunks), packing.flush()], encoding


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


async def send_json(send: Send, body: Sequence[bytes], encoding: bytes = b"", status: int = 200) -> None:
    """Send a whole answer; a large one in pieces, so that it does not wait in memory twice.

    Few header fields: each costs as much as recognising the token, and answers to POST are not cached anyway.
    """
    size = sum(map(len, body))
    headers = [_JSON, (b"content-length", b"%d" % size)]
    if encoding:
        headers += [(b"content-encoding", encoding), _VARIES]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    if size > _PIECE_BYTES:
        for piece in _pieces(body):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        body = ()
    await send({"type": "http.response.body", "body": b"".join(body), "more_body": False})


def _pieces(body: Sequence[bytes]) -> Iterator[bytes]:
    """Small parts together, large ones cut."""
    small: list[bytes] = []
    size = 0
    for part in body:
        small.append(part)
        size += len(part)
        if size < _PIECE_BYTES:
            continue
        whole = b"".join(small)
        for start in range(0, size, _PIECE_BYTES):
            yield whole[start : start + _PIECE_BYTES]
        small, size = [], 0
    yield b"".join(small)
