"""The common ancestor of every table: one metadata, one way of naming indexes and keys."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)

COMPACT = {"sqlite_with_rowid": False}
"""For small rows found by their key alone. Not for rows with bodies: there it doubled the cost of a write."""


class Table(SQLModel, registry=registry(metadata=METADATA)):
    """Declares a table. Rows are never made from a request's body: table models skip validation."""
