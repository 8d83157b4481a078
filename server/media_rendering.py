"""What calls the media jobs again and again: ticks of their own, so that no visit's reminder waits behind a film."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from domain.remind_media import MEDIA_INSPECT, MEDIA_PROXY
from media.inspection.limits import GLANCE, TRANSCODE, Limits
from media.renditions.process import Processes, ProcessStopped
from scheduler.queue import ReminderQueue
from scheduler.tick import Job, Tick
from scheduler.ticker import Ticker
from server.media_work import MediaWork
from server.private_files import private_folder
from sync.engine import Engine

TICK_SECONDS = 1.0
_SPARE_SECONDS = 60
"""Of a lease, beyond the longest that the process may take: for the store, and for writing."""
_OLD_SECONDS = 3600
"""Whatever is older in the folder belongs to nobody: no process takes so long."""

log = logging.getLogger(__name__)


class Rendering:
    """Glances and proxies, one of each at a time in this server process."""

    def __init__(
        self, engine: Engine, queue: ReminderQueue, work: MediaWork, processes: Processes, folder: Path
    ) -> None:
        self._processes = processes
        self._folder = folder
        self.glances = _ticks(engine, queue, {MEDIA_INSPECT: work.inspect}, GLANCE)
        self.proxies = _ticks(engine, queue, {MEDIA_PROXY: work.code}, TRANSCODE)
        self._tickers = [Ticker(tick, TICK_SECONDS) for tick in (self.glances, self.proxies)]

    def start(self) -> None:
        """Begin. What a killed process left in the folder is removed."""
        private_folder(self._folder)
        for left in self._folder.iterdir():
            if time.time() - left.stat().st_mtime > _OLD_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
        for ticker in self._tickers:
            ticker.start()

    def close(self) -> None:
        """End what runs; its job waits for its lease to run out. Repeating is safe."""
        self._processes.close()
        for ticker in self._tickers:
            ticker.close()


def _ticks(engine: Engine, queue: ReminderQueue, jobs: dict[str, Job], limits: Limits) -> Callable[[], None]:
    """One claim at a time: a lease covers one run of the process, and not a queue of them."""
    lease_seconds = round(limits.wall_seconds) + _SPARE_SECONDS
    tick = Tick(engine, queue, jobs, lease_seconds=lease_seconds, at_once=1)

    def once() -> None:
        try:
            tick()
        except ProcessStopped:
            log.info("a media job is left for the next start")

    return once
