"""A server process on its own core: ours as `doorstep serve` runs it, or a reference on the same uvicorn settings."""

from __future__ import annotations

import argparse
import importlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.company import SECRET
from bench.figure import OURS
from bench.processes import SERVER_CORE, Running, on_cores


@contextmanager
def serving(kind: str, folder: Path, *arguments: str, core: int = SERVER_CORE) -> Iterator[Running]:
    """Start `bench.serve <kind>`, give it once it answers, end it afterwards. Its log lies in `folder`."""
    with (folder / f"{kind}.log").open("ab") as log, on_cores(core):
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
        yield Running(int(line), [process.pid])
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
            "DOORSTEP_DATABASE_URL": database if "://" in database else f"sqlite:///{folder / database}",
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
