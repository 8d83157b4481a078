"""What revoked and unknown devices deposited: raw, unread by the engine, never lost."""

from __future__ import annotations

from sqlmodel import Field

from server.db import column
from server.db.table import Table


class QuarantineTable(Table, table=True):
    """One operation as it came; the same seq with other bytes is a line of its own."""

    __tablename__ = "quarantine"

    device: str = Field(sa_column=column.text("device", key=True))
    seq: int = Field(sa_column=column.whole("seq", key=True))
    hash: str = Field(sa_column=column.text("hash", key=True))
    """SHA-256 of the payload."""
    received_at: str = Field(sa_column=column.text("received_at"))
    size_bytes: int = Field(sa_column=column.whole("size_bytes"))
    payload: bytes = Field(sa_column=column.octets("payload"))


class QuarantineSizeTable(Table, table=True):
    """How much each device has deposited, so that the bound holds without adding up."""

    __tablename__ = "quarantine_size"

    device: str = Field(sa_column=column.text("device", key=True))
    size_bytes: int = Field(sa_column=column.whole("size_bytes"))
