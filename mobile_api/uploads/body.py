"""The body of a request on its way to the disk, in pieces, with flat memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from anyio import to_thread
from litestar.types import Receive

from media.writing import Writing
from mobile_api.uploads.turn import Silence, Turn


class Ending(Enum):
    """How a body ended."""

    COMPLETE = "complete"
    CUT = "cut"
    """The client vanished."""
    TAKEN_OVER = "taken over"
    STALLED = "stalled"


@dataclass(frozen=True, slots=True)
class Pace:
    """How often received bytes are made durable, and how long silence and slowness are borne.

    A crash of the server costs a client at most `checkpoint_bytes`, or what came in `checkpoint_seconds`; a
    cut connection costs nothing. The request holds `checkpoint_bytes` of memory. Any connection on which a phone can
    work brings `least_bytes` in `window_seconds` (500 bytes in a second); what brings less is given up with its bytes
    kept, and may go on with a new request.
    """

    checkpoint_bytes: int = 1 << 20
    checkpoint_seconds: float = 2.0
    stall_seconds: float = 60.0
    window_seconds: float = 60.0
    least_bytes: int = 30_000
    monotonic: Callable[[], float] = time.monotonic


async def pour(receive: Receive, turn: Turn, writing: Writing, pace: Pace) -> Ending:
    """Hand the body to `writing`; every byte that came is taken, whatever the ending. Raises what `take`
    raises."""
    waiting = bytearray()
    kept_at = heard_at = pace.monotonic()
    window = _Window(pace, kept_at)
    while True:
        message = await turn.receive(receive, pace.checkpoint_seconds)
        moment = pace.monotonic()
        ending = _ending(message, moment - heard_at >= pace.stall_seconds)
        if not isinstance(message, Silence) and message["type"] == "http.request":
            waiting += message["body"]
            heard_at = moment
            window.came(len(message["body"]))
        if ending is None and window.is_too_slow(moment):
            ending = Ending.STALLED
        if ending is not None:
            await to_thread.run_sync(writing.take, bytes(waiting))
            return ending
        is_due = len(waiting) >= pace.checkpoint_bytes or moment - kept_at >= pace.checkpoint_seconds
        if waiting and is_due:
            await to_thread.run_sync(_keep, writing, bytes(waiting))
            waiting.clear()
            kept_at = pace.monotonic()
            window.wait(kept_at - moment)


class _Window:
    """What came in the present window of time. Time that our own disk takes does not count."""

    def __init__(self, pace: Pace, begins: float) -> None:
        self._pace = pace
        self._begins = begins
        self._came_bytes = 0

    def came(self, size_bytes: int) -> None:
        self._came_bytes += size_bytes

    def wait(self, seconds: float) -> None:
        self._begins += seconds

    def is_too_slow(self, moment: float) -> bool:
        """Whether a window has ended with too little in it; then the next one begins."""
        if moment - self._begins < self._pace.window_seconds:
            return False
        is_slow = self._came_bytes < self._pace.least_bytes
        self._begins, self._came_bytes = moment, 0
        return is_slow


def _ending(message: object, is_stalled: bool) -> Ending | None:
    match message:
        case Silence.INTERRUPTED:
            return Ending.TAKEN_OVER
        case Silence.TIMED_OUT:
            return Ending.STALLED if is_stalled else None
        case {"type": "http.disconnect"}:
            return Ending.CUT
        case {"more_body": True}:
            return None
    return Ending.COMPLETE


def _keep(writing: Writing, data: bytes) -> None:
    writing.take(data)
    writing.checkpoint()
