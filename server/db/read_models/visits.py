"""Who goes and when, as the board shows it."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from server.db import column
from server.db.read_model import either, instant, member, present, read_model
from server.db.table import Table


class VisitModel(Table, table=True):
    """A visit. `starts_at` and `ends_at` are the appointment's, else the window's."""

    __tablename__ = "visit"
    __table_args__ = (
        Index(None, "technician", "starts_at"),
        Index(None, "starts_at"),
        Index(None, "work_order"),
        Index(None, "exec_state"),
    )

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    work_order: str | None = Field(sa_column=column.text_or_null("work_order"))
    technician: str | None = Field(sa_column=column.text_or_null("technician"))
    ordinal: int | None = Field(sa_column=column.whole_or_null("ordinal"))
    instead_of: str | None = Field(sa_column=column.text_or_null("instead_of"))
    job_role: str | None = Field(sa_column=column.text_or_null("job_role"))
    starts_at: str | None = Field(sa_column=column.text_or_null("starts_at"))
    ends_at: str | None = Field(sa_column=column.text_or_null("ends_at"))
    expected_minutes: int | None = Field(sa_column=column.whole_or_null("expected_minutes"))
    dispatch_state: str | None = Field(sa_column=column.text_or_null("dispatch_state"))
    exec_state: str | None = Field(sa_column=column.text_or_null("exec_state"))
    exec_reason: str | None = Field(sa_column=column.text_or_null("exec_reason"))
    confirmation: str | None = Field(sa_column=column.text_or_null("confirmation"))
    technician_confirmed_at: str | None = Field(sa_column=column.text_or_null("technician_confirmed_at"))
    customer_answer: str | None = Field(sa_column=column.text_or_null("customer_answer"))
    customer_answered_at: str | None = Field(sa_column=column.text_or_null("customer_answered_at"))
    travel_started_at: str | None = Field(sa_column=column.text_or_null("travel_started_at"))
    arrived_at: str | None = Field(sa_column=column.text_or_null("arrived_at"))
    work_started_at: str | None = Field(sa_column=column.text_or_null("work_started_at"))
    work_finished_at: str | None = Field(sa_column=column.text_or_null("work_finished_at"))
    after_cancellation: bool | None = Field(sa_column=column.truth_or_null("after_cancellation"))
    evidence_missing: bool | None = Field(sa_column=column.truth_or_null("evidence_missing"))
    fault_code: str | None = Field(sa_column=column.text_or_null("fault_code"))
    sign_off: str | None = Field(sa_column=column.text_or_null("sign_off"))


class NoteModel(Table, table=True):
    """A note."""

    __tablename__ = "note"
    __table_args__ = (Index(None, "aggregate"),)

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    visit: str | None = Field(sa_column=column.text_or_null("visit"))
    text: str | None = Field(sa_column=column.text_or_null("text"))
    written_at: str | None = Field(sa_column=column.text_or_null("written_at"))
    written_by: str | None = Field(sa_column=column.text_or_null("written_by"))
    for_customer: bool | None = Field(sa_column=column.truth_or_null("for_customer"))


PROJECTORS = (
    read_model(
        "visit",
        VisitModel,
        starts_at=either(instant("appointment", "starts_at"), instant("window", "starts_at")),
        ends_at=either(instant("appointment", "ends_at"), instant("window", "ends_at")),
        exec_reason=member("exec_reason", "code"),
        technician_confirmed_at=instant("technician_confirmed", "at"),
        customer_answer=member("customer_answer", "answer"),
        customer_answered_at=instant("customer_answer", "at"),
        travel_started_at=instant("travel_started", "at"),
        arrived_at=instant("arrived", "at"),
        work_started_at=instant("work_started", "at"),
        work_finished_at=instant("work_finished", "at"),
        evidence_missing=present("evidence_missing"),
    ),
    read_model("note", NoteModel, written_at=instant("written_at")),
)
