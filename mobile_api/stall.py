"""Requests that fall silent in the middle of their body are given up, at the price of one timer for all of them.

A timer per request costs more than everything else that an idle poll does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")


class Stalled(Exception):
    """Nothing came for too long."""


class StallGuard:
    """Bounds how long a message is waited for. Runs on asyncio, as the HTTP servers do."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
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

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for task, deadline in self._waiting.items():
            if now >= deadline and task not in self._given_up:
                self._given_up.add(task)
                task.cancel()
        self._is_sweeping = bool(self._waiting)
        if self._is_sweeping:
            loop.call_later(self._seconds / 4, self._sweep, loop)
