"""A small demo as its own process, and shell blocks of our pages run against it as a reader would paste them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.parts.free_port import LOOPBACK, free_port

ROOT = Path(__file__).resolve().parents[2]
CODE = f"{ROOT}{os.pathsep}{ROOT / 'clients' / 'python'}"
"""What is tested is what lies here, wherever `.venv` has the project from."""
SMALL = (sys.executable, "-m", "tests.demo.small")
MINUTES = 3
START_SECONDS = 180.0
STOP_SECONDS = 20.0
POLL_SECONDS = 0.1
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Served:
    """A folder like a clone after `make demo`: `.venv` and `var/` lie in it, and the demo runs."""

    folder: Path
    base_url: str

    def run(self, blocks: list[str]) -> str:
        """Paste the blocks into one shell, one after the other; what it printed. The first failure fails the test."""
        script = "\n".join(blocks)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": CODE, "HOME": str(self.folder), "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=60 * MINUTES,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout


@contextmanager
def served_demo(folder: Path) -> Iterator[Served]:
    """Build and serve a small company in `folder`, on a port of its own, until the end of the block."""
    assert shutil.which("curl"), "curl is not installed; on Debian: apt-get install curl"
    (folder / ".venv").symlink_to(Path(sys.executable).parent.parent)
    for outside in ("openapi", "clients"):
        (folder / outside).symlink_to(ROOT / outside)
    port = free_port()
    log = folder / "demo.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*SMALL],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": CODE, "DOORSTEP_PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        _wait_until_it_serves(process, log)
        yield Served(folder, f"http://{LOOPBACK}:{port}")
    finally:
        process.kill()
        process.wait(STOP_SECONDS)


def _wait_until_it_serves(process: subprocess.Popen[bytes], log: Path) -> None:
    """It says so itself; the port is open before, while the company is being built."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if b"demo: serving on" in log.read_bytes():
            return
        time.sleep(POLL_SECONDS)
    raise RuntimeError(f"the demo did not start: {log.read_text(errors='replace')[-2000:]}")


def blocks(page: Path, language: str, heading: str = "") -> list[str]:
    """The fenced blocks of a language, in order, of the whole page or of the section under a heading."""
    text = page.read_text(encoding="utf-8")
    if heading:
        assert f"\n{heading}\n" in text, f"{page.name} has no section {heading}"
        text = text.split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0]
    found = [block for named, block in _FENCE.findall(text) if named == language]
    assert found, f"{page.name}: no block of {language}"
    return found
