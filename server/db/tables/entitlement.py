"""Who may see which aggregate, because of what, and between which versions."""

from __future__ import annotations

from sqlalchemy import Index, text
from sqlmodel import Field

from server.db import column
from server.db.table import COMPACT, Table

_OPEN = text("to_ver IS NULL")


class EntitlementTable(Table, table=True):
    """See `sync.store.EntitlementRow`. Closed rows stay: authority is judged as of authoring."""

    __tablename__ = "entitlement"
    __table_args__ = (
        Index("ix_entitlement_open", "aggregate", "user_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_entitlement_of_user", "user_id", "aggregate", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "because"),
        COMPACT,
    )

    user_id: str = Field(sa_column=column.text("user_id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate", key=True))
    because: str = Field(sa_column=column.text("because", key=True))
    from_ver: int = Field(sa_column=column.whole("from_ver", key=True))
    to_ver: int | None = Field(sa_column=column.whole_or_null("to_ver"))
