"""Whether a server that says "stored" has asked the disk: seen by strace, batch by batch, not believed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.processes import Running

_CALLS = ("fsync", "fdatasync", "msync", "sync_file_range")
_ATTACH_SECONDS = 20
PUSHES = 10


@dataclass(frozen=True)
class Durability:
    """What was seen while batches were stored one after the other."""

    pushes: int
    syncs: int | None
    """None when strace cannot be had."""

    @property
    def is_durable(self) -> bool:
        """Whether there was at least one flush for each."""
        return self.syncs is not None and self.syncs >= self.pushes

    def sentence(self) -> str:
        """For the results."""
        if self.syncs is None:
            return "not observed: strace cannot be had here, so it counts as not durable"
        return f"{self.syncs} flushes to disk during {self.pushes} batches: {'' if self.is_durable else 'not '}durable"


def observed(running: Running, push: Callable[[], None], log: Path) -> Durability:
    """Let `push` store a batch several times, and count the flushes of all the server's processes."""
    if not _have_strace():
        return Durability(PUSHES, None)
    watched = [part for pid in running.pids for part in ("-p", str(pid))]
    calls = f"trace={','.join(_CALLS)}"
    command = ["strace", "--follow-forks", "--quiet=exit", "-e", calls, "-o", str(log), *watched]
    strace = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait_until_watched(running.pids, strace)
        for _ in range(PUSHES):
            push()
    finally:
        strace.send_signal(signal.SIGINT)
        strace.wait(10)
    seen = [line for line in log.read_text().splitlines() if any(f" {call}(" in line for call in _CALLS)]
    return Durability(PUSHES, len(seen))


def _wait_until_watched(pids: list[int], strace: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + _ATTACH_SECONDS
    while time.monotonic() < ends and strace.poll() is None:
        if all(_tracer(pid) == strace.pid for pid in pids):
            return
        time.sleep(0.02)
    raise RuntimeError("strace cannot watch the server")


def _tracer(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("TracerPid:"):
            return int(line.split()[1])
    return 0


def _have_strace() -> bool:
    if shutil.which("strace") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "--yes", "--no-install-recommends", "strace"]):
            subprocess.run(["apt-get", "-qq", *command], env=quiet, stdin=subprocess.DEVNULL, check=False)
    return shutil.which("strace") is not None
