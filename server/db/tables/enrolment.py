"""One-time codes by which a phone is enrolled."""

from __future__ import annotations

from sqlmodel import Field

from server.db import column
from server.db.table import COMPACT, Table


class EnrolmentTable(Table, table=True):
    """A code is known here only by its hash, and used at most once."""

    __tablename__ = "enrolment_code"
    __table_args__ = COMPACT

    hash: str = Field(sa_column=column.text("hash", key=True))
    user_id: str = Field(sa_column=column.text("user_id"))
    roles: str = Field(sa_column=column.text("roles"))
    made_at: str = Field(sa_column=column.text("made_at"))
    expires_at: str = Field(sa_column=column.text("expires_at"))
    used_at: str | None = Field(sa_column=column.text_or_null("used_at"))
    device: str | None = Field(sa_column=column.text_or_null("device"))
    """The device that was enrolled with it, and to which a lost reply is repeated."""
