"""A peer's server process on the servers' core, from its start to its end."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.load import ask
from bench.processes import SERVER_CORE, on_cores

_START_SECONDS = 60
_LOOK_SECONDS = 0.1


@contextmanager
def program(
    command: Sequence[str], folder: Path, port: int, first: bytes, environ: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Run it in `folder`, give its process id once it answers `first` with a success, end it afterwards.

    Raises RuntimeError with the end of its log when it does not answer.
    """
    log = folder / "log"
    with log.open("ab") as output, on_cores(SERVER_CORE):
        process = subprocess.Popen(
            [*command], cwd=folder, env=environ, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        _wait(process, port, first, log)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, first: bytes, log: Path) -> None:
    ends = time.monotonic() + _START_SECONDS
    why: Exception = RuntimeError("it was not asked")
    while time.monotonic() < ends and process.poll() is None:
        try:
            ask(port, first)
            return
        except (OSError, RuntimeError) as error:
            why = error
            time.sleep(_LOOK_SECONDS)
    raise RuntimeError(f"it does not answer ({why}); its log ends: {log.read_text(errors='replace')[-800:]}")
