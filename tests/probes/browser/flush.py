"""Count how often a browser asks the system to put bytes on the disk."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path


def flushes(process: int, work: Callable[[], object], folder: Path) -> int | None:
    """fsync and fdatasync calls while `work` runs; None where strace is absent or refused."""
    strace = shutil.which("strace")
    if strace is None:
        return None
    trace = folder / "trace"
    command = [strace, "-f", "-e", "trace=fsync,fdatasync", "-o", str(trace), "-p", str(process)]
    watcher = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert watcher.stderr is not None
    attached = watcher.stderr.readline()  # strace says so once it watches
    if "attached" not in attached:
        watcher.wait()
        return None
    work()
    watcher.send_signal(signal.SIGINT)
    watcher.communicate()
    return sum("sync(" in line for line in trace.read_text().splitlines())
