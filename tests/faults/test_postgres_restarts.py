"""PostgreSQL goes away in the middle, politely or not; the server stays, and so does all that was acknowledged."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.promises import Broken, check_acknowledged
from tests.faults.world import World, flawed, world
from tests.parts.postgres import Postgres, running_postgres

pytestmark = pytest.mark.postgres
WAYS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}


@pytest.fixture(scope="module")
def durable() -> Iterator[Postgres]:
    """A cluster as in production: a commit is on the disk before it returns."""
    with running_postgres(fsync=True, synchronous_commit=True) as cluster:
        yield cluster


def restart(made: World, cluster: Postgres, way: signal.Signals) -> None:
    """End PostgreSQL, start it again, and look whether everything acknowledged is there."""
    cluster.end(way)
    ended_at = time.monotonic()
    cluster.begin_again()
    check_acknowledged(made.database_url, made.fleet)
    made.recovered(ended_at)


@pytest.mark.parametrize("way", WAYS)
def test_a_restart_under_load(durable: Postgres, tmp_path: Path, way: str) -> None:
    with world(durable.fresh_database(), tmp_path) as made:
        pid = made.servers[0].process.pid
        for _ in range(2):
            made.load(0.4)
            restart(made, durable, WAYS[way])
        assert made.servers[0].process.pid == pid and made.servers[0].process.poll() is None
        print(f"\nback after {[round(one, 2) for one in made.recoveries]} s")
        made.check()


def test_commits_that_are_not_on_the_disk_are_caught(durable: Postgres, tmp_path: Path) -> None:
    with (
        pytest.raises(Broken, match="lost"),
        world(durable.fresh_database(), tmp_path, command=flawed("commits without the disk")) as made,
    ):
        for _ in range(8):
            made.load(0.3)
            restart(made, durable, signal.SIGQUIT)


def test_two_servers_on_one_database(postgres: Postgres, tmp_path: Path) -> None:
    """Every exchange goes to either; one is killed while the other goes on."""
    with world(postgres.fresh_database(), tmp_path, servers=2) as made:
        for number in (0, 1, 0):
            made.load(0.3)
            killed_at = made.kill(number)
            made.load(0.3)
            check_acknowledged(made.database_url, made.fleet)
            made.begin_again(number)
            made.recovered(killed_at)
        made.check()
