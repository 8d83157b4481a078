"""What holds personal data or a secret is made for its owner alone; what is there already is left, and named."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from server.bootstrap import open_service
from server.db.open import open_store
from server.private_files import private_file, private_folder
from server.settings import read_settings
from tests.server.live import SECRET


@pytest.fixture(autouse=True)
def lax_umask() -> object:
    """As on most machines: without it a strict umask would hide what the code leaves open."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_database_its_log_and_its_folder_are_private(tmp_path: Path) -> None:
    file = tmp_path / "var" / "doorstep.db"
    store = open_store(f"sqlite:///{file}")

    modes = {one.name: oct(_mode(one)) for one in [file.parent, *file.parent.iterdir()]}
    store.close()

    assert modes == {
        "var": "0o700",
        "doorstep.db": "0o600",
        "doorstep.db-wal": "0o600",
        "doorstep.db-shm": "0o600",
    }


def test_new_folders_for_media_and_first_loads_are_private(tmp_path: Path) -> None:
    service = open_service(
        read_settings(
            {
                "DOORSTEP_DATABASE_URL": f"sqlite:///{tmp_path / 'var' / 'doorstep.db'}",
                "DOORSTEP_BLOB_STORE_URL": f"file:{tmp_path / 'media' / 'blobs'}",
                "DOORSTEP_SECRET": SECRET,
            }
        ),
        migrate=True,
    )
    service.close()

    assert _mode(tmp_path / "media" / "blobs") == 0o700
    assert _mode(tmp_path / "media" / "first-loads") == 0o700


def test_a_database_that_others_may_read_is_left_and_named_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "doorstep.db"
    open_store(f"sqlite:///{file}").close()
    file.chmod(0o644)

    with caplog.at_level(logging.WARNING):
        open_store(f"sqlite:///{file}").close()

    assert _mode(file) == 0o644
    assert f"chmod 600 {file}" in caplog.text


def test_a_private_database_is_not_worth_a_word(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            open_store(f"sqlite:///{tmp_path / 'doorstep.db'}").close()

    assert caplog.text == ""


def test_what_is_there_keeps_its_content_and_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("kept")
    file.chmod(0o640)

    private_file(file)
    private_folder(tmp_path)

    assert (file.read_text(), _mode(file)) == ("kept", 0o640)
