"""Two real processes tick one database, on its own clock; one of them is killed, and killed again."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import msgspec
import pytest

from server.db.open import SqlStore, open_store
from sync.engine import Draft, Engine
from tests.db.fresh import fresh_postgres, fresh_sqlite
from tests.scheduler.child import AFTER, BETWEEN, NEVER
from tests.sync.reminding import RemindingRules
from tests.sync.toy import DESK, EPOCH

JOBS = 24
END_SECONDS = 60
LEASE_SECONDS = 1


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database of either kind."""
    if request.param == "sqlite":
        return fresh_sqlite(tmp_path)
    return fresh_postgres(request.getfixturevalue("postgres"))


def plan(store: SqlStore) -> None:
    """Jobs that begin in half an hour: their calls have been due for half an hour."""
    numbers = count()
    engine = Engine(
        store,
        RemindingRules(),
        epoch=EPOCH,
        now=lambda: "2026-02-01T07:00:00.000Z",
        salt=lambda: next(numbers).to_bytes(16, "big"),
    )
    starts = datetime.now(UTC) + timedelta(minutes=30)
    window = {
        "starts_at": f"{starts:%Y-%m-%dT%H:%M:%SZ}",
        "ends_at": f"{starts + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
    }
    for number in range(JOBS):
        draft = Draft(
            id=f"d{number}",
            entity="job",
            record=f"j{number}",
            aggregate=f"job/j{number}",
            set={"number": str(number), "window": window},
            action="create",
        )
        engine.write(DESK, [draft])


@contextmanager
def ticking(url: str, where: str = NEVER, number: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has opened the database and waits for its word."""
    arguments = [url, str(LEASE_SECONDS), where, str(number)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.scheduler.child", *arguments],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def begin(process: subprocess.Popen[bytes]) -> None:
    """Give the word."""
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.flush()


def effects(store: SqlStore) -> Counter[str]:
    """How many lines each job has."""
    found: Counter[str] = Counter()
    with store.snapshot() as snapshot:
        for number in range(JOBS):
            for _, _, _, body in snapshot.changed([(f"job/j{number}", 0)]):
                record = msgspec.json.decode(body)
                if record["entity"] == "line":
                    found[record["fields"]["job"]] += 1
    return found


def states(store: SqlStore) -> set[str]:
    """How the reminders stand."""
    with store.snapshot() as snapshot:
        return {row.state for number in range(JOBS) for row in snapshot.reminders(f"job/j{number}")}


EACH_ONCE = {f"j{number}": 1 for number in range(JOBS)}


def test_two_processes_that_tick_at_once_have_one_effect_per_reminder(url: str) -> None:
    store = open_store(url, create=False)
    plan(store)
    with ticking(url) as one, ticking(url) as other:
        begin(one)
        begin(other)
        assert [one.wait(END_SECONDS), other.wait(END_SECONDS)] == [0, 0]
    assert effects(store) == EACH_ONCE
    assert states(store) == {"late"}
    store.close()


@pytest.mark.parametrize("where", [BETWEEN, AFTER])
def test_a_kill_between_claim_and_effect_or_after_it_leaves_one_effect_each(url: str, where: str) -> None:
    store = open_store(url, create=False)
    plan(store)
    with ticking(url, where, 3) as mortal, ticking(url, where, 7) as other:
        begin(mortal)
        begin(other)
        assert [mortal.wait(END_SECONDS), other.wait(END_SECONDS)] == [-signal.SIGKILL, -signal.SIGKILL]
    assert "pending" in states(store)
    with ticking(url) as last:
        begin(last)
        assert last.wait(END_SECONDS) == 0
    assert effects(store) == EACH_ONCE
    assert states(store) == {"late"}
    store.close()
