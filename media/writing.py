"""One request's bytes on their way into one upload."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from media.checksum import Checksum
from media.refusal import ChecksumMismatch, TooLong
from media.store import PartialWriter
from media.upload import Upload


class Writing:
    """Takes bytes in order and says how many are durable. Plain blocking code, for one thread at a time.

    `checkpoint` may be called as often as one likes: it bounds what a crash can cost. With a checksum
    nothing is committed before `end`, since the bytes may still turn out to be others than were sent.
    """

    def __init__(
        self,
        upload: Upload,
        writer: PartialWriter | None,
        limit_bytes: int,
        checksum: Checksum | None,
        settle: Callable[[Upload], Upload],
        resources: ExitStack,
    ) -> None:
        self._upload = upload
        self._writer = writer
        self._limit_bytes = limit_bytes
        self._checksum = checksum
        self._running = checksum.started() if checksum else None
        self._settle = settle
        self._resources = resources
        self._end_bytes = upload.offset_bytes

    @property
    def offset_bytes(self) -> int:
        """The acknowledged offset; grows with checkpoints."""
        return self._writer.offset_bytes if self._writer else self._upload.offset_bytes

    def take(self, data: bytes | bytearray) -> None:
        """Append. Raises TooLong, with nothing of `data` taken, when it would pass the upload's length."""
        if not data:
            return
        if self._writer is None or self._end_bytes + len(data) > self._limit_bytes:
            raise TooLong(self._limit_bytes, self.offset_bytes)
        self._writer.write(data)
        self._end_bytes += len(data)
        if self._running:
            self._running.update(data)

    def checkpoint(self) -> None:
        """Make what was taken durable, unless a checksum must be awaited."""
        if self._writer and self._running is None:
            self._writer.commit()

    def end(self, complete: bool) -> Upload:
        """Keep what was taken, release the upload, and finish it when its last byte is here.

        `complete` is False when the sender vanished or was interrupted; then bytes under a checksum are
        discarded, because they cannot be verified. Raises ChecksumMismatch, HashMismatch, NotAdmitted.
        Called once.
        """
        with self._resources:
            if self._writer is None:
                return self._upload
            matches = self._checksum is None or (
                self._running is not None and self._running.digest() == self._checksum.digest
            )
            if matches:
                self._writer.commit()
            else:
                self._writer.discard()
            offset_bytes = self._writer.offset_bytes
        if not matches and complete:
            raise ChecksumMismatch(offset_bytes)
        return self._settle(self._upload.at_offset(offset_bytes))

    def abandon(self) -> None:
        """Release the upload without another word to the disk; for when the disk itself failed."""
        self._resources.close()
