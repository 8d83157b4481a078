"""What is to be done later, once per subject, kind and revision."""

from __future__ import annotations

from sqlalchemy import Index, text
from sqlmodel import Field

from server.db import column
from server.db.table import COMPACT, Table

_PENDING = text("state = 'pending'")


class ReminderTable(Table, table=True):
    """See `sync.reminder.ReminderRow`. Rows that are closed stay: they are why nothing is done twice."""

    __tablename__ = "reminder"
    __table_args__ = (
        Index("ix_reminder_claimable", "claimable_at", sqlite_where=_PENDING, postgresql_where=_PENDING),
        Index("ix_reminder_state", "state", "due_at"),
        COMPACT,
    )

    subject: str = Field(sa_column=column.text("subject", key=True))
    """`entity/id`."""
    kind: str = Field(sa_column=column.text("kind", key=True))
    revision: int = Field(sa_column=column.whole("revision", key=True))
    due_at: str = Field(sa_column=column.text("due_at"))
    past_at: str = Field(sa_column=column.text("past_at"))
    state: str = Field(sa_column=column.text("state"))
    claimable_at: str = Field(sa_column=column.text("claimable_at"))
    """Its time, the end of a lease, or of a pause after a failure."""
    fence: int = Field(sa_column=column.whole("fence"))
    attempts: int = Field(sa_column=column.whole("attempts"))
    error: str = Field(sa_column=column.text("error"))
    settled_at: str = Field(sa_column=column.text("settled_at"))
    """When it ceased to be pending; empty while it is."""
