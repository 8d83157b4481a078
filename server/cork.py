"""An answer's head and body leave in one write.

uvicorn writes the head as soon as it knows it, so that every answer was two system calls, two packets and two wake-ups
of whoever waits for it: a third of what a poll with nothing new cost.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from server.linger import Lingering

_MOST_HELD_BYTES = 64 * 1024
"""From here on pieces go to the transport at once, whose own buffer then slows a writer down that is too quick."""


class CorkedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 over a transport that gathers what is written in one turn of the event loop."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See `asyncio.Protocol`."""
        super().connection_made(CorkedTransport(transport, self.loop, self))  # type: ignore[arg-type]


class CorkedTransport:
    """The part of `asyncio.Transport` that uvicorn uses."""

    def __init__(
        self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, protocol: CorkedProtocol
    ) -> None:
        self._transport = transport
        self._loop = loop
        self._protocol = protocol
        self._is_lingering = False
        self._held: list[bytes] = []
        self._held_bytes = 0

    def write(self, data: bytes) -> None:
        """Send soon, in order, together with what else this turn writes."""
        if not self._held:
            self._loop.call_soon(self._flush)
        self._held.append(data)
        self._held_bytes += len(data)
        if self._held_bytes > _MOST_HELD_BYTES:
            self._flush()

    def close(self) -> None:
        """Send what is held, then close; when a body is still coming, not before the client has heard the answer.

        A second call closes at once.
        """
        self._flush()
        if self._is_lingering or not self._is_refusal():
            self._transport.close()
            return
        self._is_lingering = True
        Lingering(self._transport, self._protocol, self._loop)

    def is_closing(self) -> bool:
        """See `asyncio.Transport`: nothing can be sent any more."""
        return self._is_lingering or self._transport.is_closing()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _is_refusal(self) -> bool:
        """Answered before the request was whole."""
        cycle = self._protocol.cycle
        is_early = cycle is not None and cycle.response_complete and cycle.more_body
        return is_early and not self._transport.is_closing() and self._transport.can_write_eof()

    def _flush(self) -> None:
        held = self._held
        self._held, self._held_bytes = [], 0
        if not held or self.is_closing():
            # Whoever waited is gone.
            return
        if len(held) == 1:
            self._transport.write(held[0])
        else:
            self._transport.writelines(held)
