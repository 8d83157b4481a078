"""What a person has to decide."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from server.db import column
from server.db.read_model import instant, member, read_model
from server.db.table import Table


class ConflictModel(Table, table=True):
    """Two words about one field."""

    __tablename__ = "conflict"
    __table_args__ = (
        Index(None, "state", "id"),
        Index(None, "aggregate"),
    )

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    entity: str | None = Field(sa_column=column.text_or_null("entity"))
    record: str | None = Field(sa_column=column.text_or_null("record"))
    field: str | None = Field(sa_column=column.text_or_null("field"))
    reason: str | None = Field(sa_column=column.text_or_null("reason"))
    state: str | None = Field(sa_column=column.text_or_null("state"))
    standing_by: str | None = Field(sa_column=column.text_or_null("standing_by"))
    losing_by: str | None = Field(sa_column=column.text_or_null("losing_by"))
    decision: str | None = Field(sa_column=column.text_or_null("decision"))


class InboxItemModel(Table, table=True):
    """Something that waits for a role."""

    __tablename__ = "inbox_item"
    __table_args__ = (
        Index(None, "state", "opened_at"),
        Index(None, "aggregate"),
    )

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    kind: str | None = Field(sa_column=column.text_or_null("kind"))
    entity: str | None = Field(sa_column=column.text_or_null("entity"))
    record: str | None = Field(sa_column=column.text_or_null("record"))
    for_role: str | None = Field(sa_column=column.text_or_null("for_role"))
    opened_at: str | None = Field(sa_column=column.text_or_null("opened_at"))
    state: str | None = Field(sa_column=column.text_or_null("state"))


class MasterChangeModel(Table, table=True):
    """A correction found on site, which waits for approval."""

    __tablename__ = "master_change"
    __table_args__ = (Index(None, "state", "id"),)

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    entity: str | None = Field(sa_column=column.text_or_null("entity"))
    record: str | None = Field(sa_column=column.text_or_null("record"))
    field: str | None = Field(sa_column=column.text_or_null("field"))
    visit: str | None = Field(sa_column=column.text_or_null("visit"))
    found_by: str | None = Field(sa_column=column.text_or_null("found_by"))
    state: str | None = Field(sa_column=column.text_or_null("state"))


PROJECTORS = (
    read_model(
        "conflict",
        ConflictModel,
        standing_by=member("standing", "by"),
        losing_by=member("losing", "by"),
        decision=member("decision", "choose"),
    ),
    read_model("inbox_item", InboxItemModel, opened_at=instant("opened_at")),
    read_model("master_change", MasterChangeModel),
)
