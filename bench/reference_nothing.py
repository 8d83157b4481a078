"""No work at all: how fast the load generator and the HTTP server are by themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.asgi import answer, whole_body


def application(folder: Path) -> Any:
    """Answers everything with the size of a poll's answer."""
    said = b'{"nothing":"%s"}' % (b"n" * 200)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await whole_body(receive)
        await answer(send, said)

    return app
