"""Expert cases, media, signatures and reports."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from server.db import column
from server.db.read_model import field, instant, member, read_model
from server.db.table import Table


class ExpertCaseModel(Table, table=True):
    """An expert case."""

    __tablename__ = "expert_case"
    __table_args__ = (
        Index(None, "state", "asked_at"),
        Index(None, "asked_at"),
        Index(None, "aggregate"),
    )

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    visit: str | None = Field(sa_column=column.text_or_null("visit"))
    asked_by: str | None = Field(sa_column=column.text_or_null("asked_by"))
    asked_at: str | None = Field(sa_column=column.text_or_null("asked_at"))
    question: str | None = Field(sa_column=column.text_or_null("question"))
    urgent: bool | None = Field(sa_column=column.truth_or_null("urgent"))
    state: str | None = Field(sa_column=column.text_or_null("state"))
    claimed_by: str | None = Field(sa_column=column.text_or_null("claimed_by"))
    effect: str | None = Field(sa_column=column.text_or_null("effect"))


class MediaModel(Table, table=True):
    """A photo, clip or document: its row, not its bytes."""

    __tablename__ = "media"
    __table_args__ = (
        Index(None, "visit"),
        Index(None, "aggregate"),
        Index(None, "sha256"),
    )

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    visit: str | None = Field(sa_column=column.text_or_null("visit"))
    about: str | None = Field(sa_column=column.text_or_null("about"))
    kind: str | None = Field(sa_column=column.text_or_null("kind"))
    purpose: str | None = Field(sa_column=column.text_or_null("purpose"))
    sha256: str | None = Field(sa_column=column.text_or_null("sha256"))
    size_bytes: int | None = Field(sa_column=column.whole_or_null("size_bytes"))
    content_type: str | None = Field(sa_column=column.text_or_null("content_type"))
    captured_at: str | None = Field(sa_column=column.text_or_null("captured_at"))
    origin: str | None = Field(sa_column=column.text_or_null("origin"))
    taken_by: str | None = Field(sa_column=column.text_or_null("taken_by"))
    state: str | None = Field(sa_column=column.text_or_null("state"))
    duration_ms: int | None = Field(sa_column=column.whole_or_null("duration_ms"))


class SignOffModel(Table, table=True):
    """A sign-off."""

    __tablename__ = "sign_off"
    __table_args__ = (
        Index(None, "visit"),
        Index(None, "aggregate"),
    )

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    visit: str | None = Field(sa_column=column.text_or_null("visit"))
    outcome: str | None = Field(sa_column=column.text_or_null("outcome"))
    reason: str | None = Field(sa_column=column.text_or_null("reason"))
    signed_at: str | None = Field(sa_column=column.text_or_null("signed_at"))
    document: str | None = Field(sa_column=column.text_or_null("document"))
    document_sha256: str | None = Field(sa_column=column.text_or_null("document_sha256"))
    state: str | None = Field(sa_column=column.text_or_null("state"))


class ServiceReportModel(Table, table=True):
    """A report for the customer."""

    __tablename__ = "service_report"
    __table_args__ = (
        Index(None, "visit"),
        Index(None, "state"),
    )

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    visit: str | None = Field(sa_column=column.text_or_null("visit"))
    sign_off: str | None = Field(sa_column=column.text_or_null("sign_off"))
    locale: str | None = Field(sa_column=column.text_or_null("locale"))
    state: str | None = Field(sa_column=column.text_or_null("state"))
    rendered_at: str | None = Field(sa_column=column.text_or_null("rendered_at"))
    handed_over_at: str | None = Field(sa_column=column.text_or_null("handed_over_at"))
    delivered_at: str | None = Field(sa_column=column.text_or_null("delivered_at"))
    rating: int | None = Field(sa_column=column.whole_or_null("rating"))


PROJECTORS = (
    read_model("expert_case", ExpertCaseModel, asked_at=instant("asked_at")),
    read_model("media", MediaModel, captured_at=instant("captured_at"), taken_by=field("by")),
    read_model("sign_off", SignOffModel, signed_at=instant("signed_at")),
    read_model(
        "service_report",
        ServiceReportModel,
        rendered_at=instant("rendered_at"),
        handed_over_at=instant("handed_over", "at"),
        delivered_at=instant("delivered", "at"),
        rating=member("rating", "stars"),
    ),
)
