"""How far uploads of media have come, when their rows came, and when their phones were last heard."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from server.db.connection import Connection
from server.db.statement import Statement

_UPLOADS = Statement(
    "SELECT media_id, kind, state, offset_bytes, length_bytes, device_id, created_at, expires_at FROM upload "
    "WHERE media_id = ANY(:media) AND state IN ('partial', 'stored') ORDER BY created_at, id"
)
_ARRIVED = Statement(
    "SELECT device, seq, received_at FROM operation WHERE device = ANY(:devices) AND seq = ANY(:seqs)"
)
_PHONES = Statement(
    "SELECT device.id, device.user_id, contact.name, contact.heard_at, device.revoked FROM device "
    "LEFT JOIN device_contact AS contact ON contact.device = device.id WHERE device.id = ANY(:devices)"
)

Author = tuple[str, int]
"""(device, number) of an operation."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """One upload of a media record."""

    media: str
    kind: str
    state: str
    received_bytes: int
    size_bytes: int | None
    device: str
    created_at: str
    expires_at: str


class Phone(msgspec.Struct, frozen=True, kw_only=True):
    """A device that holds bytes, or held them."""

    id: str
    user: str
    name: str | None
    heard_at: str | None
    revoked: bool


def uploads_of(connection: Connection, media: Sequence[str]) -> list[Progress]:
    """Live uploads of these media, the oldest first."""
    found = connection.rows(_UPLOADS, media=media)
    return [
        Progress(
            media=row[0],
            kind=row[1],
            state=row[2],
            received_bytes=row[3],
            size_bytes=row[4],
            device=row[5],
            created_at=row[6],
            expires_at=row[7],
        )
        for row in found
    ]


def arrivals(connection: Connection, authors: Sequence[Author]) -> dict[Author, str]:
    """When each of these operations reached the server."""
    wanted = set(authors)
    devices = sorted({device for device, _ in wanted})
    seqs = sorted({seq for _, seq in wanted})
    found = connection.rows(_ARRIVED, devices=devices, seqs=seqs) if wanted else []
    return {(row[0], row[1]): row[2] for row in found if (row[0], row[1]) in wanted}


def phones(connection: Connection, devices: Sequence[str]) -> dict[str, Phone]:
    """These devices, by id."""
    found = connection.rows(_PHONES, devices=sorted(set(devices))) if devices else []
    return {
        row[0]: Phone(id=row[0], user=row[1], name=row[2], heard_at=row[3], revoked=bool(row[4]))
        for row in found
    }
