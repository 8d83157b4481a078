"""Records as the bytes that go on the wire."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from server.db import column
from server.db.table import Table


class RecordTable(Table, table=True):
    """See `sync.record.Record`. `body` is never parsed by a pull."""

    __tablename__ = "record"
    # The pull's order. The entity at its end picks all records of one kind without touching bodies.
    __table_args__ = (Index(None, "aggregate", "ver", "id", "entity"),)

    entity: str = Field(sa_column=column.text("entity", key=True))
    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    deleted: bool = Field(sa_column=column.truth("deleted"))
    body: bytes = Field(sa_column=column.octets("body"))
