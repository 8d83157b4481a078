"""What many runs come to: counted once each, in one line, from one piece or from several."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.run import Case, Outcome
from sim.total import Total, add_up, main


def outcome(seed: int, invariant: int | None = None) -> Outcome:
    return Outcome(
        case=Case(seed=seed, ops=9),
        ops=9,
        steps=2,
        trace="",
        seconds=0.1,
        cpu_seconds=0.5,
        faults={"drop": 3},
        pairs={"text concurrent": 4},
        statuses={"applied": 9},
        invariant=invariant,
        sentence="x" if invariant else "",
    )


def piece(file: Path, first: int, runs: int, invariant: int | None = None) -> Path:
    total = Total()
    for seed in range(first, first + runs):
        total.add(outcome(seed, invariant))
    total.pieces, total.seconds = [(first, runs)], 2.0
    file.write_text("something before\n" + json.dumps(total.line()) + "\n")
    return file


def test_pieces_add_up_to_what_one_run_would_have_counted(tmp_path: Path) -> None:
    whole = add_up([piece(tmp_path / "whole", 0, 5)]).line()
    parts = add_up([piece(tmp_path / "b", 2, 3), piece(tmp_path / "a", 0, 2)]).line()
    same = ("seeds", "ops", "steps", "cpu_seconds", "databases", "faults", "pairs", "statuses", "violations")
    assert {name: parts[name] for name in same} == {name: whole[name] for name in same}
    assert parts["pieces"] == [(0, 2), (2, 3)] and parts["seconds"] == 4.0


def test_a_seed_is_not_counted_twice(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="counted already"):
        add_up([piece(tmp_path / "a", 0, 3), piece(tmp_path / "b", 2, 3)])


def test_a_piece_that_was_broken_off_is_named(tmp_path: Path) -> None:
    file = tmp_path / "broken-off"
    file.write_text("sim: looking\n")
    with pytest.raises(ValueError, match="broken-off"):
        add_up([file])


def test_a_violation_is_counted_and_told_how_to_repeat() -> None:
    total = Total()
    total.add(outcome(7, invariant=1))
    (told,) = total.line()["violations"]
    assert told["repeat"] == "python -m sim --seed 7 --ops 9 --db memory"


def test_a_violation_in_a_piece_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(piece(tmp_path / "a", 0, 2, invariant=3))]) == 1
    assert [one["invariant"] for one in json.loads(capsys.readouterr().out)["violations"]] == [3, 3]


def test_what_was_not_met_often_enough_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(piece(tmp_path / "a", 0, 2))]) == 1
    told = capsys.readouterr().err
    assert "text met concurrent words 8 times, not 1000" in told
    assert "drop happened 6 times, not 100" in told
    assert "0 of 2 runs were on postgres" in told
