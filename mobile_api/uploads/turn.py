"""One request at a time per upload, where the newest one wins.

A phone that lost its signal comes back on a new connection while the server still waits for bytes on the
old one. The newcomer interrupts the old request, which keeps what it received and leaves; nobody waits for
a dead connection.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import cast

import anyio
from litestar.types import Receive
from litestar.types.asgi_types import HTTPDisconnectEvent, HTTPRequestEvent

from mobile_api.uploads.problems import UploadBusy

PATIENCE_SECONDS = 2.0
"""How long a newcomer waits for the one before it. Only verifying a large file takes longer."""


class Silence(Enum):
    """Why no message came."""

    INTERRUPTED = "interrupted"
    TIMED_OUT = "timed out"


class Turn:
    """The right to work on one upload, until somebody newer wants it."""

    def __init__(self, is_wanted: bool) -> None:
        self._is_wanted = is_wanted
        self._waiting: anyio.CancelScope | None = None

    def interrupt(self) -> None:
        """Ask the holder to leave; it stops waiting for bytes at once."""
        self._is_wanted = True
        if self._waiting:
            self._waiting.cancel()

    async def receive(
        self, receive: Receive, seconds: float
    ) -> HTTPRequestEvent | HTTPDisconnectEvent | Silence:
        """The next message of the request, or why to stop waiting for it."""
        if self._is_wanted:
            return Silence.INTERRUPTED
        with anyio.move_on_after(seconds) as self._waiting:
            message = cast("HTTPRequestEvent | HTTPDisconnectEvent", await receive())
            self._waiting = None
            return message
        self._waiting = None
        return Silence.INTERRUPTED if self._is_wanted else Silence.TIMED_OUT


@dataclass(slots=True)
class _Queue:
    lock: anyio.Lock = field(default_factory=anyio.Lock)
    holder: Turn | None = None
    waiting: int = 0


class Turns:
    """Turns by upload, inside one process and event loop. Between processes the store refuses a second
    writer."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience_seconds = patience_seconds
        self._queues: dict[str, _Queue] = {}

    @asynccontextmanager
    async def take(self, key: str) -> AsyncIterator[Turn]:
        """Interrupt whoever has the turn, and wait for it. Raises UploadBusy when it is not given up in
        time."""
        queue = self._queues.setdefault(key, _Queue())
        queue.waiting += 1
        try:
            if queue.holder:
                queue.holder.interrupt()
            with anyio.move_on_after(self._patience_seconds) as patience:
                await queue.lock.acquire()
        finally:
            queue.waiting -= 1
            self._forget(key, queue)
        if patience.cancelled_caught:
            raise UploadBusy({"Retry-After": "1"})
        try:
            queue.holder = Turn(is_wanted=queue.waiting > 0)
            self._queues[key] = queue
            yield queue.holder
        finally:
            queue.holder = None
            queue.lock.release()
            self._forget(key, queue)

    def _forget(self, key: str, queue: _Queue) -> None:
        if not queue.waiting and not queue.lock.locked():
            self._queues.pop(key, None)
