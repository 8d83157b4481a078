"""A connection is waited for with patience that ends, where no route waits: for the head of a request, for what is left
of a body that was answered early, and for whoever does not read the answer.

A body that a route reads is the route's affair (`mobile_api.body_wait`, `mobile_api.uploads.body`).
"""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from server.cork import CorkedProtocol

_TOO_LONG = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n"
    b"X-Content-Type-Options: nosniff\r\n\r\n"
)


_DROP_UNSENT = struct.pack("ii", 1, 0)
"""Linger, for no time."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long, and how much."""

    head_seconds: float = 20.0
    """From a connection, or the first byte of a further request, to the end of the head; and for what is left of a body
    once its request is answered."""
    most_head_bytes: int = 64 * 1024
    unread_seconds: float = 120.0
    """How long the same part of an answer may wait to be read; a part is 48 KiB or more."""


PATIENCE = Patience()


class _Phase(Enum):
    IDLE = "between two requests"
    HEAD = "in a head"
    BODY = "in a body"


class PatientProtocol(CorkedProtocol):
    """HTTP/1.1 for clients of which some are slow on purpose. The usual request, whole at once, sets no timer."""

    patience: ClassVar[Patience] = PATIENCE

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See `asyncio.Protocol`. Who connects owes a head."""
        super().connection_made(transport)
        self._phase = _Phase.HEAD
        self._head_bytes = 0
        self._unread: asyncio.TimerHandle | None = None
        self._owed: asyncio.TimerHandle | None = None
        self._expect()

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        if self._phase is _Phase.IDLE:
            self._begin_head()
        super().data_received(data)
        if self._phase is not _Phase.HEAD:
            return
        self._expect()
        self._head_bytes += len(data)
        if self._head_bytes > self.patience.most_head_bytes and not self.transport.is_closing():
            self.transport.write(_TOO_LONG)
            self.transport.close()

    def on_message_begin(self) -> None:
        """Called by the parser."""
        self._begin_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        self._phase = _Phase.BODY
        self._forget()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Called by the parser."""
        self._phase = _Phase.IDLE
        self._forget()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Called by the request's cycle: what is left of its body is of no use to anybody."""
        super().on_response_complete()
        if self._phase is _Phase.BODY:
            self._expect()

    def pause_writing(self) -> None:
        """See `asyncio.Protocol`: the client does not read as quickly as we write."""
        super().pause_writing()
        self._unread = self.loop.call_later(self.patience.unread_seconds, self._hang_up)

    def resume_writing(self) -> None:
        """See `asyncio.Protocol`."""
        super().resume_writing()
        self._unread = _cancel(self._unread)

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._forget()
        self._unread = _cancel(self._unread)
        super().connection_lost(exc)

    def _hang_up(self) -> None:
        """Reset the connection: closed in the usual way, the system would keep the socket with what is unread."""
        known = self.transport.get_extra_info("socket")
        if known is not None:
            known.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DROP_UNSENT)
        self.transport.abort()

    def _begin_head(self) -> None:
        self._phase = _Phase.HEAD
        self._head_bytes = 0

    def _expect(self) -> None:
        if self._owed is None:
            self._owed = self.loop.call_later(self.patience.head_seconds, self._give_up)

    def _forget(self) -> None:
        self._owed = _cancel(self._owed)

    def _give_up(self) -> None:
        self._owed = None
        if self.cycle is not None and not self.cycle.response_complete:
            # It is still reading the answer to its last request; the next one may take its time.
            self._expect()
        elif not self.transport.is_closing():
            self.transport.close()


def _cancel(timer: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    """What stands in the timer's place from now on: nothing."""
    if timer is not None:
        timer.cancel()
    return None


def protocol(patience: Patience) -> type[PatientProtocol]:
    """The protocol with other limits than its own."""
    return type("PatientProtocol", (PatientProtocol,), {"patience": patience})
