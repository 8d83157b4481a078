"""Killed at any boundary of a write: the retry gives exactly one effect, and what was acknowledged is there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.db.fresh import fresh_postgres, fresh_sqlite
from tests.kills.scenarios import Desk, Forked, Overlap, Push, Scenario, Together
from tests.kills.world import Broken, World

SCENARIOS: tuple[tuple[type[Scenario], int], ...] = (
    (Push, 1),
    (Desk, 1),
    (Overlap, 3),
    (Forked, 2),
    (Together, 3),
)
"""What goes on, and whether it is killed at every boundary or at every so many."""
LEAST_KILLS = 150
"""On each database."""
LEAST_KEPT = 20


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database."""
    if request.param == "sqlite":
        yield fresh_sqlite(tmp_path)
        return
    cluster = request.getfixturevalue("postgres")
    url = fresh_postgres(cluster)
    yield url
    cluster.drop_database(url)


def test_a_kill_at_any_boundary_leaves_one_effect(url: str, tmp_path: Path) -> None:
    began = time.monotonic()
    with closing(World(url, tmp_path)) as world:
        for kind, every in SCENARIOS:
            _kill_everywhere(kind(world), every)
        world.check_everything()
    print(
        f"\n{world.kills} kills on {url.partition(':')[0]} in {time.monotonic() - began:.1f} s; "
        f"{world.kept} pushes were committed by then and their results told by the retry"
    )
    assert world.kills >= LEAST_KILLS and world.kept >= LEAST_KEPT


@pytest.mark.parametrize("flaw", ["dropped dedupe", "commit split in two"])
def test_a_flawed_server_is_caught(url: str, tmp_path: Path, flaw: str) -> None:
    with closing(World(url, tmp_path, flaw)) as world, pytest.raises(Broken):
        _kill_everywhere(Push(world), 1)


def _kill_everywhere(scenario: Scenario, every: int) -> None:
    """Once unharmed to learn the boundaries, then killed at every one, or every so many."""
    expected, boundaries = scenario.run(0)
    for at in range(1, len(boundaries) + 1, every):
        try:
            outcome, _ = scenario.run(at)
        except Broken as broken:
            raise Broken(
                f"{type(scenario).__name__}, killed {boundaries[at - 1]!r} ({at}): {broken}"
            ) from broken
        if outcome != expected:
            raise Broken(
                f"{type(scenario).__name__}, killed {boundaries[at - 1]!r} ({at}): {outcome} {expected}"
            )
