"""`make faults`: more than a hundred kills of the serving process under load, and every other fault; with figures.

    python -m tests.faults [--kills N] [--only-kills] [--json FILE]

Recovery is from the kill until a phone had the result of new work again: the start of the next process included. On a
machine that is busy with other things, what the new process waited for a core is told apart.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.world import world
from tests.parts.postgres import running_postgres

WORST_SECONDS = 5.0
"""p99 of recovery, less what the new process waited for a core."""
MORE_CUTS = "120"
FOLDER = Path(__file__).parent
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Run; 0 when nothing was lost and recovery was quick enough."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=60, help="on each database")
    parser.add_argument("--only-kills", action="store_true", help="not the tests of this folder")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and of the work")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    given = parser.parse_args()
    figures = [
        kills(name, url, given.kills, given.seed)
        for name, url in (("sqlite", _sqlite), ("postgresql", _postgres))
    ]
    found = {
        "kills": sum(one["kills"] for one in figures),
        "databases": figures,
        "python": platform.python_version(),
    }
    print(json.dumps(found))
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    slow = [one for one in figures if one["own_recovery_p99_seconds"] > WORST_SECONDS]
    for one in slow:
        print(
            f"faults: recovery on {one['database']} took {one['own_recovery_p99_seconds']} s (p99)",
            file=sys.stderr,
        )
    os.environ.setdefault("FAULTS_CUTS", MORE_CUTS)
    tests = 0 if given.only_kills else int(pytest.main(["-q", "-p", "no:cacheprovider", str(FOLDER)]))
    return 1 if slow or tests else 0


def kills(name: str, database: Any, count: int, seed: int) -> dict[str, Any]:
    """Kill so often, at random, under the load of four phones; every promise is checked at each kill and at the end."""
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        database(Path(folder)) as url,
        world(url, Path(folder), seed=seed) as made,
    ):
        others = _Others()
        for number in range(1, count + 1):
            made.load(made.dice.uniform(0.0, 0.6))
            made.kill_and_begin_again()
            if number % 10 == 0:
                print(f"faults: {name}: {number} kills, {made.fleet.acknowledged()} acknowledged", flush=True)
        busy = others.cores()
        made.check()
        return {
            "database": name,
            "kills": made.kills,
            "acknowledged": made.fleet.acknowledged(),
            **_quantiles("recovery", made.recoveries),
            **_quantiles(
                "own_recovery",
                [all - other for all, other in zip(made.recoveries, made.starved, strict=True)],
            ),
            **_quantiles("all_phones", made.all_back),
            "cores_used_by_all": busy,
            "seconds": round(time.monotonic() - began, 1),
        }


def _quantiles(name: str, seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)

    def at(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)

    return {
        f"{name}_p50_seconds": at(0.5),
        f"{name}_p99_seconds": at(0.99),
        f"{name}_max_seconds": round(ordered[-1], 2),
    }


class _Others:
    """How much of the machine was used meanwhile, by whomever: a busy one recovers later, and that is no fault."""

    def __init__(self) -> None:
        self._began, self._used = time.monotonic(), self._read()

    def cores(self) -> float | None:
        """Cores in use on average since the beginning; None where the system does not tell."""
        if self._used is None:
            return None
        now = self._read()
        return round((now - self._used) / (time.monotonic() - self._began), 2) if now is not None else None

    @staticmethod
    def _read() -> float | None:
        try:
            fields = Path("/proc/stat").read_text().splitlines()[0].split()
        except OSError:
            return None
        user, nice, system, _, _, irq, softirq, *_ = (int(one) for one in fields[1:])
        return (user + nice + system + irq + softirq) / _TICKS


@contextmanager
def _sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'doorstep.db'}"


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    with running_postgres(fsync=True, synchronous_commit=True) as cluster:
        yield cluster.fresh_database()


if __name__ == "__main__":
    sys.exit(main())
