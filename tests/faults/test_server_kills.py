"""kill -9 of the serving process under load, at random moments: `make faults` does it more than a hundred times."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.promises import Broken
from tests.faults.world import flawed, world

KILLS = 4
SLOWEST_SECONDS = 5.0


def test_killed_at_random_under_load(database_url: str, tmp_path: Path) -> None:
    with world(database_url, tmp_path) as made:
        for _ in range(KILLS):
            made.load(made.dice.uniform(0.05, 0.5))
            made.kill_and_begin_again()
        made.check()
    print(
        f"\nback after {[round(one, 2) for one in made.recoveries]} s, all phones {max(made.all_back):.2f} s"
    )


def test_a_server_that_acknowledges_before_the_commit_is_caught(sqlite_url: str, tmp_path: Path) -> None:
    command = flawed("acknowledges before the commit")
    with pytest.raises(Broken, match="lost"), world(sqlite_url, tmp_path, command=command) as made:
        for _ in range(5 * KILLS):
            made.load(made.dice.uniform(0.05, 0.3))
            made.kill_and_begin_again()
        made.check()
