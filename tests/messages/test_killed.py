"""A process killed between sending and noting it: another one sends again under the same key, and nothing is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bench.company import STARTED_AT, Company
from mobile_api.clock import instant
from scheduler.instants import later
from scheduler.jobs import JOBS
from scheduler.messages.sender import LEASE_SECONDS
from scheduler.tick import Tick
from server.db.queries.messages import messages
from server.db.reminders_queue import SqlReminders
from tests.db.fresh import fresh_postgres, fresh_sqlite

VISITS = 3
ASKED_AT = instant(STARTED_AT)
"""The time of the company's engine, an hour before its visits."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database of either kind."""
    if request.param == "sqlite":
        return fresh_sqlite(tmp_path)
    return fresh_postgres(request.getfixturevalue("postgres"))


def send(url: str, folder: Path, now: str, fate: str) -> int:
    """A process of its own sends; its exit status."""
    arguments = [sys.executable, "-m", "tests.messages.child", url, str(folder), now, fate]
    return subprocess.run(arguments, cwd=Path(__file__).parents[2], timeout=60, check=False).returncode


def test_a_kill_between_sending_and_noting_loses_and_doubles_nothing(url: str, tmp_path: Path) -> None:
    company, folder = Company(url), tmp_path / "messages"
    company.furnish(phones=1, jobs=VISITS)
    Tick(company.engine, SqlReminders(company.store.database, lambda: ASKED_AT), JOBS)()

    def states() -> list[str | None]:
        return [row.state for row in messages(company.store.database, "", "", 100)]

    assert states() == ["waiting"] * VISITS
    assert send(url, folder, ASKED_AT, "dies") == -signal.SIGKILL
    written = len(list(folder.glob("*.txt")))
    assert written >= 1 and "waiting" in states()
    assert send(url, folder, later(ASKED_AT, LEASE_SECONDS - 1), "lives") == 0
    assert "waiting" in states(), "the dead process still holds its lease"
    assert send(url, folder, later(ASKED_AT, LEASE_SECONDS), "lives") == 0
    assert states() == ["accepted"] * VISITS
    assert len(list(folder.glob("*.txt"))) == VISITS
    company.close()
