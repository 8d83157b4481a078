"""Server processes that are measured together: what they have worked, and how much memory they took."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SERVER_CORE = 0
LOAD_CORE = 1
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Running:
    """A contender that answers on a loopback port."""

    port: int
    server: Sequence[int]
    """The processes of the server itself; their children count as theirs."""
    database: Sequence[int] = ()
    """The same of a database server beside it."""
    _worked_before: float = 0.0

    @property
    def pids(self) -> list[int]:
        """Every process, those of the database included."""
        return family([*self.server, *self.database])

    def cpu_seconds(self) -> float:
        """What all of them have worked since the last `forget`, kernel time included."""
        return self._worked() - self._worked_before

    def peak_mib(self, name: str = "VmHWM") -> float:
        """The server's peak memory since the last `forget` without its database's, or its present one with VmRSS."""
        return sum(_status_kib(pid, name) for pid in family(self.server)) / 1024

    def forget(self) -> None:
        """Count peak memory and work from now on."""
        for pid in family(self.server):
            Path(f"/proc/{pid}/clear_refs").write_text("5")
        self._worked_before = self._worked()

    def _worked(self) -> float:
        return cpu_of([*self.server, *self.database])


@contextmanager
def on_cores(*cores: int) -> Iterator[None]:
    """Processes that are started here stay on these cores; the caller returns to its own."""
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, own)


def family(roots: Sequence[int]) -> list[int]:
    """These processes and all that descend from them."""
    children: dict[int, list[int]] = {}
    for one in Path("/proc").iterdir():
        if one.name.isdigit() and (fields := _stat(int(one.name))):
            children.setdefault(int(fields[1]), []).append(int(one.name))
    found, waiting = [], list(roots)
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def cpu_of(roots: Sequence[int]) -> float:
    """What these processes and their descendants have worked, in seconds."""
    return sum(cpu_seconds(pid) for pid in family(roots))


def cpu_seconds(pid: int) -> float:
    """Seconds that a process has worked, with threads, kernel time and ended children; 0 when it is gone."""
    fields = _stat(pid)
    return sum(int(one) for one in fields[11:15]) / _TICKS if fields else 0.0


def _stat(pid: int) -> list[str]:
    """What follows the name in /proc/<pid>/stat: the state first, then the parent; empty for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _status_kib(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    raise RuntimeError(f"process {pid} has ended")
