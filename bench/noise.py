"""How much of the machine others used meanwhile."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from bench.processes import cpu_seconds

MOST_CORES = 0.15
"""A round in which other processes used more of a core than this is not clean."""


class Noise:
    """Counts from its making on; `pids` are the contenders' processes, busy or idle."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._pids = [os.getpid(), *pids]
        self._began = (time.perf_counter(), _all(), self._ours())

    def cores(self) -> float:
        """Cores that processes other than these and the generator were using, on average."""
        seconds, everything, ours = self._began
        used = (_all() - everything) - (self._ours() - ours)
        return max(0.0, used / (time.perf_counter() - seconds))

    def _ours(self) -> float:
        return sum(cpu_seconds(pid) for pid in self._pids)


def _all() -> float:
    """Seconds of work of all cores since the machine started: user, nice and system; waiting is no work."""
    user, nice, system = (int(one) for one in Path("/proc/stat").read_text().split(None, 4)[1:4])
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")
