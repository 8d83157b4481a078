"""A parent that has imported everything once and forks a server per life: a kill costs milliseconds, not seconds.

A process of its own, because it must be single-threaded when it forks. It listens on the socket that every child
inherits: whoever connects between two lives waits in the queue instead of being refused.
"""

from __future__ import annotations

import ctypes
import gc
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import NoReturn

import msgspec

from tests.kills.child import Home, Server

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


class Nursery:
    """The tests' side: begin a life, and learn how it ended."""

    def __init__(self, home: Home) -> None:
        with (Path(home.folder) / "server.log").open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.kills.nursery", msgspec.json.encode(home).decode()],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
            )
        self.port = int(self._line())
        self._child = 0

    def begin(self, generation: int) -> None:
        """Fork a server; it answers as soon as it can."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"%d\n" % generation)
        self._process.stdin.flush()
        self._child = int(self._line())

    def kill(self) -> None:
        """End the present life, wherever it is, and wait until it has ended."""
        os.kill(self._child, signal.SIGKILL)
        self.ended()

    def ended(self) -> int:
        """Wait for the end of the present life; returns the signal that ended it."""
        self._child = 0
        return int(self._line())

    def has_ended(self, within_seconds: float) -> bool:
        """Wait so long at most for the end of the present life."""
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], within_seconds)[0])

    def close(self) -> None:
        """End everything that was started."""
        if self._child:
            self.kill()
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(START_SECONDS)
        self._process.stdout.close()

    def _line(self) -> bytes:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def main() -> None:
    """Fork a child for every number on standard input; write its id, and the signal that ended it."""
    end_with_parent()
    server = Server(msgspec.json.decode(sys.argv[1], type=Home))
    assert threading.active_count() == 1, "only the one who forks"
    listening = socket.create_server(("127.0.0.1", 0))
    _say(listening.getsockname()[1])
    gc.freeze()
    for line in sys.stdin.buffer:
        child = os.fork()
        if child == 0:
            _live(server, int(line), listening)
        _say(child)
        _, status = os.waitpid(child, 0)
        _say(os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0)


def _live(server: Server, generation: int, listening: socket.socket) -> NoReturn:
    try:
        end_with_parent()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1):
            os.dup2(nowhere, standard)
        server.live(generation, listening)
    finally:
        os._exit(1)


def end_with_parent() -> None:
    """A test process that is killed outright cannot end what it started; on Linux the kernel does it instead."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
