"""Phones as authentication and desks see them, on either database."""

from __future__ import annotations

from typing import Any

import msgspec

from mobile_api.ports import Device, Heard, PollRow
from server.db.connection import Connection
from server.db.open import SqlStore
from server.db.sqlite_store import SqliteStore
from server.db.statement import Statement

_GET = Statement(
    "SELECT device.id, device.user_id, device.roles, device.public_key, device.revoked, "
    "coalesce(device_contact.nonce_floor_ms, 0) "
    "FROM device LEFT JOIN device_contact ON device_contact.device = device.id WHERE device.id = :device"
)
CONTACT = Statement(
    "INSERT INTO device_contact (device, name, platform, enrolled_at, pending, outbox_last_seq, outbox_digest, "
    "uploads, upload_bytes, nonce_floor_ms) VALUES (:device, :name, :platform, :at, 0, 0, '', 0, 0, 0) "
    "ON CONFLICT DO NOTHING"
)
_HEARD = Statement(
    "UPDATE device_contact SET heard_at = :at, nonce_floor_ms = "
    "CASE WHEN nonce_floor_ms < :nonce_ms THEN :nonce_ms ELSE nonce_floor_ms END WHERE device = :device"
)
_OUTBOX = Statement(
    "UPDATE device_contact SET pending = :pending, outbox_last_seq = :last_seq, outbox_digest = :digest, "
    "uploads = :uploads, upload_bytes = :upload_bytes WHERE device = :device"
)
_KEY = Statement(
    "SELECT device.public_key, device.forked_from, device.revoked, contact.revoked_at FROM device "
    "LEFT JOIN device_contact AS contact ON contact.device = device.id WHERE device.id = :device"
)
_MOST_COPIES = 64
"""A copy may be copied again; nobody follows that any further."""
_KNOWN = Statement("SELECT 1 FROM device WHERE id = :device")
_REVOKE = Statement("UPDATE device SET revoked = :yes WHERE id = :device")
_REVOKED_AT = Statement(
    "UPDATE device_contact SET revoked_at = :now WHERE device = :device AND revoked_at IS NULL"
)
_LIST = Statement(
    "SELECT device.id, device.user_id, device.roles, device.revoked, device.last_seq, device.forked_from, "
    "contact.name, contact.platform, contact.enrolled_at, contact.revoked_at, contact.heard_at, contact.pending, "
    "contact.outbox_last_seq, contact.outbox_digest, contact.uploads, contact.upload_bytes "
    "FROM device JOIN device_contact AS contact ON contact.device = device.id "
    "ORDER BY device.user_id, contact.enrolled_at, device.id"
)


class KnownPhone(msgspec.Struct, frozen=True, kw_only=True):
    """A phone as a desk lists it. What it still held is what it said when it was last heard."""

    id: str
    user: str
    roles: tuple[str, ...]
    revoked: bool
    last_seq: int
    """The last operation that has arrived."""
    forked_from: str
    name: str
    platform: str
    enrolled_at: str
    revoked_at: str | None
    heard_at: str | None
    """None: never since its enrolment."""
    pending: int
    outbox_last_seq: int
    outbox_digest: str
    uploads: int
    upload_bytes: int


class KnownKey(msgspec.Struct, frozen=True, kw_only=True):
    """A device's key, and since when it may not be believed."""

    public_key: bytes
    """Empty for a desk."""
    copied_from: tuple[str, ...]
    """The devices that it is a copy of, the nearest first."""
    revoked: bool
    revoked_at: str | None
    """None: not known, or never."""


class SqlDevices:
    """See `mobile_api.ports.Devices`."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._database = store.database
        self.answers_at_once = isinstance(store, SqliteStore)

    def poll_row(self, device: str) -> PollRow | None:
        """See `mobile_api.ports.Devices.poll_row`."""
        found = self._store.poll(device)
        return None if found is None else PollRow(*found)

    def get(self, device: str) -> Device | None:
        """See `mobile_api.ports.Devices.get`."""
        found = self._database.read(lambda c: c.row(_GET, device=device))
        if found is None:
            return None
        return Device(
            id=found[0],
            user=found[1],
            roles=tuple(found[2].split()),
            public_key=bytes(found[3]),
            revoked=bool(found[4]),
            nonce_floor_ms=found[5],
        )

    def key_of(self, device: str) -> KnownKey | None:
        """A device's key; it never changes. None: no such device is known."""

        def work(connection: Connection) -> KnownKey | None:
            found = connection.row(_KEY, device=device)
            if found is None:
                return None
            copied_from: list[str] = []
            row: tuple[Any, ...] | None = found
            while row is not None and row[1] and len(copied_from) < _MOST_COPIES:
                copied_from.append(row[1])
                row = connection.row(_KEY, device=row[1])
            return KnownKey(
                public_key=bytes(found[0]),
                copied_from=tuple(copied_from),
                revoked=bool(found[2]),
                revoked_at=found[3],
            )

        return self._database.read(work)

    def heard(self, device: str, heard: Heard) -> None:
        """See `mobile_api.ports.Devices.heard`."""

        def work(connection: Connection) -> None:
            if connection.row(_KNOWN, device=device) is None:
                return
            connection.run(CONTACT, device=device, name="", platform="", at=heard.at)
            connection.run(_HEARD, device=device, at=heard.at, nonce_ms=heard.nonce_ms)
            if heard.outbox is not None:
                connection.run(_OUTBOX, device=device, **msgspec.structs.asdict(heard.outbox))

        self._database.write(work)

    def revoke(self, device: str, now: str) -> bool:
        """See `mobile_api.ports.Devices.revoke`."""

        def work(connection: Connection) -> bool:
            known = connection.run(_REVOKE, device=device, yes=True) > 0
            connection.run(_REVOKED_AT, device=device, now=now)
            return known

        return self._database.write(work)

    def list(self) -> list[KnownPhone]:
        """Every phone ever enrolled, by user and time of enrolment."""
        found = self._database.read(lambda c: c.rows(_LIST))
        names = KnownPhone.__struct_fields__
        return [
            KnownPhone(
                **dict(zip(names, row, strict=True))
                | {"roles": tuple(row[2].split()), "revoked": bool(row[3])}
            )
            for row in found
        ]
