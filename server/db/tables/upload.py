"""Rows of resumable uploads."""

from __future__ import annotations

from sqlalchemy import Index, text
from sqlmodel import Field

from server.db import column
from server.db.table import Table

_LIVE = text("state IN ('partial', 'stored')")
_PARTIAL = text("state = 'partial'")


class UploadTable(Table, table=True):
    """See `media.upload.Upload`. At most one live row per media and hash."""

    __tablename__ = "upload"
    __table_args__ = (
        Index(
            "ix_upload_live", "media_id", "sha256",
            unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE,
        ),
        Index("ix_upload_expiry", "expires_at", "id", sqlite_where=_PARTIAL, postgresql_where=_PARTIAL),
        Index(None, "state", "id"),
        Index(None, "device_id"),
    )  # fmt: skip

    id: str = Field(sa_column=column.text("id", key=True))
    media_id: str = Field(sa_column=column.text("media_id"))
    sha256: str = Field(sa_column=column.text("sha256"))
    kind: str = Field(sa_column=column.text("kind"))
    device_id: str = Field(sa_column=column.text("device_id"))
    user_id: str = Field(sa_column=column.text("user_id"))
    length_bytes: int | None = Field(sa_column=column.whole_or_null("length_bytes"))
    offset_bytes: int = Field(sa_column=column.whole("offset_bytes"))
    facts: str = Field(sa_column=column.text("facts"))
    """The client's metadata in its order: a JSON list of `[key, value or null]`."""
    created_at: str = Field(sa_column=column.text("created_at"))
    expires_at: str = Field(sa_column=column.text("expires_at"))
    state: str = Field(sa_column=column.text("state"))
    reason: str | None = Field(sa_column=column.text_or_null("reason"))
    revision: int = Field(sa_column=column.whole("revision"))
