"""Companies under all weather come through; the same seed is the same run; the command says what it found."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from domain.commands.draft import create
from sim.backend import open_backend
from sim.dice import dice
from sim.fault import Weather
from sim.many import Clusters, cases
from sim.run import Case, Outcome, play
from sim.schema import READING
from sim.shrink import shrink
from sim.total import repeat
from sim.world import World
from tests.sim.flawed import FLAWS
from tests.sim.unrepaired import UNREPAIRED

SEEDS_IN = Path(__file__).parent / "seeds"
SEEDS = sorted(SEEDS_IN.glob("*.json"))
OPS = 150


@pytest.fixture(scope="module")
def clusters() -> Iterator[Clusters]:
    with Clusters() as made:
        yield made


def held(outcome: Outcome) -> None:
    """Fail with the tape's end and the command that repeats it."""
    told = "\n".join([*outcome.tape, outcome.sentence, repeat(outcome.case)])
    assert outcome.invariant is None, told


@pytest.mark.parametrize("seed", range(200, 208))
def test_a_company_comes_through(seed: int, clusters: Clusters) -> None:
    held(play(Case(seed=seed, ops=OPS), clusters))


@pytest.mark.parametrize("seed", range(208, 211))
def test_on_a_sqlite_file_too(seed: int, clusters: Clusters) -> None:
    held(play(Case(seed=seed, ops=OPS, db="sqlite"), clusters))


@pytest.mark.postgres
@pytest.mark.parametrize("seed", range(211, 213))
def test_on_postgresql_too(seed: int, clusters: Clusters) -> None:
    held(play(Case(seed=seed, ops=OPS, db="postgres"), clusters))


def test_the_same_seed_is_the_same_run(clusters: Clusters) -> None:
    first, again = (play(Case(seed=3, ops=OPS), clusters) for _ in range(2))
    assert first.trace == again.trace
    assert (first.ops, first.steps, first.faults, first.pairs) == (
        again.ops,
        again.steps,
        again.faults,
        again.pairs,
    )


def test_the_same_seed_is_the_same_run_on_another_database(clusters: Clusters) -> None:
    in_memory, on_a_file = (play(Case(seed=3, ops=OPS, db=db), clusters) for db in ("memory", "sqlite"))
    assert in_memory.trace == on_a_file.trace


def test_another_seed_is_another_run(clusters: Clusters) -> None:
    assert play(Case(seed=3, ops=40), clusters).trace != play(Case(seed=4, ops=40), clusters).trace


def test_a_step_that_is_left_out_changes_no_other(clusters: Clusters) -> None:
    """The tapes are separate, and each step has dice of its own: without one act, the first act is still the same."""
    whole = play(Case(seed=3, ops=40, work=(0, 1, 2), events=(0, 1, 2)), clusters)
    less = play(Case(seed=3, ops=40, work=(0, 1, 2), events=(0, 1)), clusters)
    assert less.ops == whole.ops
    assert less.trace != whole.trace


def test_what_a_phone_saved_in_the_moment_of_its_death_counts_as_made(tmp_path: Path) -> None:
    world = World(3, open_backend("memory", tmp_path, Clusters()), Weather(()), tmp_path)
    handset = world.handsets[0]
    handset.disk.die_at(1, "after", dice(3, "death"))
    reading = create(READING, "r9-W1", "work_order/W1", spot="seen")
    assert [one.record for one in handset.author([reading])] == ["r9-W1"]
    handset.close()


@pytest.mark.parametrize("file", SEEDS, ids=lambda file: file.stem)
def test_what_was_found_once_stays_repaired(file: Path, clusters: Clusters) -> None:
    held(play(msgspec.json.decode(file.read_bytes(), type=Case), clusters))


@pytest.mark.parametrize("name", sorted(UNREPAIRED))
def test_it_would_be_found_again(name: str, clusters: Clusters, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case whose tape no longer leads there shows nothing: find it anew when the tapes have changed."""
    UNREPAIRED[name](monkeypatch)
    found = play(msgspec.json.decode((SEEDS_IN / f"{name}.json").read_bytes(), type=Case), clusters)
    assert found.invariant is not None


def test_each_case_has_its_repair() -> None:
    assert [file.stem for file in SEEDS] == sorted(UNREPAIRED)


def test_a_failure_is_shrunk_to_a_run_that_fails_alike(
    monkeypatch: pytest.MonkeyPatch, clusters: Clusters
) -> None:
    FLAWS["overwritten unseen"](monkeypatch)
    found = next(
        outcome
        for case in cases(0, 20, 60, "memory")
        if (outcome := play(case, clusters)).invariant is not None
    )
    least = shrink(found, lambda case: play(case, clusters), most_seconds=20)
    assert least.invariant == found.invariant
    assert least.case.work is not None and least.case.events is not None
    assert len(least.case.work) + len(least.case.events) < found.steps
    assert play(least.case, clusters).sentence == least.sentence


def test_the_command_ends_with_one_line_that_tells_everything() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sim", "--seeds", "2", "--ops", "30", "--db", "memory", "--json"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    line = json.loads(done.stdout.splitlines()[-1])
    assert line["seeds"] == 2 and line["ops"] >= 60 and line["violations"] == []
    assert {"faults", "pairs", "seconds", "seeds_per_second"} <= line.keys()
