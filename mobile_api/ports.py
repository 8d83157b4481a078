"""What the phones' routes need from storage. One contract suite runs on every adapter (tests/mobile_api/contract).

All calls are plain and may block, so routes run them in threads. Instants are RFC 3339 in UTC with a `Z`. Every method
raises `sync.store.StoreUnavailable` when the database cannot be reached, and nothing else but what it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from sync.wire import Outbox


class NewPhone(msgspec.Struct, frozen=True, kw_only=True):
    """A phone that asks to be enrolled."""

    device: str
    """The id that it gets (UUIDv7)."""
    public_key: bytes
    """Canonical JWK of an EC P-256 key, checked to lie on the curve."""
    name: str
    platform: str


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """Whose phone it is now."""

    device: str
    user: str
    roles: tuple[str, ...]


CodeFault = Literal["unknown", "used", "expired"]


class CodeRefused(Exception):
    """The code does not enrol anything."""

    def __init__(self, fault: CodeFault) -> None:
        super().__init__(fault)
        self.fault: CodeFault = fault


class Enrolments(Protocol):
    """One-time codes, known here by their digest alone (`mobile_api.enrolment_code`)."""

    def redeem(self, code_digest: str, phone: NewPhone, now: str) -> Enrolled:
        """Use up the code and create the device, in one durable transaction: of two phones with one code, one wins.

        The same code with the same public key again, before the code expires, returns the device of the first
        time: a lost reply costs nothing. Raises `CodeRefused`.
        """
        ...


class PollRow(msgspec.Struct, frozen=True):
    """All that a poll must know, from one row (or one indexed join)."""

    user: str
    revoked: bool
    change: int
    """The user's change count (`sync.store.Snapshot.change`): as long as it stands, the pull answers the same."""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """An enrolled phone, as authentication must know it."""

    id: str
    user: str
    roles: tuple[str, ...]
    public_key: bytes
    revoked: bool
    nonce_floor_ms: int = 0
    """When the newest nonce that this device has signed was given out; older ones are not taken any more."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A phone gave a sign of life."""

    at: str
    outbox: Outbox | None = None
    """What it still holds; None: it did not say, and what it said before stands."""
    nonce_ms: int = 0
    """When the nonce that it signed was given out; 0 when it did not sign."""


class Devices(Protocol):
    """The phones."""

    answers_at_once: bool
    """`poll_row` takes microseconds and waits for nobody (memory, a local file): it is then called without a thread."""

    def poll_row(self, device: str) -> PollRow | None:
        """The hot path's one read; None for a device that is not known here."""
        ...

    def get(self, device: str) -> Device | None:
        """The device, its revoked state included; None when it is not known here."""
        ...

    def heard(self, device: str, heard: Heard) -> None:
        """Keep when the phone was last heard and what it held; `nonce_floor_ms` never falls. Unknown: no effect."""
        ...

    def revoke(self, device: str, now: str) -> bool:
        """From the return on every read says revoked. False when there is no such device; repeating is safe."""
        ...


class Quarantine(Protocol):
    """Operations of phones that may no longer, or not yet again, take part. Kept for a person to look through."""

    def deposit(self, device: str, operations: Sequence[bytes], *, most_bytes: int, now: str) -> int:
        """Keep the operations in order, durably, while the device's deposit stays within `most_bytes` in all.

        Returns how many of them, from the first on, are kept now. Bytes that the device deposited before are
        counted as kept and take no room again.
        """
        ...


class SnapshotBlob(msgspec.Struct, frozen=True, kw_only=True):
    """An immutable first load, named by the SHA-256 of its bytes."""

    sha256: str
    size_bytes: int
    media_type: str = "application/json"


class Snapshots(Protocol):
    """First loads of large aggregates."""

    def find(self, user: str, sha256: str) -> SnapshotBlob | None:
        """The snapshot; None when there is none, or the user holds no open right to its aggregate."""
        ...

    def read(self, sha256: str, start: int, size_bytes: int) -> bytes:
        """That many bytes from `start` on; both lie within the blob."""
        ...


class AggregateCount(msgspec.Struct, frozen=True, kw_only=True):
    """What a phone must hold of one aggregate."""

    id: str
    ver: int
    digest: str
    counts: dict[str, int]
    """Entity → live records."""


class ManifestCount(msgspec.Struct, frozen=True, kw_only=True):
    """What a phone must hold in all to be ready for no signal."""

    aggregates: list[AggregateCount]
    expected: dict[str, int]
    """Kind of thing (jobs, checklists, …) → how many."""


class CountManifest(Protocol):
    """Counts for one user, from one snapshot. May block."""

    def __call__(self, user: str) -> ManifestCount: ...
