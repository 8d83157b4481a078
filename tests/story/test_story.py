"""The story itself, against a throw-away demo; and that it can fail."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from tests.story.__main__ import NO_DEMO
from tests.story.transcript import Transcript
from tests.story.words import in_words

ROOT = Path(__file__).parents[2]
SECONDS = 400
NINE = "2026-03-02T09:00:00Z"


@pytest.mark.timeout(SECONDS + 30)
def test_the_day_and_all_fourteen_cases_hold_over_http() -> None:
    told = _story("--own")
    assert told.returncode == 0, told.stdout[-20_000:] + told.stderr[-4_000:]
    for number in range(1, 15):
        assert f"case {number:>2} ✓" in told.stdout.partition("the cases")[2]


def test_without_a_demo_it_says_how_to_start_one(tmp_path: Path) -> None:
    told = _story("--demo-file", str(tmp_path / "demo.json"))
    assert told.returncode == NO_DEMO
    assert "make demo" in told.stderr and told.stderr.count("\n") == 1


def test_one_expectation_that_does_not_hold_fails_the_story() -> None:
    say = _transcript()
    say.expect(1, ("balance", "余量"), -1, -1)
    say.expect(1, ("balance", "余量"), -1, 0)
    assert not say.all_held
    assert isinstance(say.out, io.StringIO)
    assert "✗ expected balance: -1 · happened 0" in say.out.getvalue()


def test_a_case_in_which_nothing_was_checked_fails_the_story() -> None:
    say = _transcript()
    say.expect(1, ("balance", "余量"), 0, 0)
    assert say.all_held
    say.open(2, ("never played", "未执行"))
    assert not say.all_held


def test_a_case_that_stops_fails_the_story_and_the_others_go_on() -> None:
    say = _transcript()
    say.open(2, ("another", "另一个"))
    with say.playing(1):
        say.expect(1, ("balance", "余量"), 0, 0)
        say.expect(99, ("of a case that was never opened", "未登记的案例"), 0, 0)
    assert say.is_playable(2) and not say.is_playable(1)
    say.expect(2, ("balance", "余量"), 0, 0)
    assert not say.all_held


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        ("work_done", "work done", "作业完成"),
        ([True, None], "yes, nothing", "是、无"),
        (
            {"starts_at": "2026-03-02T09:00:00Z", "ends_at": "2026-03-02T11:00:00Z"},
            *["2026-03-02 17:00 – 2026-03-02 19:00"] * 2,
        ),
        ({"line": {"zh": "张江路1号", "en": "1 Zhangjiang Rd"}}, "1 Zhangjiang Rd", "张江路1号"),
    ],
)
def test_values_are_told_in_words(value: object, english: str, chinese: str) -> None:
    assert (in_words(value, "en"), in_words(value, "zh")) == (english, chinese)


def _transcript() -> Transcript:
    say = Transcript("en", io.StringIO())
    say.open(1, ("a case", "案例"))
    return say


def _story(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.story", *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
