"""Rows of uploads, on either database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from media.register import UploadChanged
from media.upload import MediaKind, Upload, UploadState
from server.db.connection import Connection, Database
from server.db.statement import Statement

_COLUMNS = (
    "id, media_id, sha256, kind, device_id, user_id, length_bytes, offset_bytes, facts, created_at, expires_at, "
    "state, reason, revision"
)
_LIVE = "state IN ('partial', 'stored')"
_ADD = Statement(
    f"INSERT INTO upload ({_COLUMNS}) VALUES (:id, :media_id, :sha256, :kind, :device_id, :user_id, :length_bytes, "
    ":offset_bytes, :facts, :created_at, :expires_at, :state, :reason, :revision) "
    f"ON CONFLICT (media_id, sha256) WHERE {_LIVE} DO NOTHING"
)
_GET = Statement(f"SELECT {_COLUMNS} FROM upload WHERE id = :id")
_FIND = Statement(
    f"SELECT {_COLUMNS} FROM upload WHERE media_id = :media_id AND sha256 = :sha256 AND {_LIVE}"
)
_REPLACE = Statement(
    "UPDATE upload SET device_id = :device_id, user_id = :user_id, length_bytes = :length_bytes, "
    "offset_bytes = :offset_bytes, expires_at = :expires_at, state = :state, reason = :reason, "
    "revision = revision + 1 WHERE id = :id AND revision = :revision"
)
_EXPIRED = Statement(
    f"SELECT {_COLUMNS} FROM upload WHERE state = 'partial' AND expires_at <= :now "
    "ORDER BY expires_at, id LIMIT :limit"
)
_IN_STATE = Statement(
    f"SELECT {_COLUMNS} FROM upload WHERE state = :state AND id > :after_id ORDER BY id LIMIT :limit"
)
_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"


class SqlUploads:
    """See `media.register.UploadRegister`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, upload: Upload) -> Upload:
        """See `media.register.UploadRegister.add`."""
        kept = replace(upload, revision=1)

        def work(connection: Connection) -> Upload:
            while not connection.run(_ADD, **_values(kept)):
                # Between the two statements the live one may have ended: then there is room again.
                if live := connection.row(_FIND, media_id=upload.media_id, sha256=upload.sha256):
                    return _upload(live)
            return kept

        return self._database.write(work)

    def get(self, upload_id: str) -> Upload | None:
        """See `media.register.UploadRegister.get`."""
        found = self._database.read(lambda c: c.row(_GET, id=upload_id))
        return _upload(found) if found else None

    def find(self, media_id: str, sha256: str) -> Upload | None:
        """See `media.register.UploadRegister.find`."""
        found = self._database.read(lambda c: c.row(_FIND, media_id=media_id, sha256=sha256))
        return _upload(found) if found else None

    def replace(self, upload: Upload) -> Upload:
        """See `media.register.UploadRegister.replace`."""
        if not self._database.write(lambda c: c.run(_REPLACE, **_values(upload))):
            raise UploadChanged(upload.id)
        return replace(upload, revision=upload.revision + 1)

    def expired(self, now: datetime, limit: int) -> tuple[Upload, ...]:
        """See `media.register.UploadRegister.expired`."""
        found = self._database.read(lambda c: c.rows(_EXPIRED, now=_instant(now), limit=limit))
        return tuple(_upload(row) for row in found)

    def in_state(self, state: UploadState, after_id: str, limit: int) -> tuple[Upload, ...]:
        """See `media.register.UploadRegister.in_state`."""
        found = self._database.read(
            lambda c: c.rows(_IN_STATE, state=state.value, after_id=after_id, limit=limit)
        )
        return tuple(_upload(row) for row in found)


def _values(upload: Upload) -> dict[str, Any]:
    return {
        "id": upload.id,
        "media_id": upload.media_id,
        "sha256": upload.sha256,
        "kind": upload.kind.value,
        "device_id": upload.device_id,
        "user_id": upload.user_id,
        "length_bytes": upload.length_bytes,
        "offset_bytes": upload.offset_bytes,
        "facts": msgspec.json.encode(upload.metadata).decode(),
        "created_at": _instant(upload.created_at),
        "expires_at": _instant(upload.expires_at),
        "state": upload.state.value,
        "reason": upload.reason,
        "revision": upload.revision,
    }


def _upload(row: tuple[Any, ...]) -> Upload:
    return Upload(
        id=row[0],
        media_id=row[1],
        sha256=row[2],
        kind=MediaKind(row[3]),
        device_id=row[4],
        user_id=row[5],
        length_bytes=row[6],
        offset_bytes=row[7],
        metadata=tuple((key, value) for key, value in msgspec.json.decode(row[8])),
        created_at=_moment(row[9]),
        expires_at=_moment(row[10]),
        state=UploadState(row[11]),
        reason=row[12],
        revision=row[13],
    )


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_INSTANT)


def _moment(instant: str) -> datetime:
    return datetime.strptime(instant, _INSTANT).replace(tzinfo=UTC)
