"""`python -m bench`: the product beside references and peers, in one run, each server on one core."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import traceback
from contextlib import ExitStack
from pathlib import Path

from bench import report
from bench.figure import Size
from bench.figures import FIGURES
from bench.peers import PEERS
from bench.processes import LOAD_CORE
from bench.report import Found
from bench.running_peers import start
from bench.scaling import PAGE, write_into
from bench.soak import soak

FULL = Size(
    rounds=5, batches_per_phone=10, records=100_000, load_seconds=3.0, phones=200, storms=3,
    growth=(10_000, 100_000, 1_000_000), growth_requests=1_000, jobs=40,
)  # fmt: skip
QUICK = Size(
    rounds=1, batches_per_phone=2, records=8_000, load_seconds=0.5, phones=20, storms=1,
    growth=(2_000, 4_000), growth_requests=50, jobs=10,
)  # fmt: skip
HERE = Path(__file__).parent
_ROWS_FOR_OTHERS = 2_000
"""In a peer's database where no figure pulls everything."""


def main() -> int:
    """Measure, print, write down; 1 when something failed or, without --quick, a bar is missed."""
    asked = _arguments()
    if (os.cpu_count() or 1) < 2:
        print("bench: two cores are needed, one for the server and one for the load", file=sys.stderr)
        return 2
    os.sched_setaffinity(0, {LOAD_CORE})
    if asked.soak:
        return soak(asked.soak, HERE)
    size = QUICK if asked.quick else FULL
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
        found = measured(Path(folder), size, asked.only or list(FIGURES), asked.peers)
    print(report.table(found.figures))
    print(report.about_peers(found.peers))
    if not asked.quick and not asked.only and asked.peers:
        report.write(found, report.facts("python -m bench"), HERE)
        if "servers" not in found.broken and "pull" not in found.broken:
            write_into(PAGE)
    wrong = report.failures(found) + ([] if asked.quick else report.missed(found.figures))
    for sentence in wrong:
        print(f"bench: {sentence}", file=sys.stderr)
    return 1 if wrong else 0


def measured(folder: Path, size: Size, names: list[str], with_peers: bool) -> Found:
    """The figures, one after the other, beside peers that run all the while. One that fails costs no other."""
    with ExitStack() as stack:
        records = size.records if {"pull", "delta"} & set(names) else _ROWS_FOR_OTHERS
        found = Found(start(stack, PEERS if with_peers else (), folder, records))
        for name in names:
            print(f"bench: {name} …", file=sys.stderr, flush=True)
            try:
                found.figures += FIGURES[name](folder, size, found.peers)
            except Exception as error:
                traceback.print_exc()
                found.broken[name] = f"{type(error).__name__}: {error}"
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="a minute instead of a quarter of an hour; writes and judges nothing",
    )
    parser.add_argument(
        "--only", choices=FIGURES, action="append", help="this figure, and others so named; writes nothing"
    )
    parser.add_argument(
        "--no-peers",
        dest="peers",
        action="store_false",
        help="the product and its references; writes nothing",
    )
    parser.add_argument(
        "--soak", type=int, metavar="MINUTES", help="mixed load at half capacity; writes SOAK.md"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
