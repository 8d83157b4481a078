"""Keeps the first loads fresh: looks after each commit that touched a catalogue, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from server.first_loads import ROOT, FirstLoads
from sync.store import StoreUnavailable

log = logging.getLogger(__name__)


class FirstLoadMaker:
    """Told of commits by the store; makes what is missing beside the traffic. Close it before the store."""

    def __init__(self, loads: FirstLoads, shards: Sequence[str]) -> None:
        self._loads = loads
        self._shards = frozenset(shards)
        self._due = set(shards)
        self._closed = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="first-loads", daemon=True)
        self._thread.start()

    def tell(self, aggregates: Sequence[str], users: Sequence[str]) -> None:
        """A listener of the store: returns at once."""
        touched = {id for id in aggregates if id.startswith(ROOT)}
        if touched:
            with self._wake:
                self._due |= touched
                self._wake.notify()

    def look_again(self) -> None:
        """Another process may have written any catalogue: returns at once."""
        with self._wake:
            self._due |= self._shards
            self._wake.notify()

    def close(self) -> None:
        """Finish what is being made, then stop; repeating is safe."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._thread.join()

    def _work(self) -> None:
        while (aggregate := self._next()) is not None:
            try:
                self._loads.refresh(aggregate)
            except StoreUnavailable as unavailable:
                log.warning("the first load of %s waits: %s", aggregate, unavailable)
            except OSError:
                log.exception("the first load of %s could not be written", aggregate)

    def _next(self) -> str | None:
        with self._wake:
            self._wake.wait_for(lambda: self._closed or bool(self._due))
            return None if self._closed else self._due.pop()
