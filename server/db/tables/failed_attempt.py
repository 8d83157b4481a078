"""Failed attempts to sign in or to enrol a phone, as long as they count."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from server.db import column
from server.db.table import COMPACT, Table


class FailedAttemptTable(Table, table=True):
    """Against whom they count is known here only by its hash."""

    __tablename__ = "failed_attempt"
    __table_args__ = (Index(None, "forgotten_at_ms"), COMPACT)

    name: str = Field(sa_column=column.text("name", key=True))
    moments: str = Field(sa_column=column.text("moments"))
    """JSON: seconds since 1970, oldest first."""
    forgotten_at_ms: int = Field(sa_column=column.whole("forgotten_at_ms"))
