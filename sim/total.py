"""What many runs come to, in one line; `python -m sim.total FILE...` adds the lines of several pieces up."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from sim.fault import KINDS as FAULTS
from sim.run import Case, Outcome

POLICIES = (
    "append",
    "counter",
    "first",
    "immutable",
    "lww_with_inbox",
    "machine",
    "manual",
    "max",
    "owner",
    "set_union",
    "text",
)
LEAST_PAIRS = 1000
LEAST_FAULTS = 100
LEAST_ON_SQLITE, LEAST_ON_POSTGRES = 0.20, 0.05
RELATIONS = ("sequential", "concurrent", "superseded", "late")
Line = dict[str, Any]
_COUNTS = ("ops", "steps", "cpu_seconds")
_TABLES = ("databases", "faults", "pairs", "statuses")


class Total:
    """What has been played so far. It begins with a zero for all that must be met."""

    def __init__(self) -> None:
        self.pieces: list[tuple[int, int]] = []
        """(seed of the first run, runs) of each piece that was added."""
        self.runs = 0
        self.counts: Counter[str] = Counter(dict.fromkeys(_COUNTS, 0))
        self.tables: dict[str, Counter[str]] = {name: Counter() for name in _TABLES}
        self.tables["faults"].update(dict.fromkeys(FAULTS, 0))
        self.tables["pairs"].update(
            {f"{policy} {relation}": 0 for policy in POLICIES for relation in RELATIONS[:2]}
        )
        self.violations: list[Line] = []
        self.seconds = 0.0

    def add(self, outcome: Outcome) -> None:
        """One more run."""
        self.runs += 1
        for name in _COUNTS:
            self.counts[name] += getattr(outcome, name)
        for name, table in (
            ("faults", outcome.faults),
            ("pairs", outcome.pairs),
            ("statuses", outcome.statuses),
        ):
            self.tables[name].update(table)
        self.tables["databases"][outcome.case.db] += 1
        if outcome.invariant is not None:
            self.violations.append(_told(outcome))

    def add_piece(self, line: Line) -> None:
        """All runs of a piece, by the line with which it ended; ValueError when some of them are here already."""
        for first, runs in line["pieces"]:
            if any(first < begun + many and begun < first + runs for begun, many in self.pieces):
                raise ValueError(f"seeds from {first} on were counted already")
            self.pieces.append((first, runs))
        self.runs += line["seeds"]
        self.seconds += line["seconds"]
        for name in _COUNTS:
            self.counts[name] += line[name]
        for name in _TABLES:
            self.tables[name].update(line[name])
        self.violations += line["violations"]

    def missing(self) -> list[str]:
        """What a run of 500 seeds must have met and has not, each as a sentence."""
        pairs, faults, databases = (self.tables[name] for name in ("pairs", "faults", "databases"))
        found = [
            f"{policy} met concurrent words {pairs[f'{policy} concurrent']} times, not {LEAST_PAIRS}"
            for policy in POLICIES
            if pairs[f"{policy} concurrent"] < LEAST_PAIRS
        ]
        found += [
            f"{fault} happened {faults[fault]} times, not {LEAST_FAULTS}"
            for fault in FAULTS
            if faults[fault] < LEAST_FAULTS
        ]
        shares = (("sqlite", LEAST_ON_SQLITE), ("postgres", LEAST_ON_POSTGRES))
        found += [
            f"{databases[db]} of {self.runs} runs were on {db}"
            for db, share in shares
            if databases[db] < share * self.runs
        ]
        return found

    def line(self) -> Line:
        """The last line of `--json`. `seconds` are by the clock, of pieces one after the other."""
        return {
            "seeds": self.runs,
            "pieces": sorted(self.pieces),
            **{name: round(count, 1) for name, count in self.counts.items()},
            **{name: dict(sorted(table.items())) for name, table in self.tables.items()},
            "violations": self.violations,
            "seconds": round(self.seconds, 1),
            "seeds_per_second": round(self.runs / self.seconds, 2) if self.seconds else 0.0,
        }


def _told(outcome: Outcome) -> Line:
    case = outcome.case
    return {"seed": case.seed, "db": case.db, "invariant": outcome.invariant, "repeat": repeat(case)}


def repeat(case: Case) -> str:
    """The command that plays a case again."""
    if case.faults is None and case.work is None and case.events is None:
        return f"python -m sim --seed {case.seed} --ops {case.ops} --db {case.db}"
    return f"python -m sim --case '{msgspec.json.encode(case).decode()}'"


def add_up(files: Iterable[Path]) -> Total:
    """The total of pieces, each a file that ends with its line; ValueError names the file that does not."""
    total = Total()
    for file in files:
        try:
            total.add_piece(json.loads(file.read_text(encoding="utf-8").splitlines()[-1]))
        except (ValueError, IndexError, KeyError, TypeError) as problem:
            raise ValueError(f"{file} does not end with the line of a piece: {problem}") from problem
    return total


def main(argv: Sequence[str] | None = None) -> int:
    """Add pieces up, and print one line; 1 when a promise was broken, or less was covered than must be."""
    parser = argparse.ArgumentParser(prog="python -m sim.total", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="what `--json` printed")
    total = add_up(parser.parse_args(argv).files)
    print(json.dumps(total.line(), ensure_ascii=False))
    missing = total.missing()
    for sentence in missing:
        print(f"sim: not covered: {sentence}", file=sys.stderr)
    return 1 if total.violations or missing else 0


if __name__ == "__main__":
    sys.exit(main())
