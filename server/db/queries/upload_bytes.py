"""How many bytes uploads take, by who sends them and by what they belong to: announced, or received while that is
unknown."""

from __future__ import annotations

from server.db.connection import Database
from server.db.statement import Statement

_UNFINISHED = Statement(
    "SELECT COALESCE(SUM(COALESCE(length_bytes, offset_bytes)), 0) FROM upload "
    "WHERE device_id = :device AND state = 'partial' AND id <> :but"
)
_OF_AGGREGATE = Statement(
    "SELECT COALESCE(SUM(COALESCE(length_bytes, offset_bytes)), 0) FROM upload "
    "WHERE state IN ('partial', 'stored') AND id <> :but AND media_id IN ("
    "SELECT beside.id FROM media JOIN media AS beside ON beside.aggregate = media.aggregate WHERE media.id = :media)"
)


def unfinished_upload_bytes(database: Database, device: str, but: str) -> int:
    """Of a device's unfinished uploads, one upload left out."""
    return _sum(database, _UNFINISHED, device=device, but=but)


def media_bytes_beside(database: Database, media: str, but: str) -> int:
    """Of all uploads, finished or not, in the aggregate of this media record, one upload left out."""
    return _sum(database, _OF_AGGREGATE, media=media, but=but)


def _sum(database: Database, statement: Statement, **values: str) -> int:
    row = database.read(lambda connection: connection.row(statement, **values))
    return int(row[0]) if row else 0
