"""Run the mutations: each must turn its invariant's test red. `python -m tests.mutants [words of a name …]`."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.mutation import ROOT, Mutation, Stale
from tests.mutants.mutations import MUTATIONS
from tests.mutants.sandbox import Sandbox, Verdict
from tests.parts.postgres_binaries import PostgresMissing, find_postgres

NEEDS_POSTGRES = "test_connections_that_interleave_skip_and_lose_nothing"
WORKERS = max(1, min(2, os.cpu_count() or 1))


def main(words: Sequence[str]) -> int:
    """0 when every mutation was caught; each one that was not is named."""
    chosen = [one for one in MUTATIONS if all(word in one.name for word in words)]
    if not chosen:
        print(f"mutants: no mutation's name holds {' and '.join(words)}")
        return 1
    if stale := _stale(chosen):
        print("\n".join(stale))
        return 1
    runnable, left_out = _runnable(chosen)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="doorstep-mutants-") as folder:
        print(f"mutants: copying the repository {WORKERS} times", flush=True)
        sandboxes = [Sandbox(Path(folder) / str(number)) for number in range(WORKERS)]
        if not all(sandbox.is_itself() for sandbox in sandboxes):
            print("mutants: the copy imports the original; nothing would be proven")
            return 1
        print("mutants: the same tests on sound code, which must pass", flush=True)
        sound = _all(sandboxes, _baselines(runnable))
        unsound = [name for name, verdict in sound.items() if verdict.word != "green"]
        caught = {} if unsound else _all(sandboxes, {one.name: _mutant(one) for one in runnable})
    failures = [f"{name} fails on sound code" for name in unsound]
    failures += [f"not caught: {name}" for name, verdict in caught.items() if verdict.word != "red"]
    _table(runnable, caught)
    failures += [f"not run, PostgreSQL is missing: {one.name}" for one in left_out if _is_required()]
    for failure in failures:
        print(f"mutants: {failure}")
    print(f"mutants: {len(caught)} run in {time.monotonic() - started:.0f} s, {len(left_out)} left out")
    return 1 if failures else 0


Job = Callable[[Sandbox], Verdict]


def _stale(mutations: Sequence[Mutation]) -> list[str]:
    told = []
    for one in mutations:
        try:
            one.applied((ROOT / one.file).read_text(encoding="utf-8"))
        except (Stale, FileNotFoundError) as stale:
            told.append(f"mutants: stale: {stale}")
    return told


def _runnable(mutations: Sequence[Mutation]) -> tuple[list[Mutation], list[Mutation]]:
    try:
        find_postgres()
    except PostgresMissing as missing:
        print(f"mutants: PostgreSQL cannot be had here: {missing}")
        left_out = [one for one in mutations if one.on == "postgresql" or one.test == NEEDS_POSTGRES]
        return [one for one in mutations if one not in left_out], left_out
    return list(mutations), []


def _is_required() -> bool:
    return os.environ.get("DOORSTEP_REQUIRE_POSTGRES") == "1"


def _baselines(mutations: Sequence[Mutation]) -> dict[str, Job]:
    selections: dict[int, set[str]] = {}
    for one in mutations:
        selections.setdefault(one.invariant, set()).add(one.selection)
    return {
        f"invariant {invariant}": _baseline(invariant, " or ".join(sorted(chosen)))
        for invariant, chosen in sorted(selections.items())
    }


def _baseline(invariant: int, selection: str) -> Job:
    return lambda sandbox: sandbox.test(invariant, selection)


def _mutant(mutation: Mutation) -> Job:
    return lambda sandbox: sandbox.run(mutation)


def _all(sandboxes: Sequence[Sandbox], jobs: dict[str, Job]) -> dict[str, Verdict]:
    """Run all jobs, one at a time in each sandbox, telling each as it ends; in the order given."""
    free: SimpleQueue[Sandbox] = SimpleQueue()
    for sandbox in sandboxes:
        free.put(sandbox)

    def run(job: Job) -> Verdict:
        sandbox = free.get()
        try:
            return job(sandbox)
        finally:
            free.put(sandbox)

    verdicts: dict[str, Verdict] = {}
    with ThreadPoolExecutor(len(sandboxes)) as pool:
        running = {pool.submit(run, job): name for name, job in jobs.items()}
        for done in as_completed(running):
            name, verdict = running[done], done.result()
            verdicts[name] = verdict
            place = f"[{len(verdicts):2}/{len(jobs)}]"
            print(f"{place} {verdict.word:7} {verdict.seconds:5.1f} s  {name}: {verdict.detail}", flush=True)
    return {name: verdicts[name] for name in jobs}


def _table(mutations: Sequence[Mutation], verdicts: dict[str, Verdict]) -> None:
    print(f"\n{'invariant':9}  {'verdict':7}  mutation")
    for one in mutations:
        if one.name in verdicts:
            word = verdicts[one.name].word
            shown = word if word == "red" else f"{word.upper()}(!)"
            print(f"{one.invariant:9}  {shown:7}  {one.name}  [{one.file}]")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
