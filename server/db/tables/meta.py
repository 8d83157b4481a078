"""What the database says about itself: one row."""

from __future__ import annotations

from sqlmodel import Field

from server.db import column
from server.db.table import Table


class MetaTable(Table, table=True):
    """`epoch` changes when a backup is restored, so that phones offer again what the backup does not know."""

    __tablename__ = "meta"

    one: int = Field(sa_column=column.whole("one", key=True))
    """Always 1."""
    epoch: str = Field(sa_column=column.text("epoch"))
    read_models: int | None = Field(sa_column=column.whole_or_null("read_models"))
    """The `server.db.read_models.version` that made all rows last."""
