"""Customers and where they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from domain.address import one_line
from server.db import column
from server.db.read_model import digits, field, folded, member, read_model, search
from server.db.table import Table


class CustomerModel(Table, table=True):
    """A customer."""

    __tablename__ = "customer"
    __table_args__ = (Index(None, "number"),)

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    number: str | None = Field(sa_column=column.text_or_null("number"))
    name_zh: str | None = Field(sa_column=column.text_or_null("name_zh"))
    name_en: str | None = Field(sa_column=column.text_or_null("name_en"))
    kind: str | None = Field(sa_column=column.text_or_null("kind"))
    tier: str | None = Field(sa_column=column.text_or_null("tier"))
    language: str | None = Field(sa_column=column.text_or_null("language"))
    segment: str | None = Field(sa_column=column.text_or_null("segment"))
    outlet: str | None = Field(sa_column=column.text_or_null("outlet"))
    search_text: str | None = Field(sa_column=column.text_or_null("search_text"))


class SiteModel(Table, table=True):
    """A site."""

    __tablename__ = "site"
    __table_args__ = (
        Index(None, "customer"),
        Index(None, "number"),
    )

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    number: str | None = Field(sa_column=column.text_or_null("number"))
    customer: str | None = Field(sa_column=column.text_or_null("customer"))
    name_zh: str | None = Field(sa_column=column.text_or_null("name_zh"))
    name_en: str | None = Field(sa_column=column.text_or_null("name_en"))
    address_text: str | None = Field(sa_column=column.text_or_null("address_text"))
    zone: str | None = Field(sa_column=column.text_or_null("zone"))
    outlet: str | None = Field(sa_column=column.text_or_null("outlet"))
    territory: str | None = Field(sa_column=column.text_or_null("territory"))
    search_text: str | None = Field(sa_column=column.text_or_null("search_text"))


class ContactModel(Table, table=True):
    """A person at a site."""

    __tablename__ = "contact"
    __table_args__ = (
        Index(None, "site"),
        Index(None, "customer"),
        Index(None, "phone_digits"),
    )

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    site: str | None = Field(sa_column=column.text_or_null("site"))
    customer: str | None = Field(sa_column=column.text_or_null("customer"))
    name_zh: str | None = Field(sa_column=column.text_or_null("name_zh"))
    name_en: str | None = Field(sa_column=column.text_or_null("name_en"))
    phone: str | None = Field(sa_column=column.text_or_null("phone"))
    phone_digits: str | None = Field(sa_column=column.text_or_null("phone_digits"))
    channel: str | None = Field(sa_column=column.text_or_null("channel"))
    primary_contact: bool | None = Field(sa_column=column.truth_or_null("primary_contact"))
    search_text: str | None = Field(sa_column=column.text_or_null("search_text"))


class AssetModel(Table, table=True):
    """A piece of equipment. Serial numbers are not unique here: the same one twice is found by query."""

    __tablename__ = "asset"
    __table_args__ = (
        Index(None, "site"),
        Index(None, "customer"),
        Index(None, "serial_folded"),
    )

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    site: str | None = Field(sa_column=column.text_or_null("site"))
    customer: str | None = Field(sa_column=column.text_or_null("customer"))
    equipment: str | None = Field(sa_column=column.text_or_null("equipment"))
    model: str | None = Field(sa_column=column.text_or_null("model"))
    serial: str | None = Field(sa_column=column.text_or_null("serial"))
    serial_folded: str | None = Field(sa_column=column.text_or_null("serial_folded"))
    installed_on: str | None = Field(sa_column=column.text_or_null("installed_on"))
    commissioned_on: str | None = Field(sa_column=column.text_or_null("commissioned_on"))
    contract: str | None = Field(sa_column=column.text_or_null("contract"))
    retired: bool | None = Field(sa_column=column.truth_or_null("retired"))
    search_text: str | None = Field(sa_column=column.text_or_null("search_text"))


def _address(fields: Mapping[str, Any]) -> str | None:
    """The address in one line as it is written in Chinese, in English where there is no Chinese."""
    address = fields.get("address")
    return one_line(address, "zh") if isinstance(address, dict) else None


PROJECTORS = (
    read_model(
        "customer",
        CustomerModel,
        name_zh=member("name", "zh"),
        name_en=member("name", "en"),
        search_text=search("number", "name"),
    ),
    read_model(
        "site",
        SiteModel,
        name_zh=member("name", "zh"),
        name_en=member("name", "en"),
        address_text=_address,
        search_text=search("number", "name", "address"),
    ),
    read_model(
        "contact",
        ContactModel,
        name_zh=member("name", "zh"),
        name_en=member("name", "en"),
        phone_digits=digits("phone"),
        primary_contact=field("primary"),
        search_text=search("name", "phone"),
    ),
    read_model(
        "asset",
        AssetModel,
        serial_folded=folded("serial"),
        search_text=search("equipment", "model", "serial", "place"),
    ),
)
