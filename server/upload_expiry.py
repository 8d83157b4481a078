"""Uploads that nobody goes on with are given up after the longest time that a phone may be offline: bytes are freed.

So are bytes that a crash has left without a row.
"""

from __future__ import annotations

import logging

from media.refusal import UploadRefused
from media.register import UploadChanged
from media.uploads import Uploads
from scheduler.ticker import Ticker

EVERY_SECONDS = 3600.0

log = logging.getLogger(__name__)


class UploadExpiry:
    """Looks every hour. Any number of processes may: an upload that went on meanwhile is left alone."""

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads
        self._ticker = Ticker(self.look, EVERY_SECONDS)

    def start(self) -> None:
        """Begin; the first look comes after an hour."""
        self._ticker.start()

    def close(self) -> None:
        """Let a running look end, and begin no other. Repeating is safe."""
        self._ticker.close()

    def look(self) -> int:
        """Give up what has expired; returns how many. A store that does not answer is asked again in an hour."""
        ended = 0
        try:
            while found := self._uploads.expire():
                ended += found
            self._uploads.sweep()
        except (UploadChanged, UploadRefused) as problem:
            log.warning("not all expired uploads were given up: %s", problem)
        return ended
