"""Desk sessions."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from server.db import column
from server.db.table import COMPACT, Table


class SessionTable(Table, table=True):
    """A session's token is known here only by its hash."""

    __tablename__ = "desk_session"
    __table_args__ = (Index(None, "account"), Index(None, "expires_at"), COMPACT)

    hash: str = Field(sa_column=column.text("hash", key=True))
    account: str = Field(sa_column=column.text("account"))
    csrf: str = Field(sa_column=column.text("csrf"))
    made_at: str = Field(sa_column=column.text("made_at"))
    expires_at: str = Field(sa_column=column.text("expires_at"))
