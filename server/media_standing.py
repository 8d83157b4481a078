"""Where the bytes of an order's media are: here, on the way, or on whose phone; how many are missing, since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from domain.renditions import ARRIVED
from server.db.connection import Connection, Database
from server.db.queries.media_progress import Phone, Progress, arrivals, phones, uploads_of
from server.db.reading import Reading
from sync.record import Record

Where = Literal["server", "arriving", "phone", "aside"]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One of the uploads of a media record."""

    kind: str
    received_bytes: int
    size_bytes: int | None
    """None while its sender has not said."""
    device: str


class MediaStanding(msgspec.Struct, frozen=True, kw_only=True):
    """The original of one media record; its poster and proxy among `parts`."""

    media: str
    where: Where
    """`aside`: here, and not fit to be shown; the record's `fault` tells why."""
    size_bytes: int
    received_bytes: int
    missing_bytes: int
    known_since: str | None
    """When the server first heard of it; missing bytes are missing since then."""
    last_bytes_at: str | None
    """When bytes of it last came; None: never, or all are here."""
    device: str | None
    """The phone that has what is missing, or that sent it."""
    device_name: str | None
    user: str | None
    heard_at: str | None
    """When that phone was last heard."""
    withdrawn: bool
    """The phone was withdrawn: what is missing comes by a deposit or not at all."""
    parts: list[Part]


class Standings:
    """Reads where bytes are. Blocking."""

    def __init__(self, database: Database, expires_after: timedelta) -> None:
        """`expires_after`: how long an upload is kept without a new byte; its row tells the end of that."""
        self._database = database
        self._expires_after = expires_after

    def of(self, ids: Sequence[str]) -> list[MediaStanding]:
        """Of these media, in their order."""
        if not ids:
            return []
        records = Reading(self._database).records([("media", id) for id in ids])
        known = [records["media", id] for id in ids if ("media", id) in records]
        return self._database.read(lambda connection: self._all(connection, known))

    def _all(self, connection: Connection, known: Sequence[Record]) -> list[MediaStanding]:
        uploads: dict[str, list[Progress]] = {}
        for one in uploads_of(connection, [media.id for media in known]):
            uploads.setdefault(one.media, []).append(one)
        authors = [_author(media) for media in known]
        devices = {one.device for some in uploads.values() for one in some} | {
            device for device, _ in authors
        }
        arrived, found = arrivals(connection, authors), phones(connection, sorted(devices))
        return [self._one(media, uploads.get(media.id, []), arrived, found) for media in known]

    def _one(
        self,
        media: Record,
        uploads: Sequence[Progress],
        arrived: dict[tuple[str, int], str],
        found: dict[str, Phone],
    ) -> MediaStanding:
        originals = [one for one in uploads if one.kind == "original"]
        original = originals[-1] if originals else None
        size_bytes = media.fields.get("size_bytes") or 0
        state = media.fields["state"]
        is_here = state in ARRIVED or bool(media.fields.get("found"))
        received = size_bytes if is_here else original.received_bytes if original else 0
        phone = found.get(original.device if original else media.created.device)
        return MediaStanding(
            media=media.id,
            where=_where(state, received, is_here),
            size_bytes=size_bytes,
            received_bytes=received,
            missing_bytes=max(0, size_bytes - received),
            known_since=arrived.get(_author(media)),
            last_bytes_at=None if is_here or not received else self._last_bytes_at(original),
            device=phone.id if phone else None,
            device_name=phone.name if phone else None,
            user=phone.user if phone else media.fields.get("by"),
            heard_at=phone.heard_at if phone else None,
            withdrawn=phone.revoked if phone else False,
            parts=[
                Part(
                    kind=one.kind,
                    received_bytes=one.received_bytes,
                    size_bytes=one.size_bytes,
                    device=one.device,
                )
                for one in uploads
            ],
        )

    def _last_bytes_at(self, upload: Progress | None) -> str | None:
        if upload is None:
            return None
        moment = datetime.fromisoformat(upload.expires_at) - self._expires_after
        return f"{moment:%Y-%m-%dT%H:%M:%S}Z"


def _where(state: str, received_bytes: int, is_here: bool) -> Where:
    if state == "quarantined":
        return "aside"
    if is_here:
        return "server"
    return "arriving" if received_bytes else "phone"


def _author(media: Record) -> tuple[str, int]:
    """The operation that announced the file."""
    return media.created.device, media.created.seq
