"""The ledger of every operation that was ever received. Lines are never deleted (invariant 1)."""

from __future__ import annotations

from sqlalchemy import Index, text
from sqlmodel import Field

from server.db import column
from server.db.table import Table

_PARKED = text("status = 'parked'")
_CLOCK_OFF_SQLITE = text("instr(result, 'clock_off') > 0")
_CLOCK_OFF_POSTGRES = text("position('clock_off'::bytea in result) > 0")


class OperationTable(Table, table=True):
    """See `sync.store.Receipt`."""

    __tablename__ = "operation"
    __table_args__ = (
        Index(None, "id"),
        Index(None, "device", "aggregate", "base_ver"),
        Index(
            "ix_operation_parked", "aggregate", "device", "seq",
            sqlite_where=_PARKED, postgresql_where=_PARKED,
        ),
        Index(
            "ix_operation_parked_order", "device", "seq",
            sqlite_where=_PARKED, postgresql_where=_PARKED,
        ),
        Index(
            "ix_operation_clock_off", "aggregate",
            sqlite_where=_CLOCK_OFF_SQLITE, postgresql_where=_CLOCK_OFF_POSTGRES,
        ),
    )  # fmt: skip

    device: str = Field(sa_column=column.text("device", key=True))
    seq: int = Field(sa_column=column.whole("seq", key=True))
    id: str = Field(sa_column=column.text("id"))
    """Not unique: a forked phone's second copy is a line of its own, with status `duplicate`."""
    hash: str = Field(sa_column=column.text("hash"))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    base_ver: int = Field(sa_column=column.whole("base_ver"))
    status: str = Field(sa_column=column.text("status"))
    reason: str = Field(sa_column=column.text("reason"))
    received_at: str = Field(sa_column=column.text("received_at"))
    waits_for: str = Field(sa_column=column.text("waits_for"))
    user_id: str = Field(sa_column=column.text("user_id"))
    roles: str = Field(sa_column=column.text("roles"))
    """Separated by spaces."""
    payload: bytes = Field(sa_column=column.octets("payload"))
    result: bytes = Field(sa_column=column.octets("result"))
