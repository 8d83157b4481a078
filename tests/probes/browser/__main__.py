"""Asks every question of a fresh profile and prints the table; exit 1 when a ground of decision 0002 fell."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from . import credential, offline, outbox, storage
from .chromium import FLAGS, executable
from .finding import Finding, table
from .origin import Origin


def main() -> int:
    findings: list[Finding] = []
    origin = Origin()
    with (
        TemporaryDirectory(prefix="doorstep-probe-", ignore_cleanup_errors=True) as name,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=executable(), headless=True, args=FLAGS)
        print(f"Chromium {browser.version}, {sys.platform}, headless", flush=True)
        browser.close()
        for part in (credential, storage, offline, outbox):
            print(f"asking: {part.__name__.rpartition('.')[2]}", file=sys.stderr, flush=True)
            origin.start()
            try:
                findings.extend(part.measure(playwright, origin, Path(name)))
            finally:
                origin.stop()
    print(table(findings))
    fallen = [finding for finding in findings if finding.holds is False]
    return 1 if fallen else 0


if __name__ == "__main__":
    raise SystemExit(main())
