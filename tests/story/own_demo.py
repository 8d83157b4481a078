"""A throw-away demo: its own folder, its own port, stopped by its process id."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.parts.free_port import LOOPBACK, free_port
from tests.story.company import NoDemo

START_SECONDS = 240.0
STOP_SECONDS = 20.0
_POLL_SECONDS = 0.2
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "TZ")


@contextmanager
def own_demo(folder: Path) -> Iterator[Path]:
    """Build and serve a demo in `folder`; gives its demo.json. Raises `NoDemo` with the log's end."""
    port = free_port()
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    place = {"DOORSTEP_PORT": str(port), "DOORSTEP_BASE_URL": f"http://{LOOPBACK}:{port}"}
    log = folder / "demo.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("doorstep")), "demo"],
            cwd=folder,
            env={**kept, **place},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        file = folder / "var" / "demo.json"
        _wait(process, file, log)
        yield file
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)


def _wait(process: subprocess.Popen[bytes], file: Path, log: Path) -> None:
    """Until the file is there as a whole; whoever reads it waits for the server itself."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            time.sleep(_POLL_SECONDS)
        else:
            return
    end = log.read_text(encoding="utf-8", errors="replace")[-1500:]
    raise NoDemo((f"The throw-away demo did not start: {end}", f"临时演示系统未能启动：{end}"))
