"""What revoked and unknown devices deposited: raw, unread by the engine, never lost."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from server.db import column
from server.db.table import Table


class QuarantineTable(Table, table=True):
    """One operation as it came. The same bytes of the same device are kept once."""

    __tablename__ = "quarantine"
    __table_args__ = (Index(None, "device", "hash", unique=True),)

    device: str = Field(sa_column=column.text("device", key=True))
    place: int = Field(sa_column=column.whole("place", key=True))
    """From 1, in the order of arrival."""
    hash: str = Field(sa_column=column.text("hash"))
    """SHA-256 of the payload, hexadecimal."""
    received_at: str = Field(sa_column=column.text("received_at"))
    payload: bytes = Field(sa_column=column.octets("payload"))


class QuarantineTakeOverTable(Table, table=True):
    """Who took a device's deposit over into the records, and when; written down before the first operation enters."""

    __tablename__ = "quarantine_take_over"

    device: str = Field(sa_column=column.text("device", key=True))
    number: int = Field(sa_column=column.whole("number", key=True))
    """From 1."""
    taken_at: str = Field(sa_column=column.text("taken_at"))
    taken_by: str = Field(sa_column=column.text("taken_by"))
    """The account that said so."""
    user_id: str = Field(sa_column=column.text("user_id"))
    """In whose name the operations entered."""
    note: str = Field(sa_column=column.text("note"))


class QuarantineSizeTable(Table, table=True):
    """How much each device has deposited, so that the bound holds without adding up."""

    __tablename__ = "quarantine_size"

    device: str = Field(sa_column=column.text("device", key=True))
    size_bytes: int = Field(sa_column=column.whole("size_bytes"))
    places: int = Field(sa_column=column.whole("places"))
