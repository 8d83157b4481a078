"""The `doorstep` command: exit statuses, sentences, and nothing secret where it does not belong."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from server.cli.command import main
from tests.parts.server_process import SECRET, running_server

BIN = Path(sys.executable).parent


@pytest.fixture
def environment(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of a database that does not exist yet."""
    monkeypatch.setenv("DOORSTEP_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("DOORSTEP_BLOB_STORE_URL", f"file:{tmp_path / 'blobs'}")
    monkeypatch.setenv("DOORSTEP_SECRET", SECRET)


def _typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_a_wrong_setting_stops_with_its_sentence(
    environment: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOORSTEP_PORT", "eighty")

    assert main(["serve"]) == 2
    assert "DOORSTEP_PORT" in capsys.readouterr().err


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("command", [["serve"], ["user", "list"], ["rebuild"], ["device", "list"]])
def test_without_tables_the_sentence_names_migrate(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 1
    assert "doorstep migrate" in capsys.readouterr().err


@pytest.mark.usefixtures("environment")
def test_accounts_come_and_go(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    _typed(monkeypatch, "a long password\n")

    statuses = [
        main(["user", "add", "Wei", "--role", "intake", "--name", "魏晓芸"]),
        main(["user", "add", "wei", "--role", "intake", "--no-password"]),
        main(["user", "disable", "wei"]),
        main(["user", "enable", "wei"]),
        main(["user", "password", "wei", "--make-password"]),
        main(["user", "disable", "nobody"]),
        main(["user", "list"]),
    ]

    printed = capsys.readouterr()
    assert statuses == [0, 1, 0, 0, 0, 1, 0]
    assert "already" in printed.err and "There is no account nobody" in printed.err
    assert "a long password" not in printed.out + printed.err
    assert "argon2" not in printed.out


@pytest.mark.usefixtures("environment")
def test_a_short_password_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["migrate"])
    _typed(monkeypatch, "short\n")

    assert main(["user", "add", "wei", "--role", "intake"]) == 1
    assert "10 to" in capsys.readouterr().err


@pytest.mark.usefixtures("environment")
def test_codes_are_for_technicians(capsys: pytest.CaptureFixture[str]) -> None:
    main(["migrate"])
    main(["user", "add", "zhou", "--role", "technician", "--no-password"])
    main(["user", "add", "wei", "--role", "intake", "--no-password"])

    statuses = [main(["device", "code", login]) for login in ("zhou", "wei", "nobody")]
    revoked = main(["device", "revoke", "no-such-phone"])

    assert (statuses, revoked) == ([0, 1, 1], 1)
    assert "enrols one phone of zhou" in capsys.readouterr().out


@pytest.mark.usefixtures("environment")
def test_rebuild_and_replay_say_what_they_did(capsys: pytest.CaptureFixture[str]) -> None:
    main(["migrate"])

    assert [main(["rebuild"]), main(["replay-parked"]), main(["migrate"])] == [0, 0, 0]
    printed = capsys.readouterr().out
    assert "rebuild: done" in printed and "0 released" in printed


@pytest.mark.parametrize(("page_of", "names"), [("policies", "visit"), ("clocks", "delay")])
def test_printed_declarations_need_no_settings(
    page_of: str,
    names: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.delenv("DOORSTEP_SECRET", raising=False)

    assert main([page_of]) == 0
    assert names in capsys.readouterr().out
    assert main([page_of, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)
    assert main([page_of, "--markdown"]) == 0
    page = tmp_path / "page.md"
    page.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main([page_of, "--check", str(page)]) == 0
    page.write_text("stale", encoding="utf-8")
    assert main([page_of, "--check", str(page)]) == 1


@pytest.mark.parametrize("form", ["text", "json"])
def test_logs_hold_no_secret_and_no_personal_data(tmp_path: Path, form: str) -> None:
    variables = {"DOORSTEP_LOG_FORMAT": form, "DOORSTEP_LOG_LEVEL": "debug", "DOORSTEP_SECRET": SECRET}
    environ = {"PATH": "/usr/bin:/bin", **variables}
    for command, typed in (
        (["migrate"], ""),
        (["user", "add", "wei", "--role", "intake"], "a secret password\n"),
    ):
        subprocess.run(
            [str(BIN / "doorstep"), *command], cwd=tmp_path, env=environ, input=typed, text=True, check=True
        )

    with running_server(tmp_path, variables) as server:
        client = httpx.Client(base_url=server.base_url, trust_env=False)
        me = client.post("/v1/desk/login", json={"login": "wei", "password": "a secret password"}).json()
        client.post("/v1/desk/login", json={"login": "wei", "password": "guess-geheim"})
        client.get("/v1/desk/search?q=13800138000")
        client.get("/v1/desk/me", headers={"Authorization": "Bearer bearer-geheim"})
        client.post("/v1/enrol", json={"code": "CODE-GEHEIM", "public_key": {}})
        client.post("/v1/desk/customers", json={"fields": {"number": "x", "name": {"zh": "王小明"}}})
        client.get("/v1/nowhere?phone=13800138000")
        session = client.cookies["doorstep_session"]
        client.close()
        assert server.stop() == 0
        log = server.log.read_text()

    assert "/v1/desk/search" in log
    for secret in (
        "a secret password",
        "geheim",
        "GEHEIM",
        "13800138000",
        "王小明",
        me["csrf"],
        session,
        SECRET,
    ):
        assert secret not in log, secret
    if form == "json":
        lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
        answered = [line for line in lines if line.get("route") == "/v1/desk/me"]
        assert answered and {"request", "ms", "status", "user"} <= answered[0].keys()


def test_the_server_ends_well_with_a_stream_open(tmp_path: Path) -> None:
    environ = {"PATH": "/usr/bin:/bin", "DOORSTEP_SECRET": SECRET}
    for command in (["migrate"], ["user", "add", "wei", "--role", "intake"]):
        subprocess.run(
            [str(BIN / "doorstep"), *command],
            cwd=tmp_path,
            env=environ,
            input="a secret password\n",
            text=True,
            check=True,
        )

    with running_server(tmp_path, {}) as server, httpx.Client(trust_env=False) as client:
        client.post(
            f"{server.base_url}/v1/desk/login", json={"login": "wei", "password": "a secret password"}
        )
        with client.stream("GET", f"{server.base_url}/v1/desk/events") as stream:
            lines = stream.iter_lines()
            next(lines)
            status = server.stop()

    assert status == 0


def test_two_servers_do_not_share_an_address(tmp_path: Path) -> None:
    environ = {"PATH": "/usr/bin:/bin", "DOORSTEP_SECRET": SECRET}
    subprocess.run([str(BIN / "doorstep"), "migrate"], cwd=tmp_path, env=environ, check=True)

    with running_server(tmp_path, {}) as server:
        port = server.base_url.rpartition(":")[2]
        second = subprocess.run(
            [str(BIN / "doorstep"), "serve", "--port", port],
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )

    assert second.returncode == 1
    assert "Cannot listen" in second.stderr
