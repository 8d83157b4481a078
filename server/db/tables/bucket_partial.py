"""What unfinished uploads in a bucket consist of."""

from __future__ import annotations

from sqlmodel import Field

from server.db import column
from server.db.table import Table


class BucketPartialTable(Table, table=True):
    """See `media.part_register.BucketPartial`."""

    __tablename__ = "bucket_partial"

    id: str = Field(sa_column=column.text("id", key=True))
    body: str = Field(sa_column=column.text("body"))
    """The partial as JSON; nothing is ever asked of its members by SQL."""
    revision: int = Field(sa_column=column.whole("revision"))
