"""One resumable upload as a value, and the few ways in which it may change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class UploadState(StrEnum):
    """Where an upload is in its life; everything but `partial` is final."""

    PARTIAL = "partial"
    """Bytes are expected. May have all of them, when a crash came before they were verified."""
    STORED = "stored"
    """The whole file is durable and its SHA-256 is the declared one."""
    QUARANTINED = "quarantined"
    """The bytes are kept aside with a reason: the hash differed, or nobody may hold them any more."""
    TERMINATED = "terminated"
    """The client gave it up; its bytes are gone."""
    EXPIRED = "expired"
    """Nobody went on with it in time; its bytes are gone."""


class IllegalChange(Exception):
    """A transition that no upload may take; a defect of the caller, never of a client."""


class MediaKind(StrEnum):
    """Which rendition of a media record the bytes are; they travel in this order."""

    POSTER = "poster"
    PROXY = "proxy"
    ORIGINAL = "original"
    PIECE = "piece"
    """A part of a file, to be joined with others; belongs to no media record by itself."""


RENDITIONS = (MediaKind.POSTER, MediaKind.PROXY, MediaKind.ORIGINAL)
"""The kinds that a client may declare."""

_JOINED_FROM = "joined from"
"""Key of the fact that lists the pieces. Only the server can write it: a client's keys hold no space."""

Metadata = tuple[tuple[str, str | None], ...]
"""What the client said about the file, in its order; a key alone has the value None."""


def joined_from(metadata: Metadata, pieces: Sequence[str]) -> Metadata:
    """The metadata of an upload that is made of these pieces."""
    return (*metadata, (_JOINED_FROM, " ".join(pieces))) if pieces else metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An upload's row. `offset_bytes` is a copy for people to look at: the partial store holds the truth."""

    id: str
    media_id: str
    sha256: str
    """Declared by the client, 64 lower-case hexadecimal digits; trusted only once `state` is `stored`."""
    kind: MediaKind
    device_id: str
    user_id: str
    length_bytes: int | None
    """None as long as the client defers it; fixed for ever once said."""
    metadata: Metadata
    created_at: datetime
    expires_at: datetime
    """Only a partial upload expires; moves on whenever bytes arrive."""
    offset_bytes: int = 0
    state: UploadState = UploadState.PARTIAL
    reason: str | None = None
    """Why it is quarantined; a stable code."""
    revision: int = 0
    """Counted by the register, one per change."""

    @property
    def is_live(self) -> bool:
        """Whether creating the same media again leads here."""
        return self.state in (UploadState.PARTIAL, UploadState.STORED)

    @property
    def has_all_bytes(self) -> bool:
        return self.length_bytes is not None and self.offset_bytes == self.length_bytes

    @property
    def is_due(self) -> bool:
        """Whether it is to be verified and stored. A piece never is: it waits to be joined."""
        return self.state is UploadState.PARTIAL and self.has_all_bytes and not self.is_piece

    @property
    def is_piece(self) -> bool:
        return self.kind is MediaKind.PIECE

    @property
    def pieces(self) -> tuple[str, ...]:
        """The uploads whose bytes, in this order, are the whole file; empty for one that is sent itself."""
        return tuple((dict(self.metadata).get(_JOINED_FROM) or "").split())

    @property
    def is_joining(self) -> bool:
        """Whether bytes of its pieces are still missing or unverified."""
        return bool(self.pieces) and self.state is UploadState.PARTIAL

    @property
    def said(self) -> Metadata:
        """The metadata as the client sent it."""
        return tuple(pair for pair in self.metadata if pair[0] != _JOINED_FROM)

    @property
    def facts(self) -> Mapping[str, str | None]:
        """What the client said, by key."""
        return dict(self.said)

    def at_offset(self, offset_bytes: int) -> Upload:
        """The upload with more of its bytes durable. An offset never decreases."""
        if offset_bytes < self.offset_bytes:
            raise IllegalChange(f"upload {self.id} stands at {self.offset_bytes}, not {offset_bytes}")
        if self.length_bytes is not None and offset_bytes > self.length_bytes:
            raise IllegalChange(f"upload {self.id} has {self.length_bytes} bytes, not {offset_bytes}")
        return replace(self, offset_bytes=offset_bytes)

    def with_length(self, length_bytes: int) -> Upload:
        if self.length_bytes not in (None, length_bytes):
            raise IllegalChange(f"the length of upload {self.id} is fixed at {self.length_bytes}")
        return replace(self, length_bytes=length_bytes)

    def kept_until(self, expires_at: datetime) -> Upload:
        return replace(self, expires_at=expires_at)

    def owned_by(self, device_id: str, user_id: str) -> Upload:
        return replace(self, device_id=device_id, user_id=user_id)

    def stored(self) -> Upload:
        if not self.has_all_bytes:
            raise IllegalChange(f"upload {self.id} has {self.offset_bytes} of {self.length_bytes} bytes")
        return self._ended(UploadState.STORED)

    def quarantined(self, reason: str) -> Upload:
        return self._ended(UploadState.QUARANTINED, reason)

    def terminated(self) -> Upload:
        return self._ended(UploadState.TERMINATED)

    def expired(self) -> Upload:
        return self._ended(UploadState.EXPIRED)

    def _ended(self, state: UploadState, reason: str | None = None) -> Upload:
        if self.state is not UploadState.PARTIAL:
            raise IllegalChange(f"upload {self.id} is {self.state} and cannot become {state}")
        return replace(self, state=state, reason=reason)
