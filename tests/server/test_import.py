"""Files are checked as a whole, written through the door, and safe to import again."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from domain import place
from domain.commands.draft import Drafted, create
from server.bootstrap import open_service
from server.cli.command import main
from server.importing.known import KnownRecords
from server.settings import read_settings
from sync.engine import Draft
from tests.server.company import DOOR
from tests.server.live import SECRET

Doorstep = Callable[..., tuple[int, str]]

CUSTOMERS = "number,name_zh,tier\nC1,老王面馆,vip\nC2,大华酒店,\n"
SITES = (
    "number,customer,address_zh,zone,contact_name,contact_phone,latitude,longitude\n"
    "S1,C1,长宁路1号,Asia/Shanghai,王小明,13800138000,31.22,121.42\n"
)
ASSETS = "serial,site,equipment,model,installed_on\nSN-1,S1,RF,F1,2024/3/1\n"
TECHNICIANS = "number,name_zh,skills\nT1,周建国,RF:2; AC\n"
ORDERS = "number,site,asset,symptom,opened_at\nOLD-1,S1,sn1,不制冷,2026-05-05 09:30\n"
GOOD = {
    "customers": CUSTOMERS,
    "sites": SITES,
    "assets": ASSETS,
    "technicians": TECHNICIANS,
    "orders": ORDERS,
}
CATALOGUE = (
    *(create("skill", code, place.SHARDS["skill"], code=code, name={"zh": code}) for code in ("RF", "AC")),
    create(
        "part",
        "p",
        place.SHARDS["part"],
        code="P",
        name={"zh": "件"},
        price_fen=1,
        equipment="RF",
        models=["F1"],
    ),
    create("outlet", "o", place.COMPANY["outlet"], code="SH", name={"zh": "上海"}),
)


@pytest.fixture
def doorstep(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Doorstep:
    """Runs the command on a fresh database of each engine; returns its exit status and what it printed."""
    return _doorstep(database_url, tmp_path, monkeypatch, capsys)


@pytest.fixture
def on_sqlite(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Doorstep:
    """The same where the engine makes no difference."""
    return _doorstep(sqlite_url, tmp_path, monkeypatch, capsys)


def _doorstep(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Doorstep:
    monkeypatch.setenv("DOORSTEP_DATABASE_URL", database_url)
    monkeypatch.setenv("DOORSTEP_BLOB_STORE_URL", f"file:{tmp_path / 'blobs'}")
    monkeypatch.setenv("DOORSTEP_SECRET", SECRET)

    def run(*arguments: str) -> tuple[int, str]:
        status = main(arguments)
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    assert run("migrate")[0] == 0
    _put(*CATALOGUE)
    return run


def _put(*drafted: Drafted) -> None:
    """Write records as the office did before the import."""
    service = open_service(read_settings(os.environ))
    drafts = [
        Draft(
            id=str(uuid.uuid4()),
            entity=one.entity,
            record=one.record,
            aggregate=one.aggregate,
            set=one.set,
            action="create",
        )
        for one in drafted
    ]
    service.engine.write(DOOR, drafts)
    service.close()


def _fields(entity: str, code: str) -> Mapping[str, Any]:
    """What the database holds under a code."""
    service = open_service(read_settings(os.environ))
    known = KnownRecords(service.store)
    known.prepare({entity: [code]})
    id = known.id_of(entity, code)
    assert id is not None
    fields = known.fields_of(entity, id)
    service.close()
    assert fields is not None
    return fields


def _file(tmp_path: Path, content: str | bytes) -> str:
    file = tmp_path / f"{uuid.uuid4()}.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(file)


def _import_all(doorstep: Doorstep, tmp_path: Path) -> list[str]:
    said = []
    for kind, content in GOOD.items():
        status, printed = doorstep("import", kind, _file(tmp_path, content))
        assert status == 0, printed
        said.append(printed.splitlines()[-1])
    return said


def test_a_company_is_imported_and_again_changes_nothing(doorstep: Doorstep, tmp_path: Path) -> None:
    first = _import_all(doorstep, tmp_path)
    again = _import_all(doorstep, tmp_path)

    assert first == [
        "import: 2 created, 0 changed, 0 as they were",
        "import: 2 created, 0 changed, 0 as they were",
        "import: 1 created, 0 changed, 0 as they were",
        "import: 1 created, 0 changed, 0 as they were",
        "import: 2 created, 0 changed, 0 as they were",
    ]
    assert all(line.startswith("import: 0 created, 0 changed") for line in again)
    assert all(line.endswith("nothing was added") for line in again)


def test_a_changed_row_changes_its_record(doorstep: Doorstep, tmp_path: Path) -> None:
    _import_all(doorstep, tmp_path)

    status, printed = doorstep("import", "customers", _file(tmp_path, CUSTOMERS.replace("vip", "contract")))

    assert status == 0
    assert printed.splitlines()[-1] == "import: 0 created, 1 changed, 1 as they were"


def test_a_corrected_symptom_changes_the_order_and_not_what_the_customer_said(
    doorstep: Doorstep, tmp_path: Path
) -> None:
    _import_all(doorstep, tmp_path)

    status, printed = doorstep("import", "orders", _file(tmp_path, ORDERS.replace("不制冷", "结冰")))

    assert (status, printed.splitlines()[-1]) == (0, "import: 0 created, 1 changed, 1 as they were")


def test_a_dry_run_lists_every_bad_row_and_writes_nothing(doorstep: Doorstep, tmp_path: Path) -> None:
    bad = (
        "number,name_zh,tier,customer_since\n"
        "C1,老王面馆,gold,2024-13-01\n"
        ",没有编号,,\n"
        "C3,,,\n"
        "C4,好的,,2024-02-29\n"
        "C4,重复,,\n"
    )
    file = _file(tmp_path, bad)

    dry, printed = doorstep("import", "customers", file, "--dry-run")
    real, _ = doorstep("import", "customers", file)

    assert dry == real == 1
    assert 'line 2, column tier: "gold" must be one of vip, contract, standard / 须为以下之一：' in printed
    wrong = [line.partition(":")[0] for line in printed.splitlines() if line.startswith("line ")]
    assert wrong == [
        "line 2, column tier",
        "line 2, column customer_since",
        "line 3, column number",
        "line 4, column name_zh",
        "line 6, column number",
    ]
    status, after = doorstep("import", "customers", _file(tmp_path, "number,name_zh\nC4,好的\n"))
    assert "1 created" in after, "nothing of the bad file was written"
    assert status == 0


def test_a_good_dry_run_writes_nothing(on_sqlite: Doorstep, tmp_path: Path) -> None:
    file = _file(tmp_path, CUSTOMERS)

    assert on_sqlite("import", "customers", file, "--dry-run")[0] == 0

    assert "2 created" in on_sqlite("import", "customers", file)[1]


def test_a_reference_to_nobody_is_a_bad_row(doorstep: Doorstep, tmp_path: Path) -> None:
    status, printed = doorstep("import", "sites", _file(tmp_path, SITES))

    assert status == 1
    assert 'line 2, column customer: "C1" is the code of no customer here / 不是已有客户的编号' in printed


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_spreadsheets_encodings_are_read(doorstep: Doorstep, tmp_path: Path, encoding: str) -> None:
    assert doorstep("import", "customers", _file(tmp_path, CUSTOMERS.encode(encoding)))[0] == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty: its first line must name the columns (number, name_zh"),
        (b"\xef\xbb\xbf\r\n", "为空"),
        ("number,name_zh\n", "has a header and no rows"),
        ("name_zh\n老王\n", "must name the column number"),
        ("number,colour\nC1,red\n", "'colour' is not known"),
        ("Number,Name-ZH\nC1,王\n", "did you mean name_zh (Name in Chinese.)?"),
        ("客户编号,name_zh\nC1,王\n", "是否应为 number（客户编号。）？"),
        ("number,name\nC1,王\n", "did you mean name_"),
        ("number,\nC1,王\n", "Column 2 has no name"),
        ("number;name_zh\nC1;王\n", "separated by a semicolon"),
        ("number\tname_zh\nC1\t王\n", "英文逗号"),
        ('number,name_zh\nC1,"王\nC2,李\n', "line 3"),
        ("number,name_zh\nC1,王\n".encode("utf-16"), "CSV UTF-8"),
        (b"PK\x03\x04 a workbook", "CSV UTF-8"),
        ("number,number\nC1,C1\n", "there twice"),
        (b"number\n\xff\xff\xff\xff", "neither UTF-8 nor GB 18030"),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence(
    on_sqlite: Doorstep, tmp_path: Path, content: str | bytes, said: str
) -> None:
    status, printed = on_sqlite("import", "customers", _file(tmp_path, content))

    assert status == 1
    assert said in printed


def test_a_missing_file_is_refused_with_a_sentence(on_sqlite: Doorstep) -> None:
    status, printed = on_sqlite("import", "customers", "no-such-file.csv")

    assert (status, "cannot be read" in printed) == (1, True)


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("customers", "number,name_zh,customer_since\nC9,王,2099-01-01\n", '"2099-01-01" lies in the future'),
        ("assets", ASSETS.replace("2024/3/1", "2099/3/1"), "installed_on: \"2099/3/1\" lies in the future / 是将来的"),
        ("orders", ORDERS.replace("2026-05-05", "2099-05-05"), "opened_at: \"2099-05-05 09:30\" lies in the future"),
        ("orders", ORDERS.replace("2026-05-05 09:30", "0001-01-01T00:00+14:00"), "opened_at"),
        ("assets", ASSETS.replace("RF", "RG"), "known are RF"),
        ("assets", ASSETS.replace("F1", "F2"), "known are F1"),
        ("technicians", TECHNICIANS.replace("RF:2", "XX:2"), "XX is no known skill; known are AC, RF"),
        ("technicians", TECHNICIANS.replace("RF:2", "RF:0"), "levels from 1 to 9"),
        ("technicians", TECHNICIANS.replace("RF:2", "AC:2"), "names AC twice"),
        ("customers", "number,name_zh,outlet\nC9,王,XX\n", "is the code of no outlet here / 不是已有网点"),
        ("orders", ORDERS.replace("symptom,", "severity,symptom,").replace("不制冷", "dire,不制冷"), "urgent, major"),
        ("customers", "number,name_zh\nC9,王,和,李\n", 'column (none): "和, 李" stands beyond the last column'),
        ("customers", f"number,name_zh\nC9,{'王' * 4001}\n", "name_zh"),
        ("customers", f"number,name_zh\n{'9' * 41},王\n", "has more than 40 characters / 超过 40 个字符"),
        ("customers", "number,name_zh\n1.38E+10,王\n", "a spreadsheet has rounded"),
        ("customers", "number,name_zh\nC9,#N/A\n", "spreadsheet's error"),
        ("sites", SITES.replace("C1", "C2"), "column customer: \"C2\" differs from what is set here"),
        ("sites", SITES.replace("31.22", ""), "latitude"),
        ("sites", SITES.replace("王小明", ""), "contact_name"),
        ("assets", ASSETS + "sn 1,S1,RF,F1,\n", 'line 3, column serial: "sn 1" is in line 2 already / 与第 2 行重复'),
    ],
    ids=range(20),
)  # fmt: skip
def test_a_bad_row_is_named_and_keeps_the_whole_file_out(
    on_sqlite: Doorstep, tmp_path: Path, kind: str, content: str, said: str
) -> None:
    _import_all(on_sqlite, tmp_path)

    status, printed = on_sqlite("import", kind, _file(tmp_path, content))

    assert status == 1
    assert said in printed
    assert "nothing was written" in printed and "created" not in printed


def test_a_model_of_another_maker_is_taken_where_that_is_said(on_sqlite: Doorstep, tmp_path: Path) -> None:
    _import_all(on_sqlite, tmp_path)
    file = _file(tmp_path, ASSETS.replace("F1", "X9"))

    assert on_sqlite("import", "assets", file)[0] == 1
    assert on_sqlite("import", "assets", file, "--new-models")[0] == 0


def test_a_code_that_two_records_have_already_is_a_bad_row(doorstep: Doorstep, tmp_path: Path) -> None:
    _put(*(create("customer", id, place.customer(id), number="C1", name={"zh": id}) for id in ("one", "two")))

    status, printed = doorstep("import", "customers", _file(tmp_path, CUSTOMERS))

    assert status == 1
    assert 'line 2, column number: "C1" is the code of more than one customer here' in printed


def test_a_code_that_the_office_gave_is_changed_and_not_made_twice(
    doorstep: Doorstep, tmp_path: Path
) -> None:
    _put(create("customer", "one", place.customer("one"), number="C1", name={"zh": "旧名"}))

    printed = doorstep("import", "customers", _file(tmp_path, CUSTOMERS))[1]

    assert "1 created, 1 changed" in printed
    assert _fields("customer", "C1")["name"] == {"zh": "老王面馆"}


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_line_ends_and_quoted_line_ends_are_read(on_sqlite: Doorstep, tmp_path: Path, ends: str) -> None:
    content = f'number,name_zh{ends}C1,"老王{ends}""面馆"""{ends}{ends}C2,大华{ends}'

    assert on_sqlite("import", "customers", _file(tmp_path, content))[0] == 0

    assert _fields("customer", "C1")["name"] == {"zh": '老王\n"面馆"'}
    status, printed = on_sqlite("import", "customers", _file(tmp_path, content + f"C2,又{ends}"))
    assert (status, "line 6, column number" in printed, "is in line 5 already" in printed) == (1, True, True)


def test_a_spreadsheets_formula_stays_text(on_sqlite: Doorstep, tmp_path: Path) -> None:
    formula = "=cmd|'/C calc'!A0"

    assert on_sqlite("import", "customers", _file(tmp_path, f"number,name_zh\nC1,{formula}\n"))[0] == 0

    assert _fields("customer", "C1")["name"] == {"zh": formula}


def test_the_encoding_that_was_taken_is_said(on_sqlite: Doorstep, tmp_path: Path) -> None:
    assert (
        "read as GB 18030"
        in on_sqlite("import", "customers", _file(tmp_path, CUSTOMERS.encode("gb18030")))[1]
    )
    assert _fields("customer", "C1")["name"] == {"zh": "老王面馆"}


def test_every_bad_row_of_a_long_file_is_listed_and_progress_is_told(
    on_sqlite: Doorstep, tmp_path: Path
) -> None:
    rows = "".join(f"C{place},王,{'gold' if place % 2 else 'vip'}\n" for place in range(6_000))

    status, printed = on_sqlite(
        "import", "customers", _file(tmp_path, "number,name_zh,tier\n" + rows), "--dry-run"
    )

    assert status == 1
    assert printed.count('"gold" must be one of') == 3_000
    assert "5000 rows checked" in printed
    assert "3000 of 6000 rows are bad" in printed


def test_columns_are_explained_in_both_languages(on_sqlite: Doorstep) -> None:
    printed = on_sqlite("import", "assets", "--columns")[1]

    assert "serial           needed  Serial number, as on the nameplate. / 序列号" in printed


def test_a_missing_argument_is_wrong_use(on_sqlite: Doorstep) -> None:
    assert on_sqlite("import", "customers")[0] == 2


@pytest.mark.parametrize("place", range(3))
def test_options_may_stand_anywhere(on_sqlite: Doorstep, tmp_path: Path, place: int) -> None:
    words = ["customers", str(_file(tmp_path, "number,name_zh\nC-1,老王面馆\n"))]
    words.insert(place, "--dry-run")

    status, printed = on_sqlite("import", *words)

    assert (status, "1 rows are good" in printed) == (0, True), printed


def test_what_nobody_asked_for_is_refused(on_sqlite: Doorstep, capsys: pytest.CaptureFixture[str]) -> None:
    for surplus in (
        ["a.csv", "--dry-run", "b.csv"],
        ["--dry-run", "a.csv", "b.csv"],
        ["--dry-runs", "a.csv"],
    ):
        with pytest.raises(SystemExit) as stopped:
            on_sqlite("import", "customers", *surplus)
        assert stopped.value.code == 2
        assert "unrecognized arguments" in capsys.readouterr().err
