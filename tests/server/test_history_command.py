"""`doorstep history`: the same history as the desk's, for reading, for programs, and as a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domain.commands.draft import create
from domain.place import work_order
from server.bootstrap import open_service
from server.cli.command import main
from server.db.statement import Statement
from server.settings import read_settings
from sync.engine import Draft
from tests.parts.server_process import SECRET
from tests.server.company import DOOR, fill

ORDER = "order-1"


@pytest.fixture
def number(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The number of the one order in a small company's database, which the settings name."""
    environ = {
        "DOORSTEP_DATABASE_URL": sqlite_url,
        "DOORSTEP_BLOB_STORE_URL": f"file:{tmp_path / 'blobs'}",
        "DOORSTEP_SECRET": SECRET,
    }
    for name, value in {**environ, "LANG": "C.UTF-8", "DOORSTEP_LANGUAGE": ""}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    service = open_service(read_settings(environ), migrate=True)
    try:
        fill(service.engine)
        order = create(
            "work_order", ORDER, work_order(ORDER), site="site-1", customer="customer-1", kind="fault",
            channel="phone", opened_at="2026-01-31T01:00:00Z", opened_on="2026-01-31", priority="high",
        )  # fmt: skip
        fields = (order.entity, order.record, order.aggregate, order.set, order.action)
        names = ("entity", "record", "aggregate", "set", "action")
        service.engine.write(DOOR, [Draft(id="open", **dict(zip(names, fields, strict=True)))])  # type: ignore[arg-type]
        record = service.reading.records([("work_order", ORDER)])["work_order", ORDER]
        return str(record.fields["number"])
    finally:
        service.close()


def test_an_order_is_found_by_its_number_and_by_its_id(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for asked in (number, number.lower(), ORDER):
        assert main(["history", asked]) == 0
        said.append(capsys.readouterr().out)

    assert said[0] == said[1] == said[2]
    assert "- priority: high.\n" in said[0]
    assert said[0].splitlines()[-1].startswith("The chain holds: ")


def test_it_is_told_in_the_language_of_the_terminal(
    number: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")

    assert main(["history", number]) == 0
    assert main(["history", "SO-0"]) == 1

    told = capsys.readouterr()
    assert "- 优先级：高。\n" in told.out
    assert "没有工单 SO-0" in told.err


def test_programs_get_the_desks_own_form_and_the_file(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["history", number, "--json"]) == 0
    history = json.loads(capsys.readouterr().out)
    assert main(["history", number, "--file"]) == 0
    file = json.loads(capsys.readouterr().out)

    assert (history["aggregate"], history["verified"]) == (work_order(ORDER), True)
    assert [one["n"] for one in file["entries"]] == [one["n"] for one in history["items"]]
    assert (file["format"], file["head"]) == ("doorstep-history/1", history["head"])


def test_a_chain_that_does_not_hold_ends_with_1(
    number: str, sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    service = open_service(read_settings({"DOORSTEP_DATABASE_URL": sqlite_url, "DOORSTEP_SECRET": SECRET}))
    spoil = Statement("UPDATE audit SET payload = salt WHERE aggregate = :aggregate AND n = 1")
    service.store.database.write(lambda c: c.run(spoil, aggregate=work_order(ORDER)))
    service.close()

    assert main(["history", number]) == 1
