"""`doorstep reminders`: what somebody must look at comes first, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scheduler.instants import later
from server.cli.command import main
from server.db.open import open_store
from server.db.reminders_queue import SqlReminders
from sync.reminder import Reminder
from sync.store import Changes
from tests.parts.server_process import SECRET


@pytest.fixture
def reminders(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is dead, one late, one due, one for later."""
    monkeypatch.setenv("DOORSTEP_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("DOORSTEP_BLOB_STORE_URL", f"file:{tmp_path / 'blobs'}")
    monkeypatch.setenv("DOORSTEP_SECRET", SECRET)
    store = open_store(sqlite_url)
    queue = SqlReminders(store.database)
    now = queue.now()
    due = {"dead": -7200, "late": -3600, "due": -60, "ahead": 3600}
    asked = [
        Reminder(
            subject=f"visit/{name}",
            kind="visit_unconfirmed",
            revision=1,
            due_at=later(now, seconds),
            past_at=later(now, 7200),
        )
        for name, seconds in due.items()
    ]
    store.transact(lambda tx: tx.write(Changes(reminders=list(asked))))
    (claim,) = queue.claim(["visit_unconfirmed"], 1, 60)
    queue.set_aside(claim, "LookupError: no such template")
    store.close()


@pytest.mark.usefixtures("reminders")
def test_dead_late_and_due_are_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reminders"]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.startswith("reminders: 1 dead, 1 late, 1 due")
    assert [line.split(",")[0] for line in lines] == [
        "dead: visit_unconfirmed of visit/dead",
        "late: visit_unconfirmed of visit/late",
        "due: visit_unconfirmed of visit/due",
    ]
    assert lines[0].endswith("failed 1 times: LookupError: no such template")


@pytest.mark.usefixtures("reminders")
def test_a_program_gets_the_same_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reminders", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {name: [row["subject"] for row in found[name]] for name in ("dead", "late", "due")} == {
        "dead": ["visit/dead"],
        "late": ["visit/late"],
        "due": ["visit/due"],
    }
    assert found["dead"][0]["error"] == "LookupError: no such template"


@pytest.mark.usefixtures("reminders")
@pytest.mark.parametrize("limit", ["0", "-1", "10001"])
def test_a_senseless_limit_is_said(limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reminders", "--limit", limit]) == 2
    assert "--limit takes" in capsys.readouterr().err
