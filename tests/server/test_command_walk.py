"""Every subcommand of `doorstep`, used wrongly or where it cannot work: one clear sentence, 1 or 2, never a traceback.

2 stands for what was typed or set wrongly, 1 for what could not be done or was refused.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest

from server.cli import command
from server.db import sqlite_database
from tests.server.live import SECRET

Doorstep = Callable[..., tuple[int, str]]

SOUND = {
    "serve": ["serve", "--port", "1"],
    "migrate": ["migrate"],
    "demo": ["demo"],
    "import": ["import", "customers", "customers.csv"],
    "user": ["user", "list"],
    "device": ["device", "list"],
    "history": ["history", "nothing"],
    "rebuild": ["rebuild"],
    "replay-parked": ["replay-parked"],
    "verify-sign-offs": ["verify-sign-offs"],
    "reminders": ["reminders"],
    "messages": ["messages"],
    "collect": ["collect", "--dry-run"],
    "personal": ["personal", "list"],
    "backup": ["backup", "--to", "a-backup"],
    "restore": ["restore", "--from", "a-backup"],
}
"""One sound use of each subcommand that opens the database; `policies`, `clocks`, `verify` and `sim` need none."""
NEEDS_NO_DATABASE = {"policies", "clocks", "verify", "sim"}
MAKES_THE_DATABASE = {"migrate", "demo", "restore"}

TYPED_WRONGLY: list[tuple[list[str], int, str]] = [
    ([], 2, "COMMAND"),
    (["frob"], 2, "frob"),
    (["--frob"], 2, "COMMAND"),
    (["user", "list", "\udcff"], 2, "not UTF-8"),
    (["serve", "more"], 2, "more"),
    (["serve", "--port", "eighty"], 2, "eighty"),
    (["serve", "--port", "0"], 2, "DOORSTEP_PORT"),
    (["serve", "--port", "99999"], 2, "DOORSTEP_PORT"),
    (["serve", "--host", "not a host"], 2, "DOORSTEP_HOST"),
    (["serve", "--host", "192.0.2.1", "--port", "8400"], 1, "Cannot listen on 192.0.2.1"),
    (["migrate", "more"], 2, "more"),
    (["demo", "more"], 2, "more"),
    (["rebuild", "more"], 2, "more"),
    (["import"], 2, "kind"),
    (["import", "frobs", "x.csv"], 2, "frobs"),
    (["import", "customers"], 2, "--columns"),
    (["import", "customers", "no-such.csv"], 1, "no-such.csv cannot be read"),
    (["import", "customers", "."], 1, ". cannot be read"),
    (["import", "customers", "binary"], 1, "neither UTF-8 nor GB 18030"),
    (["user"], 2, "ACTION"),
    (["user", "frob"], 2, "frob"),
    (["user", "add"], 2, "login"),
    (["user", "add", "wei"], 2, "--role"),
    (["user", "add", "wei", "--role", "king"], 2, "king"),
    (["user", "add", "two words", "--role", "intake", "--no-password"], 2, "'two words' cannot be a login"),
    (["user", "add", "", "--role", "intake", "--no-password"], 2, "cannot be a login"),
    (["user", "add", "魏", "--role", "intake", "--no-password"], 2, "cannot be a login"),
    (["user", "add", "w" * 65, "--role", "intake", "--no-password"], 2, "cannot be a login"),
    (["user", "add", "wei", "--role", "intake", "--no-password", "--locale", "tlh"], 2, "tlh"),
    (["user", "add", "wei", "--role", "intake", "--no-password", "--id", "../x"], 2, "cannot be an id"),
    (["user", "add", "wei", "--role", "intake", "--no-password", "--name", " "], 2, "--name"),
    (["user", "add", "wei", "--role", "intake", "--no-password", "--name", "a\nb"], 2, "--name"),
    (["user", "add", "wei", "--role", "intake", "--no-password", "--make-password"], 2, "not allowed with"),
    (["user", "add", "wei", "--role", "intake"], 1, "10 to"),
    (["user", "add", "there", "--role", "intake", "--no-password"], 1, "There is an account there"),
    (["user", "disable"], 2, "login"),
    (["user", "disable", "nobody"], 1, "There is no account nobody"),
    (["user", "enable", "nobody"], 1, "There is no account nobody"),
    (["user", "unlock", "nobody"], 1, "There is no account nobody"),
    (["user", "unlock"], 2, "login"),
    (["user", "password", "nobody"], 1, "There is no account nobody"),
    (["user", "password", "there"], 1, "10 to"),
    (["device"], 2, "ACTION"),
    (["device", "revoke"], 2, "device"),
    (["device", "revoke", "'; DROP TABLE device"], 1, "There is no phone"),
    (["device", "code"], 2, "login"),
    (["device", "code", "nobody"], 1, "There is no account nobody"),
    (["device", "code", "there"], 1, "no technician"),
    (["collect", "more"], 2, "more"),
    (["personal"], 2, "ACTION"),
    (["personal", "erase"], 2, "customer"),
    (["verify"], 2, "file"),
    (["verify", "no-such-file"], 1, "no-such-file"),
    (["policies", "more"], 2, "more"),
    (["policies", "--json", "--markdown"], 2, "not allowed with"),
    (["policies", "--check"], 2, "--check"),
    (["policies", "--check", "."], 1, ". cannot be read"),
    (["policies", "--check", "no-such.md"], 1, "no-such.md is out of date"),
    (["policies", "--check", "binary"], 1, "binary is not UTF-8"),
    (["policies", "--check", "customers.csv/x"], 1, "cannot be read"),
    (["clocks", "--check", "no-such.md"], 1, "no-such.md is out of date"),
    (["history"], 2, "order"),
    (["history", "nothing", "--json", "--file"], 2, "not allowed with"),
    (["history", "no such order"], 1, "There is no work order no such order"),
    (["replay-parked", "--reason"], 2, "--reason"),
    (["reminders", "more"], 2, "more"),
    (["messages", "--limit", "0"], 2, "limit"),
    (["messages", "--state", "lost"], 2, "lost"),
    (["reminders", "--limit", "many"], 2, "many"),
    (["replay-parked", "--reason", "frob"], 2, "known reasons are unknown_record, "),
    (["replay-parked", "--reason", "unknown_field", "--reason", "dismissed"], 2, "'dismissed'"),
]


@pytest.fixture
def doorstep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Doorstep:
    """Runs the command in a folder of its own, with nothing on its standard input."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DOORSTEP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DOORSTEP_SECRET", SECRET)
    monkeypatch.setattr(sys, "stdin", StringIO(""))
    monkeypatch.setattr(sqlite_database, "BUSY_SECONDS", 0.05)
    (tmp_path / "customers.csv").write_text("number,name_zh\nC1,王\n", encoding="utf-8")
    (tmp_path / "binary").write_bytes(b"\xff\xff\xff\0")

    def run(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        try:
            status = command.main(arguments)
        except SystemExit as ended:
            status = int(ended.code or 0)
        return status, capsys.readouterr().err

    return run


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder `var` with tables and one account, made once."""
    folder = tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(folder)
        monkeypatch.setenv("DOORSTEP_SECRET", SECRET)
        assert command.main(["migrate"]) == 0
        assert command.main(["user", "add", "there", "--role", "intake", "--no-password"]) == 0
    return folder / "var"


@pytest.fixture
def company(doorstep: Doorstep, template: Path, tmp_path: Path) -> Doorstep:
    """The same, with tables and one account."""
    shutil.copytree(template, tmp_path / "var")
    return doorstep


def _is_one_sentence(told: str) -> bool:
    """A sentence of ours, or argparse's after its usage lines."""
    said = [line for line in told.splitlines() if re.match(r"doorstep[ a-z-]*: ", line)]
    return "Traceback" not in told and len(said) == 1


def test_the_walk_leaves_no_subcommand_out() -> None:
    names = {one.NAME for one in command._SUBCOMMANDS}

    assert names <= set(SOUND) | NEEDS_NO_DATABASE
    assert names - {"backup", "restore", "verify-sign-offs", "sim"} <= {
        argv[0] for argv, _, _ in TYPED_WRONGLY if argv
    }


@pytest.mark.parametrize(("argv", "status", "said"), TYPED_WRONGLY, ids=range(len(TYPED_WRONGLY)))
def test_what_is_typed_wrongly_gets_a_sentence(
    company: Doorstep, argv: list[str], status: int, said: str
) -> None:
    found, told = company(*argv)

    assert (found, said in told) == (status, True), told
    assert _is_one_sentence(told), told


DATABASES: dict[str, tuple[str, int, str]] = {
    "another kind": ("mysql://127.0.0.1/db", 2, "DOORSTEP_DATABASE_URL must begin with"),
    "a relative scheme": ("sqlite://doorstep.db", 2, "DOORSTEP_DATABASE_URL must begin with"),
    "in memory": ("sqlite:///:memory:", 2, "DOORSTEP_DATABASE_URL must name a database file"),
    "no name": ("postgresql://127.0.0.1", 2, "DOORSTEP_DATABASE_URL must end with the name"),
    "no number": ("postgresql://127.0.0.1:port/db", 2, "DOORSTEP_DATABASE_URL must have a port"),
    "nobody listens": ("postgresql://me:geheim@127.0.0.1:1/db", 1, "Connection refused"),
    "an unknown option": ("postgresql://me:geheim@127.0.0.1:1/db?frob=1", 1, "frob"),
    "a folder": ("sqlite:///a-folder", 1, "cannot be opened"),
    "no database": ("sqlite:///customers.csv", 1, "not a SQLite database"),
    "under a file": ("sqlite:///customers.csv/x.db", 1, ""),
    "where nobody may write": ("sqlite:////proc/doorstep/x.db", 1, "/proc/doorstep"),
}  # fmt: skip


def _present() -> Iterator[str]:
    for one in command._SUBCOMMANDS:
        if one.NAME in SOUND:
            yield one.NAME


@pytest.mark.parametrize("name", _present())
@pytest.mark.parametrize("kind", DATABASES)
def test_a_database_that_cannot_be_used_gets_a_sentence(
    doorstep: Doorstep, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, kind: str
) -> None:
    url, status, said = DATABASES[kind]
    (tmp_path / "a-folder").mkdir()
    monkeypatch.setenv("DOORSTEP_DATABASE_URL", url)

    found, told = doorstep(*SOUND[name])

    if name != "restore":  # it reads the backup first, and there is none
        assert (found, said in told) == (status, True), told
    assert found in (1, 2)
    assert _is_one_sentence(told), told
    assert "geheim" not in told


@pytest.mark.parametrize("name", [one for one in _present() if one not in MAKES_THE_DATABASE])
def test_a_database_without_tables_names_migrate(doorstep: Doorstep, tmp_path: Path, name: str) -> None:
    absent = doorstep(*SOUND[name])
    (tmp_path / "var").mkdir(exist_ok=True)
    (tmp_path / "var" / "doorstep.db").touch()
    empty = doorstep(*SOUND[name])

    for status, told in (absent, empty):
        assert (status, "run `doorstep migrate`" in told, _is_one_sentence(told)) == (1, True, True), told


@pytest.mark.parametrize("name", [one for one in _present() if one not in ("demo", "restore")])
def test_a_database_of_a_newer_release_is_left_alone(company: Doorstep, tmp_path: Path, name: str) -> None:
    with sqlite3.connect(tmp_path / "var" / "doorstep.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()

    status, told = company(*SOUND[name])

    assert (status, "revision 9999" in told, _is_one_sentence(told)) == (1, True, True), told


@pytest.mark.parametrize("name", ["serve", "user", "device", "import", "rebuild", "replay-parked"])
def test_a_database_that_somebody_holds_is_said(company: Doorstep, tmp_path: Path, name: str) -> None:
    holder = sqlite3.connect(tmp_path / "var" / "doorstep.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    status, told = company(*SOUND[name])
    holder.close()

    assert (status, "locked by another process" in told) == (1, True), told
    assert _is_one_sentence(told), told


@pytest.mark.parametrize("name", ["serve", "user", "device", "import", "rebuild", "replay-parked"])
@pytest.mark.parametrize("folder", ["customers.csv", "customers.csv/blobs", "/proc/doorstep/blobs"])
def test_a_folder_for_media_that_cannot_be_made_is_said(
    company: Doorstep, monkeypatch: pytest.MonkeyPatch, name: str, folder: str
) -> None:
    monkeypatch.setenv("DOORSTEP_BLOB_STORE_URL", f"file:{folder}")

    status, told = company(*SOUND[name])

    assert (status, "DOORSTEP_BLOB_STORE_URL" in told, _is_one_sentence(told)) == (1, True, True), told


@pytest.mark.parametrize("name", _present())
def test_a_wrong_setting_stops_every_command_that_reads_settings(
    doorstep: Doorstep, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("DOORSTEP_SECRT", "mistyped")

    status, told = doorstep(*SOUND[name])

    assert (status, "did you mean DOORSTEP_SECRET?" in told, _is_one_sentence(told)) == (2, True, True), told


def test_a_password_that_is_no_text_is_refused(company: Doorstep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("\udcff and a horse that nobody knows"))

    status, told = company("user", "password", "there")

    assert (status, "not UTF-8" in told, _is_one_sentence(told)) == (1, True, True), told


def test_an_account_that_is_locked_is_unlocked(company: Doorstep) -> None:
    assert company("user", "unlock", "THERE") == (0, "")


def test_a_new_password_leaves_a_disabled_account_disabled(
    company: Doorstep, capsys: pytest.CaptureFixture[str]
) -> None:
    company("user", "disable", "there")

    assert command.main(["user", "password", "there", "--make-password"]) == 0
    assert "stays disabled" in capsys.readouterr().out


def test_the_reasons_for_which_operations_wait_are_those_that_are_written_down() -> None:
    from openapi.errors import GROUPS
    from sync.reasons import PARKED

    waiting = [reasons for place, reasons in GROUPS.items() if "waits" in place]

    assert sorted(PARKED) == sorted(reason for reasons in waiting for reason in reasons)
