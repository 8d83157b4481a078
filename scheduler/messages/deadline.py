"""A call of a channel ends by a deadline, whatever the channel does: hung sockets have no timeout in total."""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue

from scheduler.messages.channel import Channel, Letter, Rejected, Unreachable

_Answer = tuple[str, Exception | None]


class Deadline:
    """Calls in threads of their own. One that hangs is left behind; it cannot keep the process from ending."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __call__(self, channel: Channel, letter: Letter) -> str:
        """`channel.send(letter)`. Raises Rejected, and Unreachable for whatever else goes wrong."""
        answers: SimpleQueue[_Answer] = SimpleQueue()

        def call() -> None:
            try:
                answers.put((channel.send(letter), None))
            except Exception as error:
                answers.put(("", error))

        threading.Thread(target=call, name=f"channel-{channel.name}", daemon=True).start()
        try:
            reference, error = answers.get(timeout=self._seconds)
        except Empty:
            raise Unreachable(f"{channel.name}: no answer within {self._seconds:g} s") from None
        if error is None:
            return reference
        if isinstance(error, Rejected):
            raise error
        # Only the kind is told: a library's message may hold the address.
        told = str(error) if isinstance(error, Unreachable) else type(error).__name__
        raise Unreachable(f"{channel.name}: {told}") from error
