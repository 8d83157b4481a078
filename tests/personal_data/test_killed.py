"""An erasure that is killed anywhere is known as broken off, and completed by repeating it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from server.db.address import is_sqlite, sqlite_path
from tests.personal_data import house
from tests.personal_data.house import found_in
from tests.personal_data.killed import STEPS

IDS = [one.replace(" ", "-") for one in STEPS]


@pytest.mark.parametrize("step", range(len(STEPS)), ids=IDS)
def test_a_kill_leaves_nothing_that_repeating_does_not_complete(
    sqlite_url: str, tmp_path: Path, step: int
) -> None:
    _killed_and_repeated(sqlite_url, tmp_path, step)
    assert found_in(sqlite_url) == {}


@pytest.mark.parametrize("step", [1, 4, 7], ids=[IDS[1], IDS[4], IDS[7]])
def test_nor_on_postgresql(postgres_url: str, tmp_path: Path, step: int) -> None:
    _killed_and_repeated(postgres_url, tmp_path, step)
    assert found_in(postgres_url) == {}


def _killed_and_repeated(database_url: str, folder: Path, step: int) -> None:
    with house.service(database_url, folder) as service:
        house.fill(service)
    command = [sys.executable, "-m", "tests.personal_data.killed", database_url, str(folder), str(step)]
    assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL
    with house.service(database_url, folder) as service:
        assert [one.finished_at for one in service.erasing.listed()] == [None]
        assert service.erasing.undone() == [house.CUSTOMER]
        service.erasing.repeat()
        assert [one.finished_at is not None for one in service.erasing.listed()] == [True]
        assert service.erasing.undone() == []
        assert service.erasing._blobs.size(house.PHOTO_SHA256) is None
    if is_sqlite(database_url):
        house.written_anew(sqlite_path(database_url))
