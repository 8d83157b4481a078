"""Storage in memory for the phones' routes, over the engine's own memory store."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import msgspec

from mobile_api.ports import (
    AggregateCount,
    CodeRefused,
    Device,
    Enrolled,
    Heard,
    ManifestCount,
    NewPhone,
    PollRow,
    SnapshotBlob,
)
from sync.memory import MemoryStore
from sync.record import decode_record, digest_hex
from sync.store import DeviceRow


@dataclass
class _Code:
    user: str
    roles: tuple[str, ...]
    expires_at: str
    device: str = ""
    public_key: bytes = b""


class MemoryDevices:
    """The devices of a memory store, with what phones said when they were last heard."""

    answers_at_once = True

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.said: dict[str, Heard] = {}
        self.writes = 0
        self._floors: dict[str, int] = {}

    def poll_row(self, device: str) -> PollRow | None:
        row = self.store._state.devices.get(device)
        if row is None:
            return None
        return PollRow(row.user, row.revoked, self.store._state.watchers.get(row.user, 0))

    def get(self, device: str) -> Device | None:
        row = self.store._state.devices.get(device)
        if row is None:
            return None
        return Device(
            id=row.id,
            user=row.user,
            roles=row.roles,
            public_key=row.public_key,
            revoked=row.revoked,
            nonce_floor_ms=self._floors.get(device, 0),
        )

    def heard(self, device: str, heard: Heard) -> None:
        self.writes += 1
        if device not in self.store._state.devices:
            return
        before = self.said.get(device)
        if heard.outbox is None and before is not None:
            heard = msgspec.structs.replace(heard, outbox=before.outbox)
        self.said[device] = heard
        self._floors[device] = max(self._floors.get(device, 0), heard.nonce_ms)

    def revoke(self, device: str, now: str) -> bool:
        row = self.store._state.devices.get(device)
        if row is None:
            return False
        self.store.put_device(msgspec.structs.replace(row, revoked=True))
        return True

    def forget(self, device: str) -> None:
        """As a restored backup does that was made before the enrolment."""
        del self.store._state.devices[device]


class MemoryEnrolments:
    """Codes by digest."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._codes: dict[str, _Code] = {}
        self._lock = Lock()

    def issue(self, code_digest: str, user: str, roles: tuple[str, ...], expires_at: str) -> None:
        """What the desk does."""
        self._codes[code_digest] = _Code(user, roles, expires_at)

    def redeem(self, code_digest: str, phone: NewPhone, now: str) -> Enrolled:
        with self._lock:
            code = self._codes.get(code_digest)
            if code is None:
                raise CodeRefused("unknown")
            if code.device and code.public_key != phone.public_key:
                raise CodeRefused("used")
            if now >= code.expires_at:
                raise CodeRefused("used" if code.device else "expired")
            if not code.device:
                code.device, code.public_key = phone.device, phone.public_key
                self._store.put_device(
                    DeviceRow(id=phone.device, user=code.user, roles=code.roles, public_key=phone.public_key)
                )
            return Enrolled(device=code.device, user=code.user, roles=code.roles)


class MemoryQuarantine:
    """Deposits by device."""

    def __init__(self) -> None:
        self.deposits: dict[str, list[bytes]] = {}

    def deposit(self, device: str, operations: Sequence[bytes], *, most_bytes: int, now: str) -> int:
        held = self.deposits.setdefault(device, [])
        for place, one in enumerate(operations):
            if one in held:
                continue
            if sum(map(len, held)) + len(one) > most_bytes:
                return place
            held.append(one)
        return len(operations)


class MemorySnapshots:
    """Blobs with the users who may read them."""

    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}
        self._readers: dict[str, set[str]] = {}

    def put(self, data: bytes, readers: set[str]) -> str:
        """What the server does when it makes a snapshot."""
        sha256 = hashlib.sha256(data).hexdigest()
        self._blobs[sha256], self._readers[sha256] = data, readers
        return sha256

    def find(self, user: str, sha256: str) -> SnapshotBlob | None:
        if user not in self._readers.get(sha256, ()):
            return None
        return SnapshotBlob(sha256=sha256, size_bytes=len(self._blobs[sha256]))

    def read(self, sha256: str, start: int, size_bytes: int) -> bytes:
        return self._blobs[sha256][start : start + size_bytes]


class MemoryCount:
    """Counts live records of what a user may see."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def __call__(self, user: str) -> ManifestCount:
        with self._store.snapshot() as snapshot:
            aggregates = []
            for row, _ in snapshot.entitled(user):
                counts: dict[str, int] = {}
                for _, _, _, body in snapshot.page(row.id, (0, ""), 10_000):
                    record = decode_record(body)
                    if not record.deleted:
                        counts[record.entity] = counts.get(record.entity, 0) + 1
                aggregates.append(
                    AggregateCount(id=row.id, ver=row.ver, digest=digest_hex(row.digest), counts=counts)
                )
        return ManifestCount(aggregates=aggregates, expected={"jobs": len(aggregates)})
