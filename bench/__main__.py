"""`python -m bench`: three figures beside three references, in one run, on one core."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from bench import report
from bench.figures import Figure, Size, poll, pull, push
from bench.serve import LOAD_CORE

FULL = Size(rounds=5, batches_per_phone=10, pull_records=100_000, poll_seconds=4.0)
QUICK = Size(rounds=1, batches_per_phone=2, pull_records=8_000, poll_seconds=0.5)
HERE = Path(__file__).parent


def main() -> int:
    """Measure, print, write down; 1 when a bar is missed (never with --quick, which proves only that it runs)."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="seconds instead of minutes; writes and judges nothing"
    )
    parser.add_argument("--only", choices=("push", "pull", "poll"), help="one figure; writes nothing")
    asked = parser.parse_args()
    if (os.cpu_count() or 1) < 2:
        print("bench: two cores are needed, one for the server and one for the load", file=sys.stderr)
        return 2
    os.sched_setaffinity(0, {LOAD_CORE})
    size = QUICK if asked.quick else FULL
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
        figures = measured(Path(folder), size, asked.only)
    print(report.table(figures))
    if asked.quick or asked.only:
        return 0
    report.write(figures, report.facts("python -m bench"), HERE)
    for sentence in report.missed(figures):
        print(f"bench: missed: {sentence}", file=sys.stderr)
    return 1 if report.missed(figures) else 0


def measured(folder: Path, size: Size, only: str | None) -> list[Figure]:
    """The figures, one after the other; polls ask the phones that have pushed."""
    figures = []
    print("bench: push …", file=sys.stderr, flush=True)
    if only != "pull":
        pushed, phones = push(folder, size if only != "poll" else QUICK)
        figures += [pushed] if only != "poll" else []
    if only in (None, "pull"):
        print("bench: first pull …", file=sys.stderr, flush=True)
        figures.append(pull(folder, size))
    if only in (None, "poll"):
        print("bench: poll …", file=sys.stderr, flush=True)
        figures.append(poll(folder, size, phones))
    return figures


if __name__ == "__main__":
    sys.exit(main())
