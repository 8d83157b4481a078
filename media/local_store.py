"""Partials and blobs in one folder of the local file system.

    partial/<upload id>.part    the bytes so far, perhaps with unacknowledged ones at the end
    partial/<upload id>.mark    the acknowledged offset (see `media.mark`)
    blobs/<aa>/<sha256>         whole, verified files
    quarantine/<upload id>      whole files that must not be served

Why a mark, and not simply the file's length: after a power cut a file may be longer than its bytes (the new
length reached the journal, the bytes did not), and a request with a checksum writes bytes that may still be
discarded. So the order is always bytes, sync, mark, sync, acknowledge; and whatever lies behind the mark is
cut off before going on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from media import mark
from media.disk import Disk, RealDisk
from media.refusal import PartialBusy
from media.store import PartialDamaged, PartialMissing

_BLOCK_BYTES = 1 << 20
_SAFE_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,127}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class LocalStore:
    """`Store` in a folder. The folder's own file system must offer fsync, atomic rename and flock."""

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        self._disk = disk or RealDisk()
        self._folder = folder
        self._partial = folder / "partial"
        self._blobs = folder / "blobs"
        self._quarantine = folder / "quarantine"
        for made in (folder, self._partial, self._blobs, self._quarantine):
            self._make_folder(made)

    def create(self, upload_id: str) -> None:
        part, beside = self._paths(upload_id)
        if self._disk.size(beside):
            return
        for path, content in ((part, b""), (beside, mark.encode(0).ljust(mark.MARK_BYTES, b"\0"))):
            with self._handle(path) as handle:
                self._disk.write_at(handle, content, 0)
                self._disk.sync(handle)
        self._disk.sync_folder(self._partial)

    def offset(self, upload_id: str) -> int:
        part, beside = self._paths(upload_id)
        if self._disk.size(beside) is None:
            raise PartialMissing(upload_id)
        with self._handle(beside) as handle:
            offset_bytes, _ = self._read_mark(upload_id, handle)
            # A process killed before it synced a mark leaves one that a power cut could still take back.
            self._disk.sync(handle)
        size = self._disk.size(part)
        if size is not None and size < offset_bytes:
            raise PartialDamaged(f"{upload_id}: {size} bytes left of {offset_bytes}")
        return offset_bytes

    @contextmanager
    def open(self, upload_id: str) -> Iterator[LocalWriter]:
        part, beside = self._paths(upload_id)
        if self._disk.size(beside) is None or self._disk.size(part) is None:
            raise PartialMissing(upload_id)
        with self._handle(beside) as mark_handle:
            if not self._disk.try_lock(mark_handle):
                raise PartialBusy(upload_id)
            offset_bytes, turn = self._read_mark(upload_id, mark_handle)
            size = self._disk.size(part)
            if size is None or size < offset_bytes:
                raise PartialDamaged(f"{upload_id}: {size} bytes left of {offset_bytes}")
            with self._handle(part) as handle:
                if size > offset_bytes:
                    self._disk.truncate(handle, offset_bytes)
                yield LocalWriter(self._disk, handle, mark_handle, offset_bytes, turn)

    def blocks(self, upload_id: str, start: int = 0) -> Iterator[bytes]:
        end = self.offset(upload_id)
        part, _ = self._paths(upload_id)
        if self._disk.size(part) is None:
            raise PartialMissing(upload_id)
        with self._handle(part) as handle:
            while start < end and (
                block := self._disk.read_at(handle, min(_BLOCK_BYTES, end - start), start)
            ):
                yield block
                start += len(block)

    def sha256(self, upload_id: str) -> str:
        digest = hashlib.sha256()
        for block in self.blocks(upload_id):
            digest.update(block)
        return digest.hexdigest()

    def take(self, upload_id: str, sha256: str) -> None:
        part, _ = self._paths(upload_id)
        blob = self._blob(sha256)
        self._disk.make_folder(blob.parent)
        if self._disk.size(part) is not None:
            # Renaming over an equal blob is safe: same bytes, and readers keep the one they opened.
            self._disk.rename(part, blob)
        # Also when there is nothing left to rename: a killed process may have renamed and not synced.
        for folder in (self._blobs, blob.parent, self._partial):
            self._disk.sync_folder(folder)

    def has_taken(self, upload_id: str, sha256: str) -> bool:
        part, beside = self._paths(upload_id)
        return (
            self._disk.size(part) is None
            and self._disk.size(beside) is not None
            and self.size(sha256) is not None
        )

    def size(self, sha256: str) -> int | None:
        return self._disk.size(self._blob(sha256))

    def read(self, sha256: str) -> BinaryIO:
        return self._blob(sha256).open("rb")

    def erase(self, sha256: str) -> None:
        blob = self._blob(sha256)
        if self._disk.size(blob) is not None:
            self._disk.remove(blob)
            self._disk.sync_folder(blob.parent)

    def release(self, upload_id: str) -> None:
        for path in self._paths(upload_id):
            self._disk.remove(path)
        self._disk.sync_folder(self._partial)

    def quarantine(self, upload_id: str) -> None:
        part, beside = self._paths(upload_id)
        if self._disk.size(part) is not None:
            self._disk.rename(part, self._quarantine / upload_id)
            self._disk.sync_folder(self._quarantine)
        self._disk.remove(beside)
        self._disk.sync_folder(self._partial)

    def forget_quarantined(self, upload_id: str) -> None:
        self._paths(upload_id)
        self._disk.remove(self._quarantine / upload_id)
        self._disk.sync_folder(self._quarantine)

    def ids(self) -> Iterable[str]:
        return sorted({Path(name).stem for name in self._disk.names(self._partial)})

    def _paths(self, upload_id: str) -> tuple[Path, Path]:
        if not _SAFE_ID.fullmatch(upload_id):
            raise ValueError(f"not an upload id: {upload_id!r}")
        return self._partial / f"{upload_id}.part", self._partial / f"{upload_id}.mark"

    def _blob(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"not a SHA-256: {sha256!r}")
        return self._blobs / sha256[:2] / sha256

    def _read_mark(self, upload_id: str, handle: int) -> tuple[int, int]:
        found = mark.decode(self._disk.read_at(handle, mark.MARK_BYTES, 0))
        if found is None:
            raise PartialDamaged(f"{upload_id}: the mark is unreadable")
        return found

    @contextmanager
    def _handle(self, path: Path) -> Iterator[int]:
        handle = self._disk.open(path)
        try:
            yield handle
        finally:
            self._disk.close(handle)

    def _make_folder(self, path: Path) -> None:
        self._disk.make_folder(path)
        self._disk.sync_folder(path.parent)


class LocalWriter:
    """`PartialWriter` over two open files."""

    def __init__(self, disk: Disk, handle: int, mark_handle: int, offset_bytes: int, turn: int) -> None:
        self._disk = disk
        self._handle = handle
        self._mark_handle = mark_handle
        self._offset_bytes = offset_bytes
        self._end_bytes = offset_bytes
        self._turn = turn

    @property
    def offset_bytes(self) -> int:
        return self._offset_bytes

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._disk.write_at(self._handle, data, self._end_bytes)
        self._end_bytes += len(data)

    def commit(self) -> int:
        if self._end_bytes > self._offset_bytes:
            self._disk.sync(self._handle)
            record = mark.encode(self._end_bytes)
            self._disk.write_at(self._mark_handle, record, mark.slot_position(self._turn))
            self._disk.sync(self._mark_handle)
            self._offset_bytes = self._end_bytes
            self._turn += 1
        return self._offset_bytes

    def discard(self) -> None:
        self._disk.truncate(self._handle, self._offset_bytes)
        self._end_bytes = self._offset_bytes
