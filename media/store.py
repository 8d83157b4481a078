"""Where bytes live: growing ones in a `PartialStore`, whole ones in a `BlobStore`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol


class PartialMissing(Exception):
    """The store has no bytes under this upload id."""


class PartialDamaged(Exception):
    """The store holds fewer bytes than it acknowledged: the disk lost what it had promised to keep."""


class PartialWriter(Protocol):
    """Appends to one partial from its acknowledged offset on; no one else writes it meanwhile."""

    @property
    def offset_bytes(self) -> int:
        """The acknowledged offset: everything before it is durable."""
        ...

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Append. Nothing is promised about these bytes until `commit`."""
        ...

    def commit(self) -> int:
        """Make all that was written durable, then the offset itself; only then return it."""
        ...

    def discard(self) -> None:
        """Forget what was written since the last commit."""
        ...


class PartialStore(Protocol):
    """Bytes that still grow, one partial for each upload id."""

    def create(self, upload_id: str) -> None:
        """An empty partial, durable when this returns. Repeating is safe and keeps what is there."""
        ...

    def offset(self, upload_id: str) -> int:
        """The acknowledged offset, which survives any crash and never decreases.

        Raises PartialMissing, PartialDamaged.
        """
        ...

    def open(self, upload_id: str) -> AbstractContextManager[PartialWriter]:
        """A writer at the acknowledged offset. Leaving the block releases it and commits nothing.

        Raises PartialMissing, PartialDamaged. Between processes one of two writers is refused with
        PartialBusy: this one here, or, where a store cannot lock, the older one at its next commit.
        """
        ...

    def blocks(self, upload_id: str, start: int = 0) -> Iterator[bytes]:
        """The acknowledged bytes from `start` on, as they are read back now. Only of an upload that has all
        its bytes: a store may close it to be able to read it.

        Raises PartialMissing, PartialDamaged.
        """
        ...

    def sha256(self, upload_id: str) -> str:
        """Hash of the acknowledged bytes as they are read back now, in lower-case hexadecimal."""
        ...

    def release(self, upload_id: str) -> None:
        """Free all that is kept under this id. Repeating is safe."""
        ...

    def quarantine(self, upload_id: str) -> None:
        """Put the bytes aside where no reader of blobs finds them. Repeating is safe."""
        ...

    def forget_quarantined(self, upload_id: str) -> None:
        """Delete bytes that were put aside. Repeating is safe."""
        ...

    def ids(self) -> Iterable[str]:
        """The uploads that still occupy something, for the sweep after a crash."""
        ...


class BlobStore(Protocol):
    """Whole files by their SHA-256; immutable, each kept once."""

    def take(self, upload_id: str, sha256: str) -> None:
        """Make the partial's bytes the blob of this hash, atomically and durably; the caller has verified
        the hash. Repeating is safe, and needed when a crash came before this returned.

        The partial's offset stays readable until `release`, as the witness that this upload brought the
        bytes.
        """
        ...

    def has_taken(self, upload_id: str, sha256: str) -> bool:
        """Whether the bytes of this upload are already the blob; asked after a crash."""
        ...

    def size(self, sha256: str) -> int | None:
        """Size in bytes of a blob, None when there is none."""
        ...

    def read(self, sha256: str) -> BinaryIO:
        """The blob, opened for reading and seeking. Raises FileNotFoundError."""
        ...

    def erase(self, sha256: str) -> None:
        """Delete a blob for good. Repeating is safe; the caller knows that nobody refers to it any more."""
        ...


class Store(PartialStore, BlobStore, Protocol):
    """Both, in one adapter: only it knows how a partial becomes a blob without being copied."""
