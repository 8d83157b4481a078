"""A real Chromium on a profile folder that outlives it: opened, closed, killed, opened again."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, Playwright

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def executable() -> str:
    """The installed Chromium; exits with a sentence when there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise SystemExit("no Chromium found: install the package `chromium`, then run this probe again")


@contextmanager
def opened(playwright: Playwright, profile: Path) -> Iterator[BrowserContext]:
    """A browser on `profile`, closed in good order unless it was killed meanwhile."""
    context = playwright.chromium.launch_persistent_context(
        profile, executable_path=executable(), headless=True, args=FLAGS
    )
    try:
        yield context
    finally:
        with suppress(Error):
            context.close()


def ask(page: Page, probe: str, **given: Any) -> Any:
    """The probe's answer from the page."""
    return page.evaluate("([name, given]) => probes[name](given)", [probe, given])


def ask_worker(page: Page, probe: str, **given: Any) -> Any:
    """The probe's answer from the page's service worker."""
    return page.evaluate("([name, given]) => askWorker(name, given)", [probe, given])


def process_of(profile: Path) -> int:
    """The process id of the one browser that runs on `profile` (not of its helpers)."""
    wanted = f"--user-data-dir={profile}"
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            arguments = (entry / "cmdline").read_text().split("\0") if entry.name.isdigit() else []
            if wanted in arguments and not any(one.startswith("--type=") for one in arguments):
                found.append(int(entry.name))
    (process,) = found
    return process


def kill(process: int) -> None:
    """End the browser at once, as a crash or the system's memory killer would."""
    os.kill(process, signal.SIGKILL)
