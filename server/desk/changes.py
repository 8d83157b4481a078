"""Who waits for changes, and what has changed since they last looked. Woken after commits, by whatever process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

Seen = Callable[[str], bool]
"""Whether a listener may see an aggregate."""

MOST_WAITING = 5_000
"""A listener that is further behind is told to read everything again."""


class Listener:
    """One stream. Changes of the same aggregate that it has not taken yet are one."""

    def __init__(self, may_see: Seen) -> None:
        self._may_see = may_see
        self._waiting: dict[str, None] = {}
        self._woken = asyncio.Event()
        self.has_lost = False
        self.is_closed = False

    def note(self, aggregates: Sequence[str]) -> None:
        """Something has changed. Called in the event loop."""
        fresh = [one for one in aggregates if self._may_see(one)]
        if not fresh:
            return
        self._waiting.update(dict.fromkeys(fresh))
        if len(self._waiting) > MOST_WAITING:
            self.lose()
        self._woken.set()

    def lose(self) -> None:
        """Nobody can tell what has changed: everything is to be read again. Called in the event loop."""
        self._waiting.clear()
        self.has_lost = True
        self._woken.set()

    def close(self) -> None:
        """The process ends: let the stream end."""
        self.is_closed = True
        self._woken.set()

    async def wait(self, seconds: float) -> list[str]:
        """What has changed; empty after so many seconds without a change."""
        if not self._woken.is_set():
            try:
                await asyncio.wait_for(self._woken.wait(), seconds)
            except TimeoutError:
                return []
        self._woken.clear()
        taken, self._waiting = list(self._waiting), {}
        return taken


class Changes:
    """All streams of this process."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def count(self) -> int:
        """How many streams are open."""
        return len(self._listeners)

    def tell(self, aggregates: Sequence[str], users: Sequence[str]) -> None:
        """Wake the streams. Called after a commit, in whatever thread; returns at once."""
        if aggregates:
            self._in_loop(lambda: self._tell(list(aggregates)))

    def look_again(self) -> None:
        """Have every stream's desk read everything again. Called in whatever thread; returns at once."""
        self._in_loop(self._look_again)

    def open(self, may_see: Seen) -> Listener:
        """A new stream, in the running event loop."""
        self._loop = asyncio.get_running_loop()
        listener = Listener(may_see)
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """The stream has ended; repeating is safe."""
        self._listeners.discard(listener)

    def close(self) -> None:
        """End all streams; safe from any thread, and from a signal handler."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._close)

    def _in_loop(self, call: Callable[[], None]) -> None:
        loop = self._loop
        if loop is None or not self._listeners:
            return
        try:
            loop.call_soon_threadsafe(call)
        except RuntimeError:
            # The loop has ended between the commit and now: nobody listens any more.
            self._loop = None

    def _look_again(self) -> None:
        for listener in self._listeners:
            listener.lose()

    def _tell(self, aggregates: list[str]) -> None:
        for listener in self._listeners:
            listener.note(aggregates)

    def _close(self) -> None:
        for listener in list(self._listeners):
            listener.close()
