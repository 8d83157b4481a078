"""What a bucket's partials consist of. A bucket has no transaction, so this is where an offset becomes true."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Protocol

from media.refusal import PartialBusy


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a multipart upload, as the bucket named it; its number is its place in the list, from 1."""

    etag: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class TailObject:
    """An object with bytes that do not fill a part yet."""

    key: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketPartial:
    """The acknowledged bytes of one upload, in order: the parts, then the tail."""

    id: str
    multipart: str | None = None
    """The bucket's name for the multipart upload; None before the first part."""
    parts: tuple[Part, ...] = ()
    tail: tuple[TailObject, ...] = ()
    whole: str | None = None
    """Key of the one object that holds all bytes, once it can be read."""
    taken: str | None = None
    """SHA-256 of the blob that these bytes became."""
    revision: int = 0
    """Counted by the register, one per change."""

    @property
    def tail_bytes(self) -> int:
        return sum(each.size_bytes for each in self.tail)

    @property
    def offset_bytes(self) -> int:
        """The acknowledged offset."""
        return sum(each.size_bytes for each in self.parts) + self.tail_bytes


class PartRegister(Protocol):
    """Durable rows of partials in a bucket. Each method is one transaction, committed when it returns.

    Every adapter passes `tests.media.contract_part_register.PartRegisterContract`.
    """

    def add(self, partial_id: str) -> None:
        """Keep an empty partial with revision 1. Repeating is safe and keeps what is there."""
        ...

    def get(self, partial_id: str) -> BucketPartial | None:
        """The row as it was last kept."""
        ...

    def replace(self, partial: BucketPartial) -> BucketPartial:
        """Keep a changed partial, if the kept one still has its revision; returned with the next one.

        Raises `media.refusal.PartialBusy` otherwise: somebody else has gone on with it, or ended it.
        """
        ...

    def remove(self, partial_id: str) -> None:
        """Forget it. Repeating is safe."""
        ...

    def ids(self) -> Iterable[str]:
        """All that are kept, in byte order."""
        ...


class MemoryPartRegister:
    """`PartRegister` that forgets when the process ends: for tests and for trying things out."""

    def __init__(self) -> None:
        self._rows: dict[str, BucketPartial] = {}
        self._lock = Lock()

    def add(self, partial_id: str) -> None:
        with self._lock:
            self._rows.setdefault(partial_id, BucketPartial(id=partial_id, revision=1))

    def get(self, partial_id: str) -> BucketPartial | None:
        return self._rows.get(partial_id)

    def replace(self, partial: BucketPartial) -> BucketPartial:
        with self._lock:
            kept = self._rows.get(partial.id)
            if kept is None or kept.revision != partial.revision:
                raise PartialBusy(partial.id)
            self._rows[partial.id] = replace(partial, revision=partial.revision + 1)
            return self._rows[partial.id]

    def remove(self, partial_id: str) -> None:
        with self._lock:
            self._rows.pop(partial_id, None)

    def ids(self) -> Iterable[str]:
        return sorted(self._rows)
