"""The unit of sharing and of order."""

from __future__ import annotations

from sqlmodel import Field

from server.db import column
from server.db.table import COMPACT, Table


class AggregateTable(Table, table=True):
    """See `sync.store.AggregateRow`."""

    __tablename__ = "aggregate"
    __table_args__ = COMPACT

    id: str = Field(sa_column=column.text("id", key=True))
    ver: int = Field(sa_column=column.whole("ver"))
    digest: bytes = Field(sa_column=column.octets("digest"))
    """32 bytes, most significant first."""
    tomb_floor: int = Field(sa_column=column.whole("tomb_floor"))
    chain_head: bytes = Field(sa_column=column.octets("chain_head"))
    chain_length: int = Field(sa_column=column.whole("chain_length"))
    record_count: int = Field(sa_column=column.whole("record_count"))
    """Records with this aggregate, tombstones included; kept by the store, so that nobody counts."""
