"""The least that an ASGI application must do: take the body in, send bytes out."""

from __future__ import annotations

from typing import Any


async def whole_body(receive: Any) -> bytes:
    """The request's body."""
    pieces = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)


async def answer(send: Any, body: bytes) -> None:
    """A success with these bytes."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
