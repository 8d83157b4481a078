"""One writer's bytes on their way into a bucket: full parts into a multipart upload, the rest into the tail."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace

from media.bucket import Bucket, MultipartMissing, ObjectMissing
from media.part_register import BucketPartial, Part, PartRegister, TailObject
from media.refusal import PartialBusy, StoreAway
from media.store import PartialDamaged

PartSize = Callable[[int], int]
"""Bytes of the part with this number, from 1; the same for ever, for parts may be sent twice."""

MOST_TAIL_OBJECTS = 16
_FIRST_PART_BYTES = 8 << 20

log = logging.getLogger(__name__)


def part_size(number: int) -> int:
    """8 MiB, twice that after each 1,000 parts: 10,000 parts reach past the largest object of S3 (5 TiB), with
    parts between its 5 MiB and 5 GiB."""
    return _FIRST_PART_BYTES << ((number - 1) // 1000)


def whole_key(upload_id: str) -> str:
    """Where the multipart upload of a partial leads."""
    return f"partial/{upload_id}/whole"


def tail_bytes(bucket: Bucket, tail: Iterable[TailObject]) -> bytes:
    """The tail, read back. Raises PartialDamaged."""
    try:
        data = [bucket.get(each.key) for each in tail]
    except ObjectMissing as gone:
        raise PartialDamaged(str(gone)) from gone
    if [len(each) for each in data] != [each.size_bytes for each in tail]:
        raise PartialDamaged("an object of the tail is shorter than it was")
    return b"".join(data)


class S3Writer:
    """`PartialWriter` in a bucket. Holds one part in memory at most, and one block."""

    def __init__(
        self, bucket: Bucket, register: PartRegister, partial: BucketPartial, size_of: PartSize
    ) -> None:
        self._bucket = bucket
        self._register = register
        self._size_of = size_of
        self._partial = partial
        self._opened_as = partial.revision
        self._sent: list[Part] = []
        """Parts that are in the bucket and not in the row."""
        self._unread = partial.tail
        """Objects with the first bytes of the current part, which are not in memory."""
        self._held = bytearray()
        """The bytes of the current part behind those."""
        self._kept_bytes = 0
        """How many of `_held` are in the committed tail already."""

    @property
    def offset_bytes(self) -> int:
        return self._partial.offset_bytes

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._partial.whole is not None and len(data):
            raise PartialBusy(f"{self._partial.id} is complete")
        self._held += data
        while (missing := self._missing()) <= len(self._held):
            self._send_part(missing)

    def commit(self) -> int:
        """Objects first, then the row; what the row no longer names goes last."""
        before = self._partial
        if not self._sent and len(self._held) == self._kept_bytes:
            return self.offset_bytes
        tail = () if self._sent else before.tail
        if len(self._held) > self._kept_bytes:
            if len(tail) >= MOST_TAIL_OBJECTS:
                self._read_back()
                tail = ()
            tail = (*tail, self._put_tail(self._held[self._kept_bytes if tail else 0 :]))
        parts = (*before.parts, *self._sent)
        self._partial = self._register.replace(replace(before, parts=parts, tail=tail))
        self._sent = []
        self._kept_bytes = len(self._held)
        self._forget({each.key for each in before.tail} - {each.key for each in tail})
        return self.offset_bytes

    def discard(self) -> None:
        """Parts that were sent are overwritten by the next ones of their number, or never listed."""
        self._sent = []
        self._unread = self._partial.tail
        self._held.clear()
        self._kept_bytes = 0

    def _missing(self) -> int:
        """How many bytes in memory fill the current part."""
        number = len(self._partial.parts) + len(self._sent) + 1
        return max(0, self._size_of(number) - sum(each.size_bytes for each in self._unread))

    def _read_back(self) -> None:
        self._held[:0] = tail_bytes(self._bucket, self._unread)
        self._unread = ()

    def _send_part(self, count: int) -> None:
        data = tail_bytes(self._bucket, self._unread) + bytes(self._held[:count])
        number = len(self._partial.parts) + len(self._sent) + 1
        try:
            etag = self._bucket.put_part(whole_key(self._partial.id), self._multipart(), number, data)
        except MultipartMissing as gone:
            raise StoreAway(f"the multipart upload of {self._partial.id} is gone") from gone
        self._sent.append(Part(etag, len(data)))
        self._unread = ()
        del self._held[:count]
        self._kept_bytes = 0

    def _multipart(self) -> str:
        if self._partial.multipart is None:
            begun = self._bucket.begin(whole_key(self._partial.id))
            self._partial = self._register.replace(replace(self._partial, multipart=begun))
        return str(self._partial.multipart)

    def _put_tail(self, data: bytes | bytearray) -> TailObject:
        end = sum(part.size_bytes for part in (*self._partial.parts, *self._sent)) + len(self._held)
        end += sum(each.size_bytes for each in self._unread)
        # Each opening has a revision of its own and each commit ends farther: no object is ever overwritten.
        key = f"partial/{self._partial.id}/{self._opened_as:010}-{end:015}"
        self._bucket.put(key, data)
        return TailObject(key, len(data))

    def _forget(self, keys: set[str]) -> None:
        try:
            self._bucket.delete(sorted(keys))
        except StoreAway:
            log.info("%s objects of upload %s wait for its release", len(keys), self._partial.id)
