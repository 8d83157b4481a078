"""Who is told that a transaction is on the disk."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)

Listener = Callable[[Sequence[str], Sequence[str]], None]
"""Called with the aggregates and the users that a commit touched. It wakes others and returns at once."""


class AfterCommit:
    """The listeners of one store. A listener that fails is logged; what was committed stays so."""

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after every commit of this process; returns what ends that."""
        self._listeners = (*self._listeners, listener)

        def stop() -> None:
            self._listeners = tuple(one for one in self._listeners if one is not listener)

        return stop

    def tell(self, aggregates: Sequence[str], users: Sequence[str]) -> None:
        """Tell all listeners."""
        if not (aggregates or users):
            return
        for listener in self._listeners:
            try:
                listener(aggregates, users)
            except Exception:
                log.exception("a listener failed after a commit")
