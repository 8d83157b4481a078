"""Customers whose personal data were erased: ids alone, so that a restored backup can be brought to the same."""

from __future__ import annotations

from sqlmodel import Field

from server.db import column
from server.db.table import COMPACT, Table


class ErasureTable(Table, table=True):
    """Begun erasures. One without an end was broken off, and is completed by repeating it."""

    __tablename__ = "erasure"
    __table_args__ = COMPACT

    customer: str = Field(sa_column=column.text("customer", key=True))
    asked_at: str = Field(sa_column=column.text("asked_at"))
    asked_by: str = Field(sa_column=column.text("asked_by"))
    """An account, or `cli`."""
    reason: str = Field(sa_column=column.text("reason"))
    """A code, never a text: it is kept."""
    finished_at: str | None = Field(sa_column=column.text_or_null("finished_at"))
