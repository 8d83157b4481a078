"""Partials and blobs in a bucket that speaks S3.

    partial/<upload id>/<revision>-<offset>    bytes that do not fill a part yet, the tail
    partial/<upload id>/whole                  a full upload, completed so that it can be read
    blobs/<aa>/<sha256>                        whole, verified files
    quarantine/<upload id>                     files that must not be served

The row in `media.part_register` is what counts: object written, row written, acknowledge. Objects that no
row names are deleted only after the row that no longer names them was committed
(docs/decisions/0003-uploads.md, "A bucket instead of a folder").
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import BinaryIO, cast

from media.bucket import Bucket, MultipartMissing, ObjectMissing
from media.part_register import BucketPartial, PartRegister
from media.refusal import PartialBusy, StoreAway
from media.s3_writer import PartSize, S3Writer, part_size, tail_bytes, whole_key
from media.store import PartialDamaged, PartialMissing

_SAFE_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,127}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BLOCK_BYTES = 1 << 20

log = logging.getLogger(__name__)


class S3Store:
    """`Store` in a bucket. Any number of processes may use one bucket through one register."""

    def __init__(self, bucket: Bucket, register: PartRegister, size_of: PartSize = part_size) -> None:
        self._bucket = bucket
        self._register = register
        self._size_of = size_of

    def create(self, upload_id: str) -> None:
        self._register.add(_checked(upload_id))

    def offset(self, upload_id: str) -> int:
        return self._found(upload_id).offset_bytes

    @contextmanager
    def open(self, upload_id: str) -> Iterator[S3Writer]:
        partial = self._found(upload_id)
        # The next revision is this writer's: whoever wrote before finds it gone at its next commit.
        yield S3Writer(self._bucket, self._register, self._register.replace(partial), self._size_of)

    def blocks(self, upload_id: str, start: int = 0) -> Iterator[bytes]:
        partial = self._sealed(self._found(upload_id))
        missing = partial.offset_bytes - start
        if missing <= 0:
            return
        try:
            for block in self._bucket.blocks(str(partial.whole), start):
                missing -= len(block)
                yield block
        except ObjectMissing as gone:
            raise PartialDamaged(upload_id) from gone
        if missing > 0:
            raise PartialDamaged(f"{upload_id}: {missing} bytes are missing")

    def sha256(self, upload_id: str) -> str:
        digest = hashlib.sha256()
        for block in self.blocks(upload_id):
            digest.update(block)
        return digest.hexdigest()

    def take(self, upload_id: str, sha256: str) -> None:
        partial = self._found(upload_id)
        if partial.taken == sha256:
            return
        partial = self._sealed(partial)
        try:
            self._bucket.copy(str(partial.whole), _blob(sha256), partial.offset_bytes)
        except ObjectMissing as gone:
            raise PartialDamaged(upload_id) from gone
        except MultipartMissing as taken:
            # Another process copies the same bytes to the same blob at this moment.
            raise PartialBusy(upload_id) from taken
        self._register.replace(replace(partial, taken=sha256))

    def has_taken(self, upload_id: str, sha256: str) -> bool:
        partial = self._register.get(_checked(upload_id))
        return partial is not None and partial.taken == sha256 and self.size(sha256) is not None

    def size(self, sha256: str) -> int | None:
        return self._bucket.size(_blob(sha256))

    def read(self, sha256: str) -> BinaryIO:
        size_bytes = self.size(sha256)
        if size_bytes is None:
            raise FileNotFoundError(sha256)
        opened = _ReadObject(self._bucket, _blob(sha256), size_bytes)
        return cast("BinaryIO", io.BufferedReader(opened, _BLOCK_BYTES))

    def erase(self, sha256: str) -> None:
        self._bucket.delete([_blob(sha256)])

    def forget_quarantined(self, upload_id: str) -> None:
        self._bucket.delete([f"quarantine/{_checked(upload_id)}"])

    def release(self, upload_id: str) -> None:
        """The row goes last: it is what a sweep after a crash finds."""
        if self._register.get(_checked(upload_id)) is None:
            return
        self._bucket.abort(whole_key(upload_id))
        self._bucket.delete(self._bucket.keys(f"partial/{upload_id}/"))
        self._register.remove(upload_id)

    def quarantine(self, upload_id: str) -> None:
        partial = self._register.get(_checked(upload_id))
        if partial is None:
            return
        try:
            partial = self._sealed(partial)
            self._bucket.copy(str(partial.whole), f"quarantine/{upload_id}", partial.offset_bytes)
        except (PartialDamaged, ObjectMissing):
            # What is left of it stays where it is, for a person to look at.
            log.error("the bucket lost bytes of upload %s", upload_id)
            self._register.remove(upload_id)
            return
        self.release(upload_id)

    def ids(self) -> Iterable[str]:
        return self._register.ids()

    def _found(self, upload_id: str) -> BucketPartial:
        partial = self._register.get(_checked(upload_id))
        if partial is None:
            raise PartialMissing(upload_id)
        return partial

    def _sealed(self, partial: BucketPartial) -> BucketPartial:
        """The partial with all its bytes in one object that can be read. Safe to repeat after a crash."""
        if partial.whole is not None:
            return partial
        if partial.multipart is None and len(partial.tail) == 1:
            return self._register.replace(replace(partial, whole=partial.tail[0].key))
        whole = whole_key(partial.id)
        if partial.parts:
            self._complete(partial, whole)
        else:
            self._bucket.put(whole, tail_bytes(self._bucket, partial.tail))
        return self._register.replace(replace(partial, whole=whole))

    def _complete(self, partial: BucketPartial, whole: str) -> None:
        multipart, etags = str(partial.multipart), [part.etag for part in partial.parts]
        try:
            if partial.tail:
                data = tail_bytes(self._bucket, partial.tail)
                etags.append(self._bucket.put_part(whole, multipart, len(etags) + 1, data))
            try:
                self._bucket.complete(whole, multipart, etags)
            except MultipartMissing:
                self._bucket.complete(whole, multipart, self._etags_there(partial, whole, len(etags)))
        except MultipartMissing as gone:
            # A crash came between completing it and writing that down.
            if self._bucket.size(whole) != partial.offset_bytes:
                raise PartialDamaged(partial.id) from gone

    def _etags_there(self, partial: BucketPartial, whole: str, count: int) -> list[str]:
        """A part that an older writer sent once more, late: the same bytes under another ETag. The hash of the
        whole file, read back, has the last word."""
        there = self._bucket.part_etags(whole, str(partial.multipart))
        sizes = [part.size_bytes for part in partial.parts]
        if partial.tail:
            sizes.append(partial.tail_bytes)
        if [there.get(number, ("", -1))[1] for number in range(1, count + 1)] != sizes:
            raise PartialDamaged(partial.id)
        return [there[number][0] for number in range(1, count + 1)]


class _ReadObject(io.RawIOBase):
    """An object, read by ranges."""

    def __init__(self, bucket: Bucket, key: str, size_bytes: int) -> None:
        self._bucket = bucket
        self._key = key
        self._size_bytes = size_bytes
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size_bytes}[whence]
        self._position = max(0, start + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readall(self) -> bytes:
        """In one request; the inherited one would make one for every 8 KiB."""
        data = bytearray(self._size_bytes - self._position)
        del data[self.readinto(memoryview(data)) :]
        return bytes(data)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = min(len(buffer), self._size_bytes - self._position)
        if count <= 0:
            return 0
        try:
            data = self._bucket.get(self._key, self._position, count)
        except ObjectMissing as gone:
            raise StoreAway(self._key) from gone  # blobs are immutable: it was there a moment ago
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


def _checked(upload_id: str) -> str:
    if not _SAFE_ID.fullmatch(upload_id):
        raise ValueError(f"not an upload id: {upload_id!r}")
    return upload_id


def _blob(sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"not a SHA-256: {sha256!r}")
    return f"blobs/{sha256[:2]}/{sha256}"
