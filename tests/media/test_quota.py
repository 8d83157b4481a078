"""What a quota refuses, and what it never refuses."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from media.gate import Principal
from media.local_store import LocalStore
from media.memory_register import MemoryRegister
from media.quota import DEVICE, Room
from media.refusal import QuotaReached, TooLong
from media.upload import MediaKind, UploadState
from media.uploads import NewUpload, Uploads

PHONE = Principal("d1", "p1")
HELLO = b"hello world"
NEW = NewUpload("m1", hashlib.sha256(HELLO).hexdigest(), MediaKind.ORIGINAL, len(HELLO), ())


class Rooms:
    """A quota whose rooms the test sets."""

    def __init__(self) -> None:
        self.now: list[Room] = []
        self.asked: list[tuple[str | None, str | None]] = []

    def rooms(self, principal: Principal, media_id: str | None, upload_id: str | None) -> Sequence[Room]:
        self.asked.append((media_id, upload_id))
        return self.now


class OpenGate:
    def may_upload(self, *question: object) -> str | None:
        return None


@pytest.fixture
def rooms() -> Rooms:
    return Rooms()


@pytest.fixture
def uploads(tmp_path: Path, rooms: Rooms) -> Uploads:
    ids = (f"u{number}" for number in count())
    now = datetime(2026, 5, 4, tzinfo=UTC)
    return Uploads(
        MemoryRegister(),
        LocalStore(tmp_path),
        OpenGate(),
        lambda _: None,
        lambda: now,
        lambda: next(ids),
        quota=rooms,
    )


def send(
    uploads: Uploads, upload_id: str, data: bytes, offset: int = 0, length: int | None = None
) -> UploadState:
    writing = uploads.begin(upload_id, PHONE, offset, length_bytes=length)
    try:
        writing.take(data)
    except TooLong:
        writing.abandon()
        raise
    return writing.end(complete=True).state


@pytest.mark.parametrize("scope", [DEVICE, "work_order"])
def test_a_file_that_does_not_fit_is_refused_before_anything_is_kept(
    uploads: Uploads, rooms: Rooms, tmp_path: Path, scope: str
) -> None:
    rooms.now = [Room(scope, 100, 10)]
    with pytest.raises(QuotaReached) as refused:
        uploads.create(NEW, PHONE)
    assert (refused.value.scope, refused.value.left_bytes) == (scope, 10)
    assert not list((tmp_path / "partial").iterdir())
    rooms.now = [Room(scope, 100, 11)]
    assert send(uploads, uploads.create(NEW, PHONE).id, HELLO) is UploadState.STORED


def test_an_upload_that_was_let_in_goes_on_when_the_room_is_gone(uploads: Uploads, rooms: Rooms) -> None:
    upload = uploads.create(NEW, PHONE)
    rooms.now = [Room(DEVICE, 100, 0)]
    send(uploads, upload.id, HELLO[:4])
    assert uploads.create(NEW, PHONE).id == upload.id
    assert send(uploads, upload.id, HELLO[4:], 4) is UploadState.STORED
    assert uploads.create(NEW, PHONE).state is UploadState.STORED


def test_an_unknown_length_grows_only_into_the_room(uploads: Uploads, rooms: Rooms) -> None:
    upload = uploads.create(replace(NEW, length_bytes=None), PHONE)
    rooms.now = [Room("work_order", 100, 5)]
    with pytest.raises(TooLong):
        send(uploads, upload.id, HELLO)
    with pytest.raises(QuotaReached):
        send(uploads, upload.id, HELLO, length=len(HELLO))
    assert rooms.asked[-1] == ("m1", upload.id)


def test_a_piece_counts_for_the_device_and_its_whole_for_the_work_order_alone(
    uploads: Uploads, rooms: Rooms
) -> None:
    piece = uploads.create_piece(len(HELLO), (), PHONE)
    assert rooms.asked == [(None, None)]
    send(uploads, piece.id, HELLO)
    joined = replace(NEW, length_bytes=None, pieces=(piece.id,))
    rooms.now = [Room("work_order", 100, 10), Room(DEVICE, 100, 0)]
    with pytest.raises(QuotaReached, match="work_order"):
        uploads.create(joined, PHONE)
    rooms.now = [Room(DEVICE, 100, 0)]
    with pytest.raises(QuotaReached, match="device"):
        uploads.create_piece(1, (), PHONE)
    assert uploads.create(joined, PHONE).state is UploadState.STORED
