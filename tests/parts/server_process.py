"""The real server as its own process, started, stopped and killed by process id."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.parts.free_port import LOOPBACK, free_port

START_SECONDS = 30.0
STOP_SECONDS = 20.0
POLL_SECONDS = 0.02
SERVE = (str(Path(sys.executable).with_name("doorstep")), "serve")
SECRET = "a secret that only tests know, 32 characters or more"
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "TMPDIR", "TZ")


@dataclass
class ServerProcess:
    """A running server; `log` holds what it wrote, errors included."""

    base_url: str
    process: subprocess.Popen[bytes]
    log: Path

    def stop(self) -> int:
        """Ask it to end (SIGTERM), wait, and return its exit status; repeating is safe."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """End it as a power cut would end the process (SIGKILL); nothing of it runs afterwards."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(STOP_SECONDS)


@contextmanager
def running_server(
    folder: Path, variables: Mapping[str, str], *, command: Sequence[str] = SERVE, port: int | None = None
) -> Iterator[ServerProcess]:
    """Start the server in `folder` with these DOORSTEP_* variables, wait for its health, and kill it at the end.

    Host, port, base URL and a secret are given to it unless `variables` hold them. Of the tests' own
    environment it sees nothing but PATH and its kind. The same `port` again follows a restart.
    """
    server = start_server(folder, variables, command=command, port=port)
    try:
        yield server
    finally:
        server.kill()


def start_server(
    folder: Path, variables: Mapping[str, str], *, command: Sequence[str] = SERVE, port: int | None = None
) -> ServerProcess:
    """As `running_server`, for a caller who ends it; raises RuntimeError with its log when it does not start."""
    chosen = port or free_port()
    base_url = f"http://{LOOPBACK}:{chosen}"
    own = {
        "DOORSTEP_HOST": LOOPBACK,
        "DOORSTEP_PORT": str(chosen),
        "DOORSTEP_BASE_URL": base_url,
        "DOORSTEP_SECRET": SECRET,
    }
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    log = folder / f"server-{chosen}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*command],
            cwd=folder,
            env={**kept, **own, **variables},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    server = ServerProcess(base_url, process, log)
    if not _becomes_healthy(server):
        server.kill()
        raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")
    return server


def _becomes_healthy(server: ServerProcess) -> bool:
    deadline = time.monotonic() + START_SECONDS
    # The loopback address never goes through a proxy, whatever the environment says.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            with direct.open(f"{server.base_url}/v1/health", timeout=STOP_SECONDS) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(POLL_SECONDS)
    return False
