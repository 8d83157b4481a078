"""The transparency logs of sign-offs, one per epoch of the database."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from server.db import column
from server.db.table import COMPACT, Table


class LogHeadTable(Table, table=True):
    """How far a log has come. Each transaction that appends locks its row: so the log's order is that of commits."""

    __tablename__ = "log_head"
    __table_args__ = COMPACT

    log: str = Field(sa_column=column.text("log", key=True))
    """The epoch that it belongs to."""
    origin: str = Field(sa_column=column.text("origin"))
    """Its name in checkpoints, for ever: addresses may change."""
    size: int = Field(sa_column=column.whole("size"))
    key: str = Field(sa_column=column.text("key"))
    """The key that the log names last."""
    made_at: str = Field(sa_column=column.text("made_at"))


class LogLeafTable(Table, table=True):
    """See `domain.evidence.leaf`. Never changed."""

    __tablename__ = "log_leaf"
    __table_args__ = (Index(None, "subject"),)

    log: str = Field(sa_column=column.text("log", key=True))
    place: int = Field(sa_column=column.whole("place", key=True))
    """From 0, without gaps."""
    subject: str = Field(sa_column=column.text("subject"))
    """By which it is found again: `sign_off/<id>`, `enrolment/<key>`, `key` or `restart`."""
    data: str = Field(sa_column=column.text("data"))
    receipt: str = Field(sa_column=column.text("receipt"))
    """Our countersignature, the line of a note."""


class LogNodeTable(Table, table=True):
    """The whole nodes of the tree, see `sync.log.tree`. Never changed."""

    __tablename__ = "log_node"
    __table_args__ = COMPACT

    log: str = Field(sa_column=column.text("log", key=True))
    level: int = Field(sa_column=column.whole("level", key=True))
    place: int = Field(sa_column=column.whole("place", key=True))
    hash: bytes = Field(sa_column=column.octets("hash"))
