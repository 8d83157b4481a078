"""Parts, where they are and how they moved."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from server.db import column
from server.db.read_model import folded, instant, member, read_model, search
from server.db.table import Table


class PartModel(Table, table=True):
    """A part."""

    __tablename__ = "part"
    __table_args__ = (Index(None, "code"),)

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    code: str | None = Field(sa_column=column.text_or_null("code"))
    name_zh: str | None = Field(sa_column=column.text_or_null("name_zh"))
    name_en: str | None = Field(sa_column=column.text_or_null("name_en"))
    equipment: str | None = Field(sa_column=column.text_or_null("equipment"))
    component_class: str | None = Field(sa_column=column.text_or_null("component_class"))
    price_fen: int | None = Field(sa_column=column.whole_or_null("price_fen"))
    source: str | None = Field(sa_column=column.text_or_null("source"))
    serialised: bool | None = Field(sa_column=column.truth_or_null("serialised"))
    retired: bool | None = Field(sa_column=column.truth_or_null("retired"))
    search_text: str | None = Field(sa_column=column.text_or_null("search_text"))


class StockLocationModel(Table, table=True):
    """A place where parts are."""

    __tablename__ = "stock_location"

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    code: str | None = Field(sa_column=column.text_or_null("code"))
    kind: str | None = Field(sa_column=column.text_or_null("kind"))
    name_zh: str | None = Field(sa_column=column.text_or_null("name_zh"))
    name_en: str | None = Field(sa_column=column.text_or_null("name_en"))
    outlet: str | None = Field(sa_column=column.text_or_null("outlet"))
    technician: str | None = Field(sa_column=column.text_or_null("technician"))


class StockLevelModel(Table, table=True):
    """How many of a part are at a location; may be negative."""

    __tablename__ = "stock_level"
    __table_args__ = (
        Index(None, "location", "part"),
        Index(None, "part"),
    )

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    location: str | None = Field(sa_column=column.text_or_null("location"))
    part: str | None = Field(sa_column=column.text_or_null("part"))
    balance: int | None = Field(sa_column=column.whole_or_null("balance"))
    least: int | None = Field(sa_column=column.whole_or_null("least"))


class StockMoveModel(Table, table=True):
    """One movement."""

    __tablename__ = "stock_move"
    __table_args__ = (
        Index(None, "part", "moved_at"),
        Index(None, "visit"),
        Index(None, "serial_folded"),
    )

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    part: str | None = Field(sa_column=column.text_or_null("part"))
    quantity: int | None = Field(sa_column=column.whole_or_null("quantity"))
    kind: str | None = Field(sa_column=column.text_or_null("kind"))
    from_location: str | None = Field(sa_column=column.text_or_null("from_location"))
    to_location: str | None = Field(sa_column=column.text_or_null("to_location"))
    visit: str | None = Field(sa_column=column.text_or_null("visit"))
    serial: str | None = Field(sa_column=column.text_or_null("serial"))
    serial_folded: str | None = Field(sa_column=column.text_or_null("serial_folded"))
    moved_at: str | None = Field(sa_column=column.text_or_null("moved_at"))
    moved_by: str | None = Field(sa_column=column.text_or_null("moved_by"))


PROJECTORS = (
    read_model(
        "part",
        PartModel,
        name_zh=member("name", "zh"),
        name_en=member("name", "en"),
        search_text=search("code", "name", "models"),
    ),
    read_model(
        "stock_location", StockLocationModel, name_zh=member("name", "zh"), name_en=member("name", "en")
    ),
    read_model("stock_level", StockLevelModel),
    read_model("stock_move", StockMoveModel, serial_folded=folded("serial"), moved_at=instant("moved_at")),
)
