"""The process ends, or the bucket fails, at every step that changes something; acknowledged offsets stand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from random import Random
from typing import Any, cast

import pytest

from media.bucket import Bucket
from media.gate import Principal
from media.memory_register import MemoryRegister
from media.part_register import BucketPartial, MemoryPartRegister
from media.refusal import StoreAway, UploadRefused
from media.s3_store import S3Store
from media.s3_writer import S3Writer
from media.store import PartialDamaged
from media.upload import MediaKind, Upload, UploadState
from media.uploads import NewUpload, Uploads
from tests.media.memory_bucket import MemoryBucket
from tests.media.volatile_disk import PowerCut

PHONE = Principal("d1", "p1")
PART_BYTES = 500
MOST_STEPS = 2000


class StepRegister(MemoryPartRegister):
    """The rows of partials, with a step around each change."""

    def __init__(self, step: Callable[[str], None]) -> None:
        super().__init__()
        self.step = step

    def add(self, partial_id: str) -> None:
        self.step("add row")
        super().add(partial_id)
        self.step("add row done")

    def replace(self, partial: BucketPartial) -> BucketPartial:
        self.step("write row")
        kept = super().replace(partial)
        self.step("write row done")
        return kept

    def remove(self, partial_id: str) -> None:
        self.step("remove row")
        super().remove(partial_id)
        self.step("remove row done")


class World:
    """What outlives a process, a phone, and the step at which `fault` comes."""

    def __init__(self, seed: int, fault_at: int, fault: BaseException) -> None:
        self.random = Random(seed)
        self.content = self.random.randbytes(self.random.randint(0, 4 * PART_BYTES))
        self.sha256 = hashlib.sha256(self.content).hexdigest()
        self._fault_at, self._fault = fault_at, fault
        self.steps: list[str] = []
        self.bucket = MemoryBucket(PART_BYTES, self.step)
        self.parts = StepRegister(self.step)
        self.rows = MemoryRegister()
        self.ids = (f"u{number}" for number in count())
        self.told: list[Upload] = []
        self.acknowledged = 0

    def step(self, name: str) -> None:
        self.steps.append(name)
        if len(self.steps) == self._fault_at:
            raise self._fault

    def may_upload(self, *question: object) -> str | None:
        return None

    def live(self) -> None:
        """One process, from recovery to the stored file. Raises the fault, when it comes."""
        uploads = Uploads(
            self.rows,
            S3Store(self.bucket, self.parts, lambda number: PART_BYTES),
            self,
            self.told.append,
            lambda: datetime(2026, 5, 4, tzinfo=UTC),
            lambda: next(self.ids),
        )
        uploads.recover()
        uploads.sweep()
        new = NewUpload("m1", self.sha256, MediaKind.PROXY, len(self.content), ())
        upload = self.note(uploads.create(new, PHONE))
        while upload.state is UploadState.PARTIAL:
            writing = uploads.begin(upload.id, PHONE, upload.offset_bytes)
            position = upload.offset_bytes
            for _ in range(self.random.randint(1, 30)):
                data = self.content[position:][: self.random.choice((1, 9, 40, 300, 900))]
                writing.take(data)
                position += len(data)
                if self.random.random() < 0.8:
                    writing.checkpoint()
                    self.acknowledged = max(self.acknowledged, writing.offset_bytes)
            upload = self.note(writing.end(complete=True))

    def note(self, upload: Upload) -> Upload:
        assert upload.offset_bytes >= self.acknowledged, f"{upload.offset_bytes} after {self.acknowledged}"
        self.acknowledged = upload.offset_bytes
        return upload

    def check(self) -> None:
        """The file is whole, somebody was told, and nothing is left behind."""
        assert self.told
        blob = f"blobs/{self.sha256[:2]}/{self.sha256}"
        assert self.bucket.objects == {blob: self.content}
        assert self.bucket.multiparts == {}
        assert list(self.parts.ids()) == []


def survive(seed: int, fault_at: int, fault: BaseException) -> World:
    world = World(seed, fault_at, fault)
    try:
        world.live()
    except (PowerCut, UploadRefused) as came:
        assert came is fault, came
        world.live()
    # A fault while freeing leaves something to the next start.
    world.live()
    world.check()
    return world


def faults(seeds: range, make: Callable[[], BaseException]) -> list[str]:
    """One fault at every step of each seed's upload; the names of the steps."""
    met = []
    for seed in seeds:
        for fault_at in range(1, MOST_STEPS):
            world = survive(seed, fault_at, make())
            if len(world.steps) < fault_at:
                break
            met.append(world.steps[fault_at - 1])
        else:
            raise AssertionError("the steps never ended")
    return met


def test_a_kill_at_any_step_never_takes_back_an_offset() -> None:
    met = faults(range(12), PowerCut)
    print(f"{len(met)} kills")
    assert {"put", "put part", "begin", "complete", "copy", "delete", "write row"} <= set(met)
    assert len(met) > 500


def test_a_request_that_fails_before_or_after_it_was_done_costs_a_repeat() -> None:
    met = faults(range(12, 20), lambda: StoreAway("SlowDown"))
    print(f"{len(met)} failures")
    assert len(met) > 300


class DeletesFirst(S3Writer):
    """The control: frees the old tail before the row that no longer names it is committed."""

    def _send_part(self, missing: int) -> None:
        super()._send_part(missing)
        self._forget({each.key for each in self._partial.tail})


class RowFirst(S3Writer):
    """The control: acknowledges bytes that are still in memory."""

    def commit(self) -> int:
        sound, puts = self._bucket, []
        self._bucket = cast("Bucket", Deferring(sound, puts))
        try:
            offset_bytes = super().commit()
        finally:
            self._bucket = sound
        for key, data in puts:
            sound.put(key, data)
        return offset_bytes


class Deferring:
    """A bucket that only notes what is put."""

    def __init__(self, bucket: Bucket, puts: list[tuple[str, bytes]]) -> None:
        self._bucket = bucket
        self._puts = puts

    def put(self, key: str, data: bytes | bytearray) -> None:
        self._puts.append((key, bytes(data)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bucket, name)


@pytest.mark.parametrize("flawed", [DeletesFirst, RowFirst])
def test_a_flawed_writer_is_caught(monkeypatch: pytest.MonkeyPatch, flawed: type[S3Writer]) -> None:
    monkeypatch.setattr("media.s3_store.S3Writer", flawed)
    for seed in range(12):
        survive(seed, MOST_STEPS, PowerCut())  # without a kill it looks sound
    caught = 0
    for seed in range(12):
        for fault_at in range(1, 40):
            try:
                survive(seed, fault_at, PowerCut())
            except (AssertionError, UploadRefused, PartialDamaged):
                caught += 1
    print(f"{flawed.__name__}: {caught} of {12 * 39} kills found it out")
    assert caught > 5
