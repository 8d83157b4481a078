"""The body of a request: bounded before and after decompression, however hostile."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import anyio
import zstandard
from isal import igzip_lib, isal_zlib
from litestar.types import Receive

from mobile_api.problem import TooLarge
from mobile_api.problems import BodyDamaged, BodyStalled, ContentEncodingUnsupported, ContentTypeUnsupported
from mobile_api.stall import Stalled, StallGuard

Headers = Mapping[bytes, bytes]
"""Header fields of an ASGI scope, names in lower case."""

_CLOSE = {"Connection": "close"}
"""The rest of the body is still to come, so the connection cannot serve another request."""
_JSON = b"application/json"
_IDENTITY = b"identity"
_GZIP_WINDOW = 31
_LARGEST_ZSTD_WINDOW = 8 * 1024 * 1024
_IN_PLACE_BYTES = 4 * 1024
"""Up to here decompressing costs less than a thread would, even when it is a bomb."""


class ClientVanished(Exception):
    """The connection was cut before the body was complete: there is nobody to answer."""


async def json_body(headers: Headers, receive: Receive, limit_bytes: int, stalls: StallGuard) -> bytes:
    """The JSON bytes of a request, decompressed; neither form is longer than `limit_bytes`.

    Raises TooLarge, BodyStalled, BodyDamaged, ContentTypeUnsupported, ContentEncodingUnsupported, ClientVanished.
    """
    content_type = headers.get(b"content-type", _JSON)
    if content_type != _JSON and content_type.partition(b";")[0].strip().lower() != _JSON:
        raise ContentTypeUnsupported({"Accept-Post": "application/json"})
    encoding = headers.get(b"content-encoding", _IDENTITY).strip().lower()
    if encoding not in _DECOMPRESS:
        supported = ", ".join(sorted(name.decode() for name in _DECOMPRESS if name != _IDENTITY))
        raise ContentEncodingUnsupported({"Accept-Encoding": supported}, supported=supported)
    announced = headers.get(b"content-length", b"")
    if announced.isdigit() and int(announced) > limit_bytes:
        raise TooLarge(_CLOSE, limit_bytes=limit_bytes)
    sent = await _received(receive, limit_bytes, stalls)
    if encoding == _IDENTITY:
        return sent
    if len(sent) > _IN_PLACE_BYTES:
        body = await anyio.to_thread.run_sync(decompressed, sent, encoding, limit_bytes)
    else:
        body = decompressed(sent, encoding, limit_bytes)
    if len(body) > limit_bytes:
        raise TooLarge(_CLOSE, limit_bytes=limit_bytes)
    return body


def decompressed(sent: bytes, encoding: bytes, limit_bytes: int) -> bytes:
    """The body, or its first `limit_bytes + 1` bytes: a bomb costs no more than an honest body may.

    Raises BodyDamaged.
    """
    return _DECOMPRESS[encoding](sent, limit_bytes)


async def _received(receive: Receive, limit_bytes: int, stalls: StallGuard) -> bytes:
    pieces: list[bytes] = []
    size, began = 0, 0.0
    while True:
        try:
            if pieces:
                began = began or stalls.now()
                stalls.check_pace(began, size)
            message: Any = await stalls.wait(receive())
        except Stalled:
            raise BodyStalled(_CLOSE) from None
        if message["type"] == "http.disconnect":
            raise ClientVanished
        piece = message.get("body", b"")
        size += len(piece)
        if size > limit_bytes:
            raise TooLarge(_CLOSE, limit_bytes=limit_bytes)
        if not message.get("more_body", False):
            return b"".join([*pieces, piece]) if pieces else piece
        pieces.append(piece)


def _gunzip(sent: bytes, limit_bytes: int) -> bytes:
    stream = isal_zlib.decompressobj(wbits=_GZIP_WINDOW)
    try:
        plain = stream.decompress(sent, limit_bytes + 1)
    except igzip_lib.IsalError:  # type: ignore[misc]  # its stub declares an instance, not the class
        raise BodyDamaged(encoding="gzip") from None
    if len(plain) <= limit_bytes and (not stream.eof or stream.unused_data):
        raise BodyDamaged(encoding="gzip")
    return plain


def _unzstd(sent: bytes, limit_bytes: int) -> bytes:
    """A frame that asks for a huge window is refused: its memory is bounded too."""
    try:
        with zstandard.ZstdDecompressor(max_window_size=_LARGEST_ZSTD_WINDOW).stream_reader(
            BytesIO(sent), read_across_frames=True
        ) as stream:
            return stream.read(limit_bytes + 1)
    except zstandard.ZstdError:
        raise BodyDamaged(encoding="zstd") from None


def _identity(sent: bytes, limit_bytes: int) -> bytes:
    return sent


_DECOMPRESS = {_IDENTITY: _identity, b"gzip": _gunzip, b"zstd": _unzstd}
