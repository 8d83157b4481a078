"""The parent's side of the confined process: start it, wait for it, kill it, and believe only what can be checked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import msgspec

from media.inspection.fault import FAULTS
from media.renditions.task import REPORT_FILE, TASK_FILE, Report, Task

_ROOT = Path(__file__).resolve().parents[2]
_START = "import sys; sys.path.insert(0, sys.argv[1]); import media.renditions.__main__"
"""Isolated mode knows no folder but the interpreter's own: where the product lies is told."""
_ERRORS_FILE = "errors.txt"
_LONGEST_REPORT = 65_536
_LONGEST_ERROR = 300
_CRASHES = frozenset({signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL})


class ProcessFailed(RuntimeError):
    """It ended without a report for a reason that need not be the file's: to be tried again."""


class ProcessStopped(Exception):
    """The server is ending; nothing is known about the file."""


class Processes:
    """Runs tasks, each in a process of its own; any number of threads may."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def run(self, task: Task, source: int, folder: Path) -> Report:
        """The report about the file that is open at descriptor `source`; renditions are in `folder` afterwards.

        A file that makes its process crash, or use more than its limits, is reported as not fit. Raises ProcessFailed,
        ProcessStopped.
        """
        (folder / TASK_FILE).write_bytes(msgspec.json.encode(task))
        with (folder / _ERRORS_FILE).open("wb") as errors:
            process = self._started(source, folder, errors.fileno())
        try:
            process.wait(task.limits.wall_seconds)
        except subprocess.TimeoutExpired:
            raise ProcessFailed(f"not done after {task.limits.wall_seconds:g} seconds") from None
        finally:
            self._end(process)
        if self._stopped:
            raise ProcessStopped
        return _report(process.returncode, folder)

    def close(self) -> None:
        """Kill what runs, and start nothing more. Repeating is safe."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                _kill(process)

    def _started(self, source: int, folder: Path, errors: int) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._stopped:
                raise ProcessStopped
            process = subprocess.Popen(
                [sys.executable, "-I", "-c", _START, str(_ROOT)],
                stdin=source,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                cwd=folder,
                env={},
                start_new_session=True,
            )
            self._running.add(process)
            return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            _kill(process)
            self._running.discard(process)
        process.wait()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """It and whatever it may have started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _report(code: int, folder: Path) -> Report:
    if code == -signal.SIGXCPU:
        return Report(fault="too_costly")
    if -code in _CRASHES:
        return Report(fault="damaged")
    if code:
        raise ProcessFailed(f"ended with {code}: {_last_error(folder)}")
    try:
        with open(folder / REPORT_FILE, "rb", opener=_plain) as file:
            report = msgspec.json.decode(file.read(_LONGEST_REPORT), type=Report)
    except (OSError, msgspec.DecodeError):
        raise ProcessFailed(f"ended without a report: {_last_error(folder)}") from None
    if (report.found is None) == (report.fault is None) or report.fault not in (None, *FAULTS):
        raise ProcessFailed("the report contradicts itself")
    return report


def _last_error(folder: Path) -> str:
    said = (folder / _ERRORS_FILE).read_bytes()[-4096:].decode("utf-8", "replace").strip()
    return said.splitlines()[-1][:_LONGEST_ERROR] if said else "no word"


def _plain(path: str, flags: int) -> int:
    """Never through a link: the process could have made one."""
    return os.open(path, flags | os.O_NOFOLLOW)
