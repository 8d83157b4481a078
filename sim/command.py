"""The arguments, and what is printed: the same for `python -m sim` and `doorstep sim`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence

import msgspec

import sim
from sim.many import Clusters, cases, database_of, play_all
from sim.run import Case, Outcome, play
from sim.shrink import shrink
from sim.total import Total, repeat


def main(argv: Sequence[str] | None = None) -> int:
    """Read the arguments and simulate; 1 when a promise was broken, or less was covered than was asked for."""
    parser = argparse.ArgumentParser(prog="python -m sim", description=sim.__doc__)
    _declare(parser)
    return _run(parser.parse_args(argv))


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seeds", type=int, default=50, metavar="N", help="so many runs (50)")
    parser.add_argument("--first", type=int, default=0, metavar="SEED", help="seed of the first run (0)")
    parser.add_argument(
        "--ops", type=int, default=400, metavar="M", help="operations that people make in a run (400)"
    )
    parser.add_argument(
        "--db", choices=("memory", "sqlite", "postgres", "mix"), default="mix", help="the server's database"
    )
    parser.add_argument(
        "--jobs", type=int, default=1, metavar="J", help="so many runs at a time, each in one thread (1)"
    )
    parser.add_argument(
        "--cover",
        action="store_true",
        help="fail, too, unless every policy met concurrent words and every fault happened often enough",
    )
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument(
        "--no-shrink", action="store_true", help="do not look for a shorter run that fails alike"
    )
    parser.add_argument("--seed", type=int, metavar="SEED", help="this one run, with the end of its tape")
    parser.add_argument(
        "--case", metavar="JSON", help="this one run, as a failure printed it, or a file with it"
    )


def _run(given: argparse.Namespace) -> int:
    if given.case is not None or given.seed is not None:
        return _one(_case(given))
    total, began = Total(), time.perf_counter()
    broken: list[Outcome] = []
    for outcome in play_all(cases(given.first, given.seeds, given.ops, given.db), given.jobs):
        total.add(outcome)
        if outcome.invariant is not None:
            broken.append(outcome)
            _tell(outcome)
    total.seconds = time.perf_counter() - began
    total.pieces = [(given.first, given.seeds)]
    if broken and not given.no_shrink:
        with Clusters() as clusters:
            print("sim: looking for a shorter run", file=sys.stderr, flush=True)
            _tell(shrink(broken[0], lambda case: play(case, clusters)))
    line = total.line()
    if given.json:
        print(json.dumps(line, ensure_ascii=False))
    else:
        wrong = len(line["violations"])
        print(
            f"sim: {line['seeds']} seeds, {line['ops']} operations, {wrong} violations, {line['seconds']} s"
        )
    missing = total.missing() if given.cover else []
    for sentence in missing:
        print(f"sim: not covered: {sentence}", file=sys.stderr)
    return 1 if total.violations or missing else 0


def _case(given: argparse.Namespace) -> Case:
    if given.case is None:
        return Case(seed=given.seed, ops=given.ops, db=database_of(given.seed, given.db))
    text = given.case
    if not text.lstrip().startswith("{"):
        with open(text, encoding="utf-8") as file:
            text = file.read()
    return msgspec.json.decode(text, type=Case)


def _one(case: Case) -> int:
    with Clusters() as clusters:
        outcome = play(case, clusters)
    if outcome.invariant is None:
        print(f"sim: {outcome.ops} operations in {outcome.steps} steps, trace {outcome.trace}: all holds")
        return 0
    _tell(outcome)
    return 1


def _tell(outcome: Outcome) -> None:
    print("\n".join(outcome.tape), file=sys.stderr)
    print(
        f"sim: seed {outcome.case.seed}, invariant {outcome.invariant}: {outcome.sentence}", file=sys.stderr
    )
    print(f"sim: repeat with: {repeat(outcome.case)}", file=sys.stderr, flush=True)
