"""`doorstep backup` and `doorstep restore`: what the person at the terminal reads, and the exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.cli.command import main
from server.db.migrate import migrate
from tests.parts.server_process import SECRET


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of a new company."""
    monkeypatch.setenv("DOORSTEP_DATABASE_URL", url := f"sqlite:///{tmp_path / 'doorstep.db'}")
    monkeypatch.setenv("DOORSTEP_BLOB_STORE_URL", f"file:{tmp_path / 'blobs'}")
    monkeypatch.setenv("DOORSTEP_SECRET", SECRET)
    migrate(url)
    return tmp_path


def test_there_and_back(
    environment: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = str(environment / "night.tar")
    assert main(["user", "add", "wei", "--role", "intake", "--no-password"]) == 0
    assert main(["backup", "--to", place]) == 0
    assert main(["backup", "--verify", place]) == 0
    told = capsys.readouterr().out
    assert "account: 1 rows" in told and told.count("its seal is") == 2 and SECRET not in told

    monkeypatch.setenv("DOORSTEP_DATABASE_URL", f"sqlite:///{environment / 'new' / 'doorstep.db'}")
    monkeypatch.setenv("DOORSTEP_SECRET", "another secret of at least thirty-two characters")
    assert main(["restore", "--from", place]) == 0
    told = capsys.readouterr().out
    assert "its epoch is now" in told and "DOORSTEP_SECRET is another than then" in told
    assert main(["user", "list"]) == 0
    assert "wei" in capsys.readouterr().out


def test_what_cannot_be_done_is_one_sentence(
    environment: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = str(environment / "night.tar")
    (environment / "notes.txt").write_text("no backup")
    assert main(["user", "add", "wei", "--role", "intake", "--no-password"]) == 0
    assert main(["backup", "--to", place]) == 0
    capsys.readouterr()
    for command, said in (
        (["backup", "--to", place], "something at"),
        (["backup", "--to", "/proc/nowhere/night.tar"], "could not be written"),
        (["backup", "--verify", str(environment / "nothing.tar")], "no backup at"),
        (["backup", "--verify", str(environment / "notes.txt")], "not a whole backup"),
        (["backup", "--verify", str(environment)], "no backup"),
        (["restore", "--from", place], "not empty"),
    ):
        assert main(command) == 1, command
        told = capsys.readouterr().err
        assert said in told and "Traceback" not in told and told.count("\n") == 1, told

    monkeypatch.setenv("DOORSTEP_DATABASE_URL", f"sqlite:///{environment / 'none.db'}")
    assert main(["backup", "--to", str(environment / "other.tar")]) == 1
    assert "nothing to back up" in capsys.readouterr().err and not (environment / "none.db").exists()
