"""What the uploads' core promises where no protocol shows it: repair, expiry, several processes, a full disk."""

from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from media.disk import RealDisk
from media.ending import BYTES_LOST
from media.gate import Principal
from media.local_store import LocalStore
from media.memory_register import MemoryRegister
from media.refusal import (
    NotAdmitted,
    OffsetMismatch,
    PartialBusy,
    StoreAway,
    StoreFull,
    UploadGone,
)
from media.register import UploadChanged
from media.upload import IllegalChange, MediaKind, Upload, UploadState
from media.uploads import NewUpload, Uploads
from tests.media.contract_register import an_upload

PHONE = Principal("d1", "p1")
HELLO = b"hello world"
NEW = NewUpload("m1", hashlib.sha256(HELLO).hexdigest(), MediaKind.PROXY, len(HELLO), (("media", "m1"),))


class House:
    """Uploads with a clock to turn, a gate to close and a callback that may fail."""

    def __init__(self, folder: Path, disk: RealDisk | None = None) -> None:
        self.now = datetime(2026, 5, 4, tzinfo=UTC)
        self.refusal: str | None = None
        self.asked: list[tuple[object, ...]] = []
        self.told: list[Upload] = []
        self.failure: Exception | None = None
        self.register = MemoryRegister()
        self.store = LocalStore(folder, disk)
        ids = (f"u{number}" for number in count())
        self.uploads = Uploads(
            self.register, self.store, self, self.on_stored, lambda: self.now, lambda: next(ids)
        )

    def may_upload(self, *question: object) -> str | None:
        self.asked.append(question)
        return self.refusal

    def on_stored(self, upload: Upload) -> None:
        if self.failure:
            raise self.failure
        self.told.append(upload)

    def send(self, upload: Upload, data: bytes, offset: int = 0) -> Upload:
        writing = self.uploads.begin(upload.id, PHONE, offset)
        writing.take(data)
        return writing.end(complete=True)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_stored_upload_is_told_and_readable(house: House) -> None:
    upload = house.send(house.uploads.create(NEW, PHONE), HELLO)
    assert (upload.state, house.told) == (UploadState.STORED, [house.told[0]])
    with house.store.read(NEW.sha256) as blob:
        assert blob.read() == HELLO
    assert (house.store.size(NEW.sha256), list(house.store.ids())) == (11, [])


def test_the_gate_is_asked_at_creation_and_at_the_end(house: House) -> None:
    house.send(house.uploads.create(NEW, PHONE), HELLO)
    assert house.asked == [(PHONE, "m1", NEW.sha256, size, {"media": "m1"}) for size in (11, None)]


def test_a_gate_closed_meanwhile_quarantines(house: House) -> None:
    upload = house.uploads.create(NEW, PHONE)
    house.refusal = "device_revoked"
    with pytest.raises(NotAdmitted, match="device_revoked"):
        house.send(upload, HELLO)
    row = house.register.get(upload.id)
    assert row and (row.state, row.reason, house.told) == (UploadState.QUARANTINED, "device_revoked", [])


def test_a_failing_callback_is_repeated_until_it_worked(house: House) -> None:
    upload = house.uploads.create(NEW, PHONE)
    house.failure = ConnectionError("the database is away")
    for attempt in (lambda: house.send(upload, HELLO), lambda: house.uploads.look(upload.id, PHONE)):
        with pytest.raises(ConnectionError):
            attempt()
    house.failure = None
    assert house.uploads.look(upload.id, PHONE).state is UploadState.STORED
    assert len(house.told) == 1


def test_recovery_finishes_what_had_all_its_bytes(house: House) -> None:
    house.failure = ConnectionError("the database is away")
    with pytest.raises(ConnectionError):
        house.send(house.uploads.create(NEW, PHONE), HELLO)
    house.failure = None
    assert [upload.state for upload in house.uploads.recover()] == [UploadState.STORED]
    assert house.uploads.recover() == []


def test_recovery_passes_over_what_still_fails(house: House) -> None:
    upload = house.uploads.create(NEW, PHONE)
    house.failure = ConnectionError("the database is away")
    with pytest.raises(ConnectionError):
        house.send(upload, HELLO)
    assert house.uploads.recover() == []
    house.failure = None
    assert house.uploads.look(upload.id, PHONE).state is UploadState.STORED


def test_recovery_passes_over_a_store_that_does_not_answer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.store.create("orphan")
    with monkeypatch.context() as away:
        away.setattr(house.store, "release", Raises(StoreAway("the bucket does not answer")))
        assert house.uploads.recover() == []
        assert house.uploads.sweep() == 0
    assert house.uploads.sweep() == 1
    assert list(house.store.ids()) == []


def test_bytes_that_no_row_speaks_of_are_freed_at_the_second_look(house: House) -> None:
    house.store.create("orphan")
    house.uploads.recover()
    assert list(house.store.ids()) == ["orphan"], "another server may be about to write the row"
    assert house.uploads.sweep() == 1
    assert list(house.store.ids()) == []


def test_bytes_that_get_their_row_between_two_looks_stay(house: House) -> None:
    house.uploads.recover()
    upload = house.uploads.create(NEW, PHONE)
    assert (house.uploads.sweep(), house.uploads.sweep()) == (0, 0)
    assert list(house.store.ids()) == [upload.id]


def test_bytes_that_the_disk_lost_are_never_passed_over_in_silence(house: House, tmp_path: Path) -> None:
    upload = house.uploads.create(NEW, PHONE)
    house.send(upload, HELLO[:5])
    os.truncate(tmp_path / "partial" / f"{upload.id}.part", 3)
    with pytest.raises(UploadGone, match=BYTES_LOST):
        house.uploads.look(upload.id, PHONE)
    assert house.uploads.create(NEW, PHONE).id != upload.id


def test_only_what_waited_too_long_expires(house: House) -> None:
    other = NewUpload("m2", NEW.sha256, MediaKind.PROXY, 11, ())
    first, second = house.uploads.create(NEW, PHONE), house.uploads.create(other, PHONE)
    house.now += timedelta(days=29)
    house.send(second, HELLO[:5])
    house.now += timedelta(days=2)
    assert house.uploads.expire() == 1
    with pytest.raises(UploadGone, match="expired"):
        house.uploads.look(first.id, PHONE)
    assert house.uploads.look(second.id, PHONE).offset_bytes == 5
    assert list(house.store.ids()) == [second.id]


def test_a_stored_file_never_expires(house: House) -> None:
    house.send(house.uploads.create(NEW, PHONE), HELLO)
    house.now += timedelta(days=10_000)
    assert house.uploads.expire() == 0
    assert house.store.size(NEW.sha256) == 11


def test_two_processes_never_write_the_same_upload(house: House, tmp_path: Path) -> None:
    upload = house.uploads.create(NEW, PHONE)
    writing = house.uploads.begin(upload.id, PHONE, 0)
    with pytest.raises(PartialBusy), LocalStore(tmp_path).open(upload.id):
        pass
    writing.take(HELLO)
    assert writing.end(complete=True).state is UploadState.STORED


def test_a_row_changed_by_another_process_is_not_overwritten(house: House) -> None:
    upload = house.uploads.create(NEW, PHONE)
    writing = house.uploads.begin(upload.id, PHONE, 0)
    house.register.replace(upload.terminated())
    writing.take(HELLO)
    with pytest.raises(UploadChanged):
        writing.end(complete=True)
    assert house.told == []


class FullDisk(RealDisk):
    """No room for more."""

    is_full = False

    def sync(self, handle: int) -> None:
        if self.is_full:
            raise StoreFull(os.strerror(errno.ENOSPC))
        super().sync(handle)


def test_a_full_disk_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    disk = FullDisk()
    house = House(tmp_path, disk)
    upload = house.uploads.create(NEW, PHONE)
    house.send(upload, HELLO[:5])
    disk.is_full = True
    with pytest.raises(StoreFull):
        house.send(upload, HELLO[5:], offset=5)
    disk.is_full = False
    assert house.uploads.look(upload.id, PHONE).offset_bytes == 5
    assert house.send(upload, HELLO[5:], offset=5).state is UploadState.STORED


def test_an_interrupted_request_keeps_its_bytes(house: House) -> None:
    upload = house.uploads.create(NEW, PHONE)
    writing = house.uploads.begin(upload.id, PHONE, 0)
    writing.take(HELLO[:7])
    assert writing.end(complete=False).offset_bytes == 7


def test_an_abandoned_request_frees_the_upload(house: House) -> None:
    upload = house.uploads.create(NEW, PHONE)
    writing = house.uploads.begin(upload.id, PHONE, 0)
    writing.take(HELLO[:7])
    writing.abandon()
    assert house.uploads.look(upload.id, PHONE).offset_bytes == 0
    assert house.send(upload, HELLO).state is UploadState.STORED


def test_bytes_never_acknowledged_do_not_end_up_in_the_file(house: House) -> None:
    upload = house.uploads.create(replace(NEW, length_bytes=None), PHONE)
    writing = house.uploads.begin(upload.id, PHONE, 0)
    writing.take(HELLO + b" and a tail that the client took back")
    writing.abandon()
    writing = house.uploads.begin(upload.id, PHONE, 0, length_bytes=len(HELLO))
    writing.take(HELLO)
    assert writing.end(complete=True).state is UploadState.STORED
    with house.store.read(NEW.sha256) as blob:
        assert blob.read() == HELLO


def test_discarded_bytes_are_freed_at_once(house: House, tmp_path: Path) -> None:
    house.store.create("u1")
    with house.store.open("u1") as writer:
        writer.write(HELLO)
        writer.discard()
        assert (tmp_path / "partial" / "u1.part").stat().st_size == writer.offset_bytes == 0


def test_bytes_are_freed_only_once_the_register_knows(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = house.uploads.create(NEW, PHONE)
    house.send(upload, HELLO[:5])
    with monkeypatch.context() as away, pytest.raises(ConnectionError):
        away.setattr(house.register, "replace", Raises(ConnectionError("the database is away")))
        house.uploads.terminate(upload.id, PHONE)
    assert house.uploads.look(upload.id, PHONE).offset_bytes == 5


class Raises:
    """Fails when called."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __call__(self, *_: object) -> None:
        raise self._error


def test_a_refused_offset_tells_the_true_one(house: House) -> None:
    upload = house.uploads.create(NEW, PHONE)
    with pytest.raises(OffsetMismatch) as refused:
        house.uploads.begin(upload.id, PHONE, 3)
    assert refused.value.offset_bytes == 0


@pytest.mark.parametrize(
    "state", [UploadState.STORED, UploadState.QUARANTINED, UploadState.TERMINATED, UploadState.EXPIRED]
)
def test_an_ended_upload_changes_no_more(state: UploadState) -> None:
    ended = an_upload(state=state, offset_bytes=100)
    for change in (ended.stored, ended.terminated, ended.expired, lambda: ended.quarantined("x")):
        with pytest.raises(IllegalChange):
            change()


def test_an_upload_is_stored_only_whole_and_never_goes_back() -> None:
    with pytest.raises(IllegalChange):
        an_upload(offset_bytes=99).stored()
    with pytest.raises(IllegalChange):
        an_upload(offset_bytes=99).at_offset(98)
    with pytest.raises(IllegalChange):
        an_upload().at_offset(101)
    with pytest.raises(IllegalChange):
        an_upload().with_length(101)


@pytest.mark.parametrize("upload_id", ["", "../x", "a/b", "a.part", "x" * 200, "-x"])
def test_no_id_leads_out_of_the_folder(house: House, upload_id: str) -> None:
    with pytest.raises(ValueError, match="not an upload id"):
        house.store.create(upload_id)
