"""Enrolled phones and desk users' doors, and when each was last heard."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from server.db import column
from server.db.table import COMPACT, Table


class DeviceTable(Table, table=True):
    """See `sync.store.DeviceRow`; the engine writes it in every push."""

    __tablename__ = "device"
    __table_args__ = (Index(None, "user_id"), COMPACT)

    id: str = Field(sa_column=column.text("id", key=True))
    user_id: str = Field(sa_column=column.text("user_id"))
    roles: str = Field(sa_column=column.text("roles"))
    """Separated by spaces."""
    last_seq: int = Field(sa_column=column.whole("last_seq"))
    revoked: bool = Field(sa_column=column.truth("revoked"))
    public_key: bytes = Field(sa_column=column.octets("public_key"))
    forked_from: str = Field(sa_column=column.text("forked_from"))


class DeviceContactTable(Table, table=True):
    """What a phone said about itself, apart from `device`: nothing waits for these writes."""

    __tablename__ = "device_contact"
    __table_args__ = COMPACT

    device: str = Field(sa_column=column.text("device", key=True))
    name: str = Field(sa_column=column.text("name"))
    """What its user calls it."""
    platform: str = Field(sa_column=column.text("platform"))
    enrolled_at: str = Field(sa_column=column.text("enrolled_at"))
    revoked_at: str | None = Field(sa_column=column.text_or_null("revoked_at"))
    heard_at: str | None = Field(sa_column=column.text_or_null("heard_at"))
    pending: int = Field(sa_column=column.whole("pending"))
    """Operations still on the phone, as it last said."""
    outbox_last_seq: int = Field(sa_column=column.whole("outbox_last_seq"))
    outbox_digest: str = Field(sa_column=column.text("outbox_digest"))
    uploads: int = Field(sa_column=column.whole("uploads"))
    upload_bytes: int = Field(sa_column=column.whole("upload_bytes"))
    nonce_floor_ms: int = Field(sa_column=column.whole("nonce_floor_ms"))
    """When the newest nonce that it has signed was given out; older ones are not taken any more."""
