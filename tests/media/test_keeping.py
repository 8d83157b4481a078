"""Originals leave a store, and renditions enter it, as they are, out of a folder and out of a bucket."""

from __future__ import annotations

import hashlib
import os
from itertools import count
from pathlib import Path

import pytest

from media.local_store import LocalStore
from media.part_register import MemoryPartRegister
from media.renditions.keeping import keep_file, opened_original
from media.s3_store import S3Store
from media.store import Store
from tests.media.memory_bucket import MemoryBucket

CONTENT = os.urandom(3_000_000)


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return LocalStore(tmp_path / "store")
    return S3Store(MemoryBucket(), MemoryPartRegister())


def kept(store: Store, folder: Path, content: bytes = CONTENT) -> str:
    path = folder / "rendition.jpg"
    path.write_bytes(content)
    numbers = count()
    found = keep_file(store, path, lambda: f"made{next(numbers)}")
    assert found.size_bytes == len(content)
    return found.sha256


def test_a_rendition_becomes_a_blob_and_leaves_nothing_behind(store: Store, tmp_path: Path) -> None:
    sha256 = kept(store, tmp_path)

    assert sha256 == hashlib.sha256(CONTENT).hexdigest()
    with store.read(sha256) as blob:
        assert blob.read() == CONTENT
    assert list(store.ids()) == []


def test_the_same_rendition_made_again_is_the_same_blob(store: Store, tmp_path: Path) -> None:
    assert kept(store, tmp_path) == kept(store, tmp_path)
    assert store.size(kept(store, tmp_path)) == len(CONTENT)


def test_an_original_is_opened_as_a_file_of_the_same_bytes(store: Store, tmp_path: Path) -> None:
    sha256 = kept(store, tmp_path)

    with opened_original(store, sha256, tmp_path) as handle:
        with os.fdopen(os.dup(handle), "rb") as file:
            assert file.read() == CONTENT
        os.lseek(handle, -3, os.SEEK_END)
        assert os.read(handle, 9) == CONTENT[-3:], "what looks for the end of a file must be able to"


def test_an_original_that_is_not_there_is_told(store: Store, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), opened_original(store, "0" * 64, tmp_path):
        pass


def test_a_link_in_place_of_a_rendition_is_not_followed(store: Store, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"of the server")
    (tmp_path / "rendition.jpg").symlink_to(tmp_path / "secret")

    with pytest.raises(OSError):
        keep_file(store, tmp_path / "rendition.jpg", lambda: "made")

    assert store.size(hashlib.sha256(b"of the server").hexdigest()) is None


def test_what_is_no_file_is_refused(store: Store, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDWR)
    try:
        with pytest.raises(ValueError, match="no file"):
            keep_file(store, tmp_path / "pipe", lambda: "made")
    finally:
        os.close(reader)
