"""The command line speaks the language of the terminal, or the one that is set."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mobile_api.problem import Phrase
from server.cli import command
from server.cli.speech import filled, language
from tests.parts.server_process import SECRET

LATIN_WORDS = re.compile(r"[A-Za-z]{3,} [A-Za-z]{2,} [A-Za-z]{2,}")
"""Three words in a row are a sentence, and no name of a command, setting or file."""

TYPED = re.compile("`[^`]*`")
"""What is to be typed stays as it is typed."""


@pytest.fixture
def chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the command is run on a Chinese terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.delenv("DOORSTEP_LANGUAGE", raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.setenv("DOORSTEP_SECRET", SECRET)
    return tmp_path


def _customers(folder: Path, rows: str) -> str:
    file = folder / "customers.csv"
    file.write_text(f"number,name_zh\n{rows}", encoding="utf-8")
    return str(file)


def test_a_day_of_commands_is_told_in_chinese(chinese: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = _customers(chinese, "C1,老王面馆\n")
    assert command.main(["device", "list"]) == 1  # no database yet
    for typed in (
        ["migrate"],
        [
            "user",
            "add",
            "wei",
            "--role",
            "technician",
            "--role",
            "intake",
            "--no-password",
            "--name",
            "魏晓芸",
        ],
        ["user", "list"],
        ["user", "disable", "wei"],
        ["user", "enable", "wei"],
        ["user", "unlock", "wei"],
        ["device", "code", "wei"],
        ["device", "list"],
        ["import", "customers", good],
        ["import", "customers", good],
        ["reminders"],
        ["replay-parked"],
        ["rebuild"],
        ["backup", "--to", "backup"],
        ["backup", "--verify", "backup"],
    ):
        assert command.main(typed) == 0, (typed, capsys.readouterr().err)
    for typed, status in (
        (["user", "disable", "nobody"], 1),
        (["user", "add", "two words", "--role", "intake", "--no-password"], 2),
        (["device", "revoke", "nobody"], 1),
        (["device", "code", "nobody"], 1),
        (["reminders", "--limit", "0"], 2),
        (["import", "customers", _customers(chinese, "")], 1),
        (["backup", "--to", "backup"], 1),
        (["history", "nothing"], 1),
    ):
        assert command.main(typed) == status, typed

    said = capsys.readouterr()
    lines = (said.out + said.err).splitlines()
    told = [TYPED.sub("", line) for line in lines if not line.startswith("backup: ")]
    assert [line for line in told if LATIN_WORDS.search(line)] == []
    assert "user：已添加 wei（受理员、技术员）" in said.out
    assert "import：新建 1 条" in said.out
    assert "没有账号 nobody" in said.err


def test_what_is_set_goes_before_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"DOORSTEP_LANGUAGE": "en", "LC_ALL": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8"}

    assert language(environ) == "en"
    assert language({**environ, "DOORSTEP_LANGUAGE": ""}) == "zh"
    assert language({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}) == "en"
    assert language({}) == "en"


def test_what_people_typed_may_hold_braces() -> None:
    phrase = filled(Phrase("There is no {what}.", "没有{what}。"), what="{login}")

    assert (phrase.en, phrase.zh) == ("There is no {login}.", "没有{login}。")
