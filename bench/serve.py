"""A server process on the first core: ours as `doorstep serve` runs it, or a reference on the same uvicorn settings."""

from __future__ import annotations

import argparse
import importlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.company import SECRET
from bench.noise import cpu_seconds

SERVER_CORE = 0
LOAD_CORE = 1
OURS = "ours"


@dataclass
class Server:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]
    worked_before: float = 0.0

    def memory_mib(self, name: str = "VmHWM") -> float:
        """Its peak memory since the last `forget`, or with VmRSS its present one."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) / 1024
        raise RuntimeError("the server has ended")

    def cpu_seconds(self) -> float:
        """What it has worked since the last `forget`, its kernel time included."""
        return cpu_seconds(self.process.pid) - self.worked_before

    def forget(self) -> None:
        """Count peak memory and work from now on."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")
        self.worked_before = cpu_seconds(self.process.pid)


@contextmanager
def serving(kind: str, folder: Path, *arguments: str) -> Iterator[Server]:
    """Start `bench.serve <kind>`, give it once it answers, end it afterwards. Its log lies in `folder`."""
    with (folder / f"{kind}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.serve", kind, str(folder), *arguments],
            cwd=Path(__file__).parents[1],
            stdout=subprocess.PIPE,
            stderr=log,
        )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{kind} did not start: {(folder / f'{kind}.log').read_text()[-2000:]}")
        yield Server(int(line), process)
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def main() -> None:
    """Serve until SIGTERM; the port is the one line of standard output."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind")
    parser.add_argument("folder", type=Path)
    parser.add_argument("given", nargs="*")
    asked = parser.parse_args()
    os.sched_setaffinity(0, {SERVER_CORE})
    if asked.kind == OURS:
        _ours(asked.folder, *asked.given)
    else:
        _reference(asked.kind, asked.folder, *asked.given)


def _ours(folder: Path, database: str) -> None:
    from server.listen import listen
    from server.settings import read_settings

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = read_settings(
        {
            "DOORSTEP_DATABASE_URL": f"sqlite:///{folder / database}",
            "DOORSTEP_BLOB_STORE_URL": f"file:{folder / 'blobs'}",
            "DOORSTEP_SECRET": SECRET,
            "DOORSTEP_PORT": str(port),
        }
    )
    listen(settings, lambda _: print(port, flush=True))


def _reference(kind: str, folder: Path, *given: str) -> None:
    import uvicorn

    from server.http_config import http_config

    app = importlib.import_module(f"bench.{kind}").application(folder, *given)
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    listening.setblocking(False)
    print(listening.getsockname()[1], flush=True)
    config = http_config(app)
    config.lifespan = "off"
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
