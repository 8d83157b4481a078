"""Invariant 10. Blob: acknowledged offset never decreases; complete means the SHA-256 matched; no referenced blob is
collected."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

import pytest

from media.gate import Principal
from media.local_store import LocalStore
from media.memory_register import MemoryRegister
from media.refusal import HashMismatch, UploadGone, UploadRefused
from media.upload import MediaKind, Upload, UploadState
from media.uploads import NewUpload, Uploads
from tests.media.volatile_disk import PowerCut, VolatileDisk

PHONE = Principal("d1", "p1")
FOLDER = Path("/store")


class House:
    """Uploads on a disk that may lose its power at any step."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.chance = 0.0
        self.now = datetime(2026, 1, 31, tzinfo=UTC)
        self.disk = VolatileDisk(self._maybe_cut)
        self.register = MemoryRegister()
        self.stored: list[Upload] = []
        self._ids: Iterator[str] = (f"u{number}" for number in count())
        self.uploads = self.start()

    def _maybe_cut(self, step: str) -> None:
        if self.dice.random() < self.chance:
            raise PowerCut(step)

    def start(self) -> Uploads:
        """The process begins again."""
        self.uploads = Uploads(
            self.register,
            LocalStore(FOLDER, self.disk),
            self,
            self._told,
            lambda: self.now,
            lambda: next(self._ids),
        )
        self.uploads.recover()
        return self.uploads

    def may_upload(self, *_: object) -> None:
        return None

    def _told(self, upload: Upload) -> None:
        self.stored.append(upload)
        assert self.blob(upload.sha256) is not None, "told before it was there"

    def blob(self, sha256: str) -> bytes | None:
        """What a reader would find."""
        return self.disk.content(FOLDER / "blobs" / sha256[:2] / sha256)


def new(content: bytes, media: str = "m1", sha256: str = "") -> NewUpload:
    sha256 = sha256 or hashlib.sha256(content).hexdigest()
    return NewUpload(media, sha256, MediaKind.ORIGINAL, len(content), ())


@pytest.mark.parametrize("first", range(0, 160, 20))
def test_an_acknowledged_offset_never_decreases_whatever_is_cut(first: int) -> None:
    cuts = 0
    for seed in range(first, first + 20):
        house = House(seed)
        content = house.dice.randbytes(house.dice.randint(30, 90))
        house.chance = 0.05
        cuts += upload_through_cuts(house, content)
        sha256 = hashlib.sha256(content).hexdigest()
        assert house.blob(sha256) == content
        assert {one.sha256 for one in house.stored} == {sha256}
        assert not list(house.register.in_state(UploadState.QUARANTINED, "", 9))
    assert cuts > 5, "an undisturbed disk proves nothing"


def upload_through_cuts(house: House, content: bytes) -> int:
    """As a phone does it, remembering what it was told; how often the power went."""
    told, cuts = 0, 0
    while True:
        try:
            uploads = house.start()
            upload = uploads.create(new(content), PHONE)
            assert upload.offset_bytes >= told, f"{upload.offset_bytes} after {told}"
            told = upload.offset_bytes
            while upload.state is not UploadState.STORED:
                writing = uploads.begin(upload.id, PHONE, told)
                writing.take(content[told : told + house.dice.randint(1, 12)])
                writing.checkpoint()
                assert writing.offset_bytes >= told
                told = writing.offset_bytes
                upload = writing.end(complete=house.dice.random() < 0.7)
                assert upload.offset_bytes >= told
                told = upload.offset_bytes
            return cuts
        except PowerCut:
            cuts += 1
            house.disk.cut_power(house.dice) if house.dice.random() < 0.6 else house.disk.kill()
            if cuts > 60:
                house.chance = 0


@pytest.mark.parametrize("seed", range(10))
def test_other_bytes_than_those_declared_are_never_stored(seed: int) -> None:
    house = House(seed)
    content = house.dice.randbytes(40)
    place = house.dice.randrange(40)
    wrong = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    declared = hashlib.sha256(content).hexdigest()
    upload = house.uploads.create(new(content), PHONE)
    writing = house.uploads.begin(upload.id, PHONE, 0)
    writing.take(wrong)
    with pytest.raises(HashMismatch):
        writing.end(complete=True)
    assert house.blob(declared) is None and house.stored == []
    with pytest.raises(UploadGone):
        house.uploads.look(upload.id, PHONE)
    again = house.uploads.create(new(content), PHONE)
    assert again.offset_bytes == 0, "it may be sent anew, from the beginning"
    writing = house.uploads.begin(again.id, PHONE, 0)
    writing.take(content)
    assert writing.end(complete=True).state is UploadState.STORED
    assert house.blob(declared) == content


@pytest.mark.parametrize("seed", range(10))
def test_a_stored_file_outlives_every_sweep_and_every_other_upload(seed: int) -> None:
    house = House(seed)
    content = house.dice.randbytes(30)
    sha256 = hashlib.sha256(content).hexdigest()
    _send(house, house.uploads.create(new(content), PHONE), content)
    for number in range(12):
        act = house.dice.randrange(5)
        if act == 0:
            house.now += timedelta(days=400)
            house.uploads.expire()
        elif act == 1:
            house.disk.cut_power(house.dice)
            house.start()
        elif act == 2:
            _refused(house, content, f"twin{number}")
        elif act == 3:
            twin = house.uploads.create(new(content, f"other{number}"), PHONE)
            house.uploads.terminate(twin.id, PHONE)
        else:
            _send(house, house.uploads.create(new(content, f"same{number}"), PHONE), content)
        assert house.blob(sha256) == content
        assert house.uploads.create(new(content), PHONE).state is UploadState.STORED


def _send(house: House, upload: Upload, content: bytes) -> None:
    writing = house.uploads.begin(upload.id, PHONE, 0)
    writing.take(content)
    writing.end(complete=True)


def _refused(house: House, content: bytes, media: str) -> None:
    """Somebody declares the same hash and sends something else."""
    upload = house.uploads.create(new(content, media), PHONE)
    try:
        _send(house, upload, bytes(len(content)))
    except UploadRefused:
        return
    raise AssertionError("zeros are not what was declared")
