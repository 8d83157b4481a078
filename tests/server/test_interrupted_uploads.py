"""What a crash left of an upload is put in order by whoever serves, and by nobody who works beside a live server."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from media.local_store import LocalStore
from server.bootstrap import open_service
from server.cli.command import main
from server.settings import read_settings
from tests.parts.server_process import SECRET, running_server

BEING_CREATED = "0190a000-0000-7000-8000-000000000001"
"""An upload whose bytes have their file and whose row comes next: so it looks for a moment in a live server."""


@pytest.fixture
def store(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalStore:
    """The media of a migrated database."""
    monkeypatch.setenv("DOORSTEP_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("DOORSTEP_BLOB_STORE_URL", f"file:{tmp_path / 'blobs'}")
    monkeypatch.setenv("DOORSTEP_SECRET", SECRET)
    assert main(["migrate"]) == 0
    made = LocalStore(tmp_path / "blobs")
    made.create(BEING_CREATED)
    return made


@pytest.mark.parametrize("command", [["user", "list"], ["device", "list"], ["rebuild"]], ids=" ".join)
def test_a_command_leaves_uploads_of_a_live_server_alone(store: LocalStore, command: list[str]) -> None:
    assert main(command) == 0

    assert list(store.ids()) == [BEING_CREATED]


def test_a_server_that_starts_leaves_uploads_of_another_alone(
    store: LocalStore, sqlite_url: str, tmp_path: Path
) -> None:
    variables = {
        "DOORSTEP_DATABASE_URL": sqlite_url,
        "DOORSTEP_BLOB_STORE_URL": f"file:{tmp_path / 'blobs'}",
    }
    with running_server(tmp_path, variables):
        assert list(store.ids()) == [BEING_CREATED]


def test_what_a_crash_left_is_freed_an_hour_later(store: LocalStore) -> None:
    service = open_service(read_settings(os.environ))
    try:
        service.uploads.recover()
        service.upload_expiry.look()
    finally:
        service.close()

    assert list(store.ids()) == []
