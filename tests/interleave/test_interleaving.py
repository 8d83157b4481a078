"""No lost write, no skipped change, no mixed snapshot, no deadlock left unretried, under any order of statements."""

from __future__ import annotations

import os
from itertools import pairwise

import pytest

from server.db.postgres_store import PostgresStore
from tests.db.fresh import fresh_postgres
from tests.interleave.flawed import (
    ForgetsReceipts,
    LocksAndReadsAtOnce,
    NaiveCursor,
    ReadsBeforeTheLock,
    ReadsCommitted,
)
from tests.interleave.schedule import Broken, Run
from tests.parts.postgres import Postgres

SEEDS = int(os.environ.get("INTERLEAVER_SEEDS", "60"))
MOST_SEEDS_UNTIL_CAUGHT = 150
PARTS = 4


def play(seed: int, cluster: Postgres, kind: type[PostgresStore]) -> list[str]:
    """One schedule on a fresh database; returns the order of its statements."""
    url = fresh_postgres(cluster)
    run = Run(seed, url, kind)
    try:
        run.play()
    finally:
        cluster.drop_database(url)
    return run.conductor.trace


@pytest.mark.parametrize("part", range(PARTS))
def test_every_schedule_keeps_every_promise(postgres: Postgres, part: int):
    for seed in range(part, SEEDS, PARTS):
        try:
            play(seed, postgres, PostgresStore)
        except Exception as failure:
            raise AssertionError(f"seed {seed}: {failure!r}") from failure


def test_schedules_differ_and_really_interleave(postgres: Postgres):
    traces = [play(seed, postgres, PostgresStore) for seed in range(4)]
    assert len({tuple(trace) for trace in traces}) > 1
    switches = sum(a[:6] != b[:6] for trace in traces for a, b in pairwise(trace))
    assert switches > 20


@pytest.mark.parametrize(
    ("flawed", "promise"),
    [
        (ReadsBeforeTheLock, "no lost write|one effect|chain|digest|everything is taken"),
        (LocksAndReadsAtOnce, "no lost write|one effect|chain|digest|everything is taken"),
        (ForgetsReceipts, "one effect|chain|everything is taken"),
        (ReadsCommitted, "one snapshot"),
        (NaiveCursor, "no skipped change"),
    ],
)
def test_a_flawed_store_is_caught(postgres: Postgres, flawed: type[PostgresStore], promise: str):
    for seed in range(MOST_SEEDS_UNTIL_CAUGHT):
        try:
            play(seed, postgres, flawed)
        except Broken as caught:
            assert any(one in str(caught) for one in promise.split("|")), caught
            return
    pytest.fail(f"{flawed.__name__} kept every promise over {MOST_SEEDS_UNTIL_CAUGHT} schedules")
