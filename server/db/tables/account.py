"""People who work at a desk, or whose phones are enrolled."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from server.db import column
from server.db.table import Table


class AccountTable(Table, table=True):
    """Passwords are known only by their argon2 hash; empty for who never signs in at a desk."""

    __tablename__ = "account"
    __table_args__ = (Index(None, "login", unique=True),)

    id: str = Field(sa_column=column.text("id", key=True))
    login: str = Field(sa_column=column.text("login"))
    """Lower case."""
    display_name: str = Field(sa_column=column.text("display_name"))
    roles: str = Field(sa_column=column.text("roles"))
    """Separated by spaces."""
    password_hash: str = Field(sa_column=column.text("password_hash"))
    locale: str = Field(sa_column=column.text("locale"))
    disabled: bool = Field(sa_column=column.truth("disabled"))
    unlocked_at: str | None = Field(sa_column=column.text_or_null("unlocked_at"))
    """Wrong passwords until then count no longer."""
