"""Files are checked as a whole, written through the door, and safe to import again."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from server.cli.command import main
from tests.server.live import SECRET

Doorstep = Callable[..., tuple[int, str]]

CUSTOMERS = "number,name_zh,tier\nC1,老王面馆,vip\nC2,大华酒店,\n"
SITES = (
    "number,customer,address_zh,zone,contact_name,contact_phone,latitude,longitude\n"
    "S1,C1,长宁路1号,Asia/Shanghai,王小明,13800138000,31.22,121.42\n"
)
ASSETS = "serial,site,equipment,installed_on\nSN-1,S1,RF,2024/3/1\n"
TECHNICIANS = "number,name_zh,skills\nT1,周建国,RF:2; AC\n"
ORDERS = "number,site,asset,symptom,opened_at\nOLD-1,S1,sn1,不制冷,2031-05-05 09:30\n"
GOOD = {
    "customers": CUSTOMERS,
    "sites": SITES,
    "assets": ASSETS,
    "technicians": TECHNICIANS,
    "orders": ORDERS,
}


@pytest.fixture
def doorstep(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Doorstep:
    """Runs the command on a fresh database; returns its exit status and what it printed."""
    monkeypatch.setenv("DOORSTEP_DATABASE_URL", database_url)
    monkeypatch.setenv("DOORSTEP_BLOB_STORE_URL", f"file:{tmp_path / 'blobs'}")
    monkeypatch.setenv("DOORSTEP_SECRET", SECRET)

    def run(*arguments: str) -> tuple[int, str]:
        status = main(arguments)
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    assert run("migrate")[0] == 0
    return run


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


def test_a_changed_row_changes_its_record(doorstep: Doorstep, tmp_path: Path) -> None:
    _import_all(doorstep, tmp_path)

    status, printed = doorstep("import", "customers", _file(tmp_path, CUSTOMERS.replace("vip", "contract")))

    assert status == 0
    assert printed.splitlines()[-1] == "import: 0 created, 1 changed, 1 as they were"


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


def test_a_good_dry_run_writes_nothing(doorstep: Doorstep, tmp_path: Path) -> None:
    file = _file(tmp_path, CUSTOMERS)

    assert doorstep("import", "customers", file, "--dry-run")[0] == 0

    assert "2 created" in doorstep("import", "customers", file)[1]


def test_a_reference_to_nobody_is_a_bad_row(doorstep: Doorstep, tmp_path: Path) -> None:
    status, printed = doorstep("import", "sites", _file(tmp_path, SITES))

    assert status == 1
    assert "line 2, column customer: there is no customer 'C1'" in printed


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_spreadsheets_encodings_are_read(doorstep: Doorstep, tmp_path: Path, encoding: str) -> None:
    assert doorstep("import", "customers", _file(tmp_path, CUSTOMERS.encode(encoding)))[0] == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "must name the column number"),
        ("name_zh\n老王\n", "must name the column number"),
        ("number,colour\nC1,red\n", "'colour' is not known"),
        ("number,number\nC1,C1\n", "there twice"),
        (b"number\n\xff\xff\xff\xff", "neither UTF-8 nor GB 18030"),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence(
    doorstep: Doorstep, tmp_path: Path, content: str | bytes, said: str
) -> None:
    status, printed = doorstep("import", "customers", _file(tmp_path, content))

    assert status == 1
    assert said in printed


def test_a_missing_file_is_refused_with_a_sentence(doorstep: Doorstep) -> None:
    status, printed = doorstep("import", "customers", "no-such-file.csv")

    assert (status, "cannot be read" in printed) == (1, True)
