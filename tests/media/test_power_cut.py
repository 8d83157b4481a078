"""Acknowledged bytes outlive kills and power cuts at any step; adapters that get it wrong turn red."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

from media import mark
from media.gate import Principal
from media.local_store import LocalStore, LocalWriter
from media.memory_register import MemoryRegister
from media.refusal import UploadRefused
from media.upload import MediaKind, Upload, UploadState
from media.uploads import NewUpload, Uploads
from tests.media.volatile_disk import PowerCut, VolatileDisk

PHONE = Principal("d1", "p1")
NOW = datetime(2026, 5, 4, tzinfo=UTC)


class Anyone:
    def may_upload(self, *_: object) -> None:
        return None


class StepRegister(MemoryRegister):
    """A database: a change is there or it is not. Its steps are places to crash, before and after."""

    def __init__(self, before_step: Callable[[str], None]) -> None:
        super().__init__()
        self._step = before_step

    def add(self, upload: Upload) -> Upload:
        self._step("register add")
        kept = super().add(upload)
        self._step("register added")
        return kept

    def replace(self, upload: Upload) -> Upload:
        self._step("register replace")
        kept = super().replace(upload)
        self._step("register replaced")
        return kept


class Phone:
    """A client of a server that crashes at any step with some bad luck; it remembers what it was promised."""

    def __init__(
        self,
        seed: int,
        disk: type[VolatileDisk] = VolatileDisk,
        store: type[LocalStore] = LocalStore,
        crash_chance: float = 0.04,
    ) -> None:
        self.random = Random(seed)
        self.content = self.random.randbytes(self.random.randint(0, 60))
        self.sha256 = hashlib.sha256(self.content).hexdigest()
        self.new = NewUpload("m1", self.sha256, MediaKind.ORIGINAL, len(self.content), ())
        self.disk = disk(self._maybe_crash)
        self.register = StepRegister(self._maybe_crash)
        self.store = store
        self.crash_chance = crash_chance
        self.steps: list[str] = []
        self.crashes = 0
        self.acknowledged = 0
        self.told: list[str] = []
        self.ids = (f"u{number}" for number in count())

    def _maybe_crash(self, step: str) -> None:
        self.steps.append(step)
        if self.random.random() < self.crash_chance:
            self.crashes += 1
            raise PowerCut(step)

    @staticmethod
    def crash_at(chosen: str) -> Callable[[str], None]:
        """Crash at the next step of this name."""

        def step(name: str) -> None:
            if name == chosen:
                raise PowerCut(name)

        return step

    def start(self) -> Uploads:
        uploads = Uploads(
            self.register,
            self.store(Path("/store"), self.disk),
            Anyone(),
            self._on_stored,
            lambda: NOW,
            lambda: next(self.ids),
        )
        uploads.recover()
        uploads.sweep()
        return uploads

    def _on_stored(self, upload: Upload) -> None:
        self._maybe_crash("on_stored")
        assert self.blob() == self.content
        self.told.append(upload.id)

    def blob(self) -> bytes | None:
        return self.disk.content(Path("/store/blobs") / self.sha256[:2] / self.sha256)

    def run(self) -> None:
        """Upload to the end, through any number of crashes, checking every promise on the way."""
        for _ in range(400):
            try:
                self._session(self.start())
                return
            except PowerCut:
                if self.random.random() < 0.5:
                    self.disk.cut_power(self.random)
                else:
                    self.disk.kill()
        raise AssertionError("never done")

    def finish(self) -> None:
        """One more power cut, and a last look in quiet."""
        self.crash_chance = 0
        self.disk.cut_power(self.random)
        self._session(self.start())

    def _session(self, uploads: Uploads) -> None:
        length = len(self.content)
        upload = uploads.create(self.new, PHONE)
        self._check(upload)
        while upload.state is not UploadState.STORED:
            writing = uploads.begin(upload.id, PHONE, upload.offset_bytes)
            for _ in range(self.random.randint(1, 3)):
                end = min(length, upload.offset_bytes + self.random.randint(1, 20))
                writing.take(self.content[upload.offset_bytes : end])
                writing.checkpoint()
                upload = upload.at_offset(writing.offset_bytes)
                self._check(upload)
            self._check(writing.end(complete=True))
            upload = uploads.look(upload.id, PHONE)
            self._check(upload)

    def _check(self, upload: Upload) -> None:
        assert upload.offset_bytes >= self.acknowledged, "an acknowledged offset decreased"
        self.acknowledged = upload.offset_bytes
        if upload.state is UploadState.STORED:
            assert self.blob() == self.content, "stored is not what was declared"


def test_an_offset_told_after_a_kill_survives_a_power_cut() -> None:
    """A killed process may leave a mark that only the kernel's memory holds: telling it must make it durable."""
    for seed in range(20):
        phone = Phone(seed, crash_chance=0)
        upload = phone.start().create(phone.new, PHONE)
        with phone.store(Path("/store"), phone.disk).open(upload.id) as writer:
            writer.write(phone.content[:1])
            phone.disk.before_step = phone.crash_at("sync .mark")
            with pytest.raises(PowerCut):
                writer.commit()
        phone.disk.before_step = lambda step: None
        phone.disk.kill()
        told = phone.start().look(upload.id, PHONE).offset_bytes
        phone.disk.cut_power(phone.random)
        assert phone.start().look(upload.id, PHONE).offset_bytes >= told


class AcknowledgesBeforeSync(LocalWriter):
    """The offset is given out while the bytes are still in the kernel's memory."""

    def commit(self) -> int:
        record = mark.encode(self._end_bytes)
        self._disk.write_at(self._mark_handle, record, mark.slot_position(self._turn))
        self._disk.sync(self._mark_handle)
        self._offset_bytes = self._end_bytes
        self._turn += 1
        return self._offset_bytes


class TrustsTheLength(LocalStore):
    """The file's length is taken for its bytes."""

    def _read_mark(self, upload_id: str, handle: int) -> tuple[int, int]:
        return self._disk.size(self._paths(upload_id)[0]) or 0, 0


class SyncsNoBytes(VolatileDisk):
    def sync(self, handle: int) -> None:
        return None


class SyncsNoNames(VolatileDisk):
    def sync_folder(self, folder: Path) -> None:
        return None


def broken_promises(seeds: range, **parts: Any) -> int:
    """How many seeds end in a lost acknowledgement, or in a file that must be sent again or is false."""
    broken = 0
    for seed in seeds:
        phone = Phone(seed, **parts)
        try:
            phone.run()
            phone.finish()
        except (AssertionError, UploadRefused):
            broken += 1
    return broken


def test_acknowledged_bytes_survive_kills_and_power_cuts() -> None:
    crashes, steps = 0, set[str]()
    for seed in range(600):
        phone = Phone(seed)
        phone.run()
        phone.finish()
        assert phone.told, f"seed {seed}: nobody was told"
        assert phone.disk.names(Path("/store/partial")) == [], f"seed {seed}: something is left behind"
        assert not phone.register.in_state(UploadState.QUARANTINED, "", 1), (
            f"seed {seed}: needless quarantine"
        )
        crashes += phone.crashes
        steps |= set(phone.steps)
    assert crashes > 1000
    assert steps >= {"write .part", "sync .part", "write .mark", "sync .mark", "rename .part", "on_stored"}


def test_a_writer_that_acknowledges_too_early_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media.local_store.LocalWriter", AcknowledgesBeforeSync)
    assert broken_promises(range(200)) > 0


@pytest.mark.parametrize("disk", [SyncsNoBytes, SyncsNoNames])
def test_a_disk_that_only_pretends_to_sync_is_caught(disk: type[VolatileDisk]) -> None:
    assert broken_promises(range(200), disk=disk) > 0


def test_a_store_that_trusts_the_length_of_the_file_is_caught() -> None:
    assert broken_promises(range(200), store=TrustsTheLength) > 0


def test_the_sound_store_breaks_no_promise() -> None:
    assert broken_promises(range(200)) == 0
