"""A refusal is read before the connection goes, even by a client that is still sending.

To close a socket with bytes unread resets the connection, and the reset overtakes the answer: a client that sends a
body that is too large never learned that it was. So the answer is followed by our end of the stream alone, and what
still comes is read and forgotten, for a while.
"""

from __future__ import annotations

import asyncio

_SECONDS = 10.0
_MOST_BYTES = 64 * 1024 * 1024
"""Eight times the largest exchange; past this the connection is closed at once."""


class Lingering(asyncio.Protocol):
    """Takes a connection over from the protocol that has answered on it, until the client has hung up."""

    def __init__(
        self, transport: asyncio.Transport, answered: asyncio.Protocol, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._transport = transport
        self._answered = answered
        self._left_bytes = _MOST_BYTES
        self._end = loop.call_later(_SECONDS, transport.close)
        transport.set_protocol(self)
        transport.write_eof()
        transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`; forgets the data."""
        self._left_bytes -= len(data)
        if self._left_bytes < 0:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`; whoever answered hears of it too."""
        self._end.cancel()
        self._answered.connection_lost(exc)
