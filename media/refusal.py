"""Why an upload request is turned down, in the words of uploads; whoever speaks a protocol translates
them."""

from __future__ import annotations


class UploadRefused(Exception):
    """The request changes nothing beyond what its subclass says. `offset_bytes` is where the upload
    stands."""

    offset_bytes: int | None = None


class UploadMissing(UploadRefused):
    """There is no such upload, or it belongs to somebody else; which of the two is not told."""


class UploadGone(UploadRefused):
    """There was one; it is terminated, expired or quarantined. The client starts a new one."""

    def __init__(self, state: str, reason: str | None) -> None:
        super().__init__(f"{state}: {reason}" if reason else state)
        self.state = state
        self.reason = reason


class NotAdmitted(UploadRefused):
    """The gate said no; `reason` is its code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OffsetMismatch(UploadRefused):
    """The client goes on from another place than the server; it asks for the offset and tries again."""

    def __init__(self, offset_bytes: int) -> None:
        super().__init__(f"the upload stands at {offset_bytes}")
        self.offset_bytes = offset_bytes


class TooLong(UploadRefused):
    """More bytes than `limit_bytes`: the declared length, or the most that this server takes."""

    def __init__(self, limit_bytes: int, offset_bytes: int | None = None) -> None:
        super().__init__(f"at most {limit_bytes} bytes")
        self.limit_bytes = limit_bytes
        self.offset_bytes = offset_bytes


class LengthFixed(UploadRefused):
    """A length that contradicts what is known: another one was declared, or more bytes are here already."""

    def __init__(self, length_bytes: int | None, offset_bytes: int) -> None:
        super().__init__(f"length {length_bytes}, {offset_bytes} bytes received")
        self.length_bytes = length_bytes
        self.offset_bytes = offset_bytes


class ChecksumMismatch(UploadRefused):
    """The bytes of one request are not those that were sent; they are discarded, the offset stands."""

    def __init__(self, offset_bytes: int) -> None:
        super().__init__(f"discarded, the upload stands at {offset_bytes}")
        self.offset_bytes = offset_bytes


class HashMismatch(UploadRefused):
    """The whole file is not the declared one; it is quarantined and never stored."""

    def __init__(self, declared: str, actual: str) -> None:
        super().__init__(f"declared {declared}, received {actual}")
        self.declared = declared
        self.actual = actual


class PieceUnfit(UploadRefused):
    """What should be joined is no piece of this device; `piece_id` tells which."""

    def __init__(self, piece_id: str) -> None:
        super().__init__(piece_id)
        self.piece_id = piece_id


class PieceUnfinished(UploadRefused):
    """A piece lacks bytes; worth trying again once they are here."""

    def __init__(self, piece_id: str) -> None:
        super().__init__(piece_id)
        self.piece_id = piece_id


class FinalClosed(UploadRefused):
    """An upload that is joined from pieces takes no bytes of its own."""


class QuotaReached(UploadRefused):
    """No room for so many bytes within `scope`; worth trying again once there is."""

    def __init__(self, scope: str, limit_bytes: int, left_bytes: int) -> None:
        super().__init__(f"{scope}: {left_bytes} of {limit_bytes} bytes are left")
        self.scope = scope
        self.limit_bytes = limit_bytes
        self.left_bytes = left_bytes


class AlreadyStored(UploadRefused):
    """A stored file is evidence; the client that sent it cannot take it back."""


class PartialBusy(UploadRefused):
    """Another process is writing this upload; worth trying again shortly."""


class StoreAway(UploadRefused):
    """The store does not answer; what was acknowledged is kept. Worth trying again shortly."""


class StoreFull(UploadRefused):
    """No room for more bytes; those acknowledged are kept. Worth trying again later."""
