"""`doorstep personal`, as an operator uses it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from server.cli.command import main
from tests.personal_data import house
from tests.personal_data.house import CUSTOMER, found_in

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs the command over a filled database; its exit status and all that it said."""
    for name, value in house.settings_of(database_url, tmp_path).items():
        monkeypatch.setenv(name, value)
    with house.service(database_url, tmp_path) as service:
        house.fill(service)
        house.open_an_order(service)
        house.close_it(service)

    def ran(*arguments: str) -> tuple[int, str]:
        status = main(["personal", *arguments])
        said = capsys.readouterr()
        return status, said.out + said.err

    return ran


def test_export_writes_a_file_for_its_owner_alone_and_never_over_another(run: Run, tmp_path: Path) -> None:
    to = tmp_path / "out.zip"
    assert run("export", CUSTOMER, "--to", str(to))[0] == 0
    assert zipfile.is_zipfile(to)
    assert to.stat().st_mode & 0o077 == 0
    status, said = run("export", CUSTOMER, "--to", str(to))
    assert (status, "never written over" in said) == (1, True)


def test_a_dry_run_tells_and_changes_nothing(run: Run, database_url: str) -> None:
    before = found_in(database_url)
    status, said = run("erase", CUSTOMER, "--dry-run")
    assert status == 0
    assert "to be blanked: 2 contact" in said
    assert "Signed documents" in said
    assert found_in(database_url) == before


def test_erase_leaves_no_byte_even_in_old_pages(run: Run, database_url: str) -> None:
    status, said = run("erase", CUSTOMER, "--reason", "retention")
    assert status == 0, said
    assert "is erased" in said
    assert found_in(database_url) == {}
    assert "retention" in run("list")[1]


def test_nobody_of_that_id_is_a_sentence(run: Run) -> None:
    assert run("erase", "nobody") == (1, "doorstep: There is no customer with the id nobody.\n")
