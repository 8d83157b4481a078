"""Bodies in which a client falls silent, or drips, are given up, at the price of one timer for all of them.

A timer per request costs more than everything else that an idle poll does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


class Stalled(Exception):
    """Nothing came for too long, or too little in all."""


@dataclass(frozen=True, slots=True)
class LeastPace:
    """How slow a body may be: `grace_seconds`, and a further second for each `bytes_per_second`.

    A body of n bytes is therefore whole after at most grace_seconds + n / bytes_per_second, or given up.
    """

    grace_seconds: float = 30.0
    bytes_per_second: float = 500.0

    def is_kept(self, seconds: float, size_bytes: int) -> bool:
        """Whether a body of which so much has come in so long may go on."""
        return seconds <= self.grace_seconds + size_bytes / self.bytes_per_second


PACE = LeastPace()


class StallGuard:
    """Bounds how long a message is waited for, and all of a body. Runs on asyncio, as the HTTP servers do."""

    def __init__(self, seconds: float, pace: LeastPace = PACE) -> None:
        self._seconds = seconds
        self._pace = pace
        self._waiting: dict[asyncio.Task[Any], float] = {}
        self._given_up: set[asyncio.Task[Any]] = set()
        self._is_sweeping = False

    async def wait(self, message: Awaitable[T]) -> T:
        """The message; raises `Stalled` after `seconds` to one and a quarter of them."""
        task = asyncio.current_task()
        assert task is not None
        loop = task.get_loop()
        self._waiting[task] = loop.time() + self._seconds
        if not self._is_sweeping:
            self._is_sweeping = True
            loop.call_later(self._seconds / 4, self._sweep, loop)
        try:
            return await message
        except asyncio.CancelledError:
            # Cancelled by the sweep, and by nobody else besides.
            if task in self._given_up and task.uncancel() == 0:
                raise Stalled from None
            raise
        finally:
            del self._waiting[task]
            self._given_up.discard(task)

    def now(self) -> float:
        """When a body begins; for `check_pace`."""
        return asyncio.get_running_loop().time()

    def check_pace(self, began: float, size_bytes: int) -> None:
        """Between two pieces of a body of which so much has come. Raises Stalled."""
        if not self._pace.is_kept(self.now() - began, size_bytes):
            raise Stalled

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for task, deadline in self._waiting.items():
            if now >= deadline and task not in self._given_up:
                self._given_up.add(task)
                task.cancel()
        self._is_sweeping = bool(self._waiting)
        if self._is_sweeping:
            loop.call_later(self._seconds / 4, self._sweep, loop)
