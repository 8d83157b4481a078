"""The audit chains, one per aggregate."""

from __future__ import annotations

from sqlmodel import Field

from server.db import column
from server.db.table import Table


class AuditTable(Table, table=True):
    """See `sync.audit.Entry`. An erasure sets `salt` and `payload` to null; the rest stays for ever."""

    __tablename__ = "audit"

    aggregate: str = Field(sa_column=column.text("aggregate", key=True))
    n: int = Field(sa_column=column.whole("n", key=True))
    commitment: bytes = Field(sa_column=column.octets("commitment"))
    hash: bytes = Field(sa_column=column.octets("hash"))
    salt: bytes | None = Field(sa_column=column.octets_or_null("salt"))
    payload: bytes | None = Field(sa_column=column.octets_or_null("payload"))
