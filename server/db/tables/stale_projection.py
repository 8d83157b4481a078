"""Records whose read model could not be made. Their bytes are stored; `doorstep rebuild` tries again."""

from __future__ import annotations

from sqlmodel import Field

from server.db import column
from server.db.table import COMPACT, Table


class StaleProjectionTable(Table, table=True):
    """A desk shows the last row that could be made, marked."""

    __tablename__ = "stale_projection"
    __table_args__ = COMPACT

    entity: str = Field(sa_column=column.text("entity", key=True))
    id: str = Field(sa_column=column.text("id", key=True))
    fault: str = Field(sa_column=column.text("fault"))
    """One sentence, without the record's content."""
