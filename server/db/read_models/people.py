"""Technicians, what they can do and when they work."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from server.db import column
from server.db.read_model import instant, member, read_model, search, words
from server.db.table import Table


class TechnicianModel(Table, table=True):
    """A technician; the id is the user's."""

    __tablename__ = "technician"

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    number: str | None = Field(sa_column=column.text_or_null("number"))
    name_zh: str | None = Field(sa_column=column.text_or_null("name_zh"))
    name_en: str | None = Field(sa_column=column.text_or_null("name_en"))
    phone: str | None = Field(sa_column=column.text_or_null("phone"))
    outlet: str | None = Field(sa_column=column.text_or_null("outlet"))
    skills: str | None = Field(sa_column=column.text_or_null("skills"))
    van: str | None = Field(sa_column=column.text_or_null("van"))
    active: bool | None = Field(sa_column=column.truth_or_null("active"))
    search_text: str | None = Field(sa_column=column.text_or_null("search_text"))


class CertificateModel(Table, table=True):
    """A certificate with its expiry."""

    __tablename__ = "certificate"
    __table_args__ = (Index(None, "technician"),)

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    technician: str | None = Field(sa_column=column.text_or_null("technician"))
    code: str | None = Field(sa_column=column.text_or_null("code"))
    number: str | None = Field(sa_column=column.text_or_null("number"))
    issued_on: str | None = Field(sa_column=column.text_or_null("issued_on"))
    expires_on: str | None = Field(sa_column=column.text_or_null("expires_on"))


class ShiftModel(Table, table=True):
    """When somebody works, or is away."""

    __tablename__ = "shift"
    __table_args__ = (
        Index(None, "technician", "starts_at"),
        Index(None, "starts_at"),
    )

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    technician: str | None = Field(sa_column=column.text_or_null("technician"))
    kind: str | None = Field(sa_column=column.text_or_null("kind"))
    starts_at: str | None = Field(sa_column=column.text_or_null("starts_at"))
    ends_at: str | None = Field(sa_column=column.text_or_null("ends_at"))
    dropped: bool | None = Field(sa_column=column.truth_or_null("dropped"))


class OutletModel(Table, table=True):
    """An outlet."""

    __tablename__ = "outlet"

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    code: str | None = Field(sa_column=column.text_or_null("code"))
    name_zh: str | None = Field(sa_column=column.text_or_null("name_zh"))
    name_en: str | None = Field(sa_column=column.text_or_null("name_en"))
    zone: str | None = Field(sa_column=column.text_or_null("zone"))
    phone: str | None = Field(sa_column=column.text_or_null("phone"))


class TerritoryModel(Table, table=True):
    """A territory."""

    __tablename__ = "territory"

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    code: str | None = Field(sa_column=column.text_or_null("code"))
    name_zh: str | None = Field(sa_column=column.text_or_null("name_zh"))
    name_en: str | None = Field(sa_column=column.text_or_null("name_en"))
    outlet: str | None = Field(sa_column=column.text_or_null("outlet"))
    districts: str | None = Field(sa_column=column.text_or_null("districts"))


PROJECTORS = (
    read_model(
        "technician",
        TechnicianModel,
        name_zh=member("name", "zh"),
        name_en=member("name", "en"),
        skills=words("skills", "skill"),
        search_text=search("number", "name", "phone"),
    ),
    read_model("certificate", CertificateModel),
    read_model("shift", ShiftModel, starts_at=instant("starts_at"), ends_at=instant("ends_at")),
    read_model("outlet", OutletModel, name_zh=member("name", "zh"), name_en=member("name", "en")),
    read_model(
        "territory",
        TerritoryModel,
        name_zh=member("name", "zh"),
        name_en=member("name", "en"),
        districts=words("districts"),
    ),
)
