"""Which tables a backup holds: whatever cannot be made again, and would still be true after a restore."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Float, LargeBinary, Text
from sqlalchemy.types import TypeEngine

from server.db.backup.dump import Header
from server.db.migrate import columns_in
from server.db.read_models import PROJECTORS

MADE_ANEW = frozenset({"meta", "stale_projection", *(one.table.name for one in PROJECTORS)})
"""`meta` gets another epoch. Read models, which change most between releases, come from the records again."""
NOT_TRUE_LATER = frozenset({"desk_session", "bucket_partial", "failed_attempt"})
"""A session that was ended after the backup would be open again: everybody signs in anew. What unfinished uploads
consist of in a bucket is not true any more; they begin again. Failed attempts count for an hour at most."""

KINDS: dict[type[TypeEngine[Any]], str] = {
    Text: "text",
    BigInteger: "whole",
    Boolean: "truth",
    Float: "float",
    LargeBinary: "octets",
}
"""What a column holds, by the name that a backup uses."""
_LEFT_OUT = MADE_ANEW | NOT_TRUE_LATER | {"alembic_version"}


def kept_tables(database_url: str) -> list[Header]:
    """Every table that is written into a backup, as the database has it: an older one needs no upgrade first."""
    return [
        Header(name, [(column, _kind(type)) for column, type in columns])
        for name, columns in columns_in(database_url).items()
        if name not in _LEFT_OUT
    ]


def _kind(type: TypeEngine[Any]) -> str:
    return next(kind for known, kind in KINDS.items() if isinstance(type, known))
