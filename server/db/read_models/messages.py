"""What became of messages."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from server.db import column
from server.db.read_model import instant, member, read_model
from server.db.table import Table


class NotificationModel(Table, table=True):
    """A message to a customer."""

    __tablename__ = "notification"
    __table_args__ = (Index(None, "aggregate"), Index(None, "state", "asked_at"))

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    work_order: str | None = Field(sa_column=column.text_or_null("work_order"))
    visit: str | None = Field(sa_column=column.text_or_null("visit"))
    kind: str | None = Field(sa_column=column.text_or_null("kind"))
    state: str | None = Field(sa_column=column.text_or_null("state"))
    about_at: str | None = Field(sa_column=column.text_or_null("about_at"))
    asked_at: str | None = Field(sa_column=column.text_or_null("asked_at"))
    late: bool | None = Field(sa_column=column.truth_or_null("late"))
    channel: str | None = Field(sa_column=column.text_or_null("channel"))
    accepted_at: str | None = Field(sa_column=column.text_or_null("accepted_at"))
    delivered_at: str | None = Field(sa_column=column.text_or_null("delivered_at"))
    opened_at: str | None = Field(sa_column=column.text_or_null("opened_at"))
    failure: str | None = Field(sa_column=column.text_or_null("failure"))


PROJECTORS = (
    read_model(
        "notification",
        NotificationModel,
        about_at=instant("about_at"),
        asked_at=instant("asked_at"),
        channel=member("accepted", "channel"),
        accepted_at=instant("accepted", "at"),
        delivered_at=instant("delivered_at"),
        opened_at=instant("opened_at"),
    ),
)
