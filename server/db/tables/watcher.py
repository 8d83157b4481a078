"""How often each user's pull has changed."""

from __future__ import annotations

from sqlmodel import Field

from server.db import column
from server.db.table import COMPACT, Table


class WatcherTable(Table, table=True):
    """Equal numbers mean an equal pull: what makes a poll with nothing new cheap."""

    __tablename__ = "watcher"
    __table_args__ = COMPACT

    user_id: str = Field(sa_column=column.text("user_id", key=True))
    change: int = Field(sa_column=column.whole("change"))
