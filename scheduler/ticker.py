"""What calls the tick again and again. APScheduler, with its jobs in memory: what is due is the database's to know."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC

from apscheduler.schedulers.background import BackgroundScheduler

from sync.store import StoreUnavailable

log = logging.getLogger(__name__)

TICK_SECONDS = 5.0


class Ticker:
    """Ticks in a thread of its own, one tick at a time; a tick that is missed is not made up for."""

    def __init__(self, tick: Callable[[], object], seconds: float = TICK_SECONDS) -> None:
        self._tick = tick
        self._seconds = seconds
        self._scheduler = BackgroundScheduler(timezone=UTC)

    def start(self) -> None:
        """Begin; the first tick comes after one interval."""
        self._scheduler.add_job(
            self._once,
            "interval",
            seconds=self._seconds,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        self._scheduler.start()

    def close(self) -> None:
        """Let a running tick end, and begin no other. Repeating is safe."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _once(self) -> None:
        try:
            self._tick()
        except StoreUnavailable as problem:
            log.warning("no tick, the database cannot be used: %s", problem)
