"""What is owed, as desks list and search it."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from server.db import column
from server.db.read_model import instant, member, read_model, search
from server.db.table import Table


class WorkOrderModel(Table, table=True):
    """A work order."""

    __tablename__ = "work_order"
    __table_args__ = (
        Index(None, "aggregate"),
        Index(None, "state", "opened_at"),
        Index(None, "opened_at"),
        Index(None, "customer"),
        Index(None, "site"),
        Index(None, "asset"),
        Index(None, "number"),
        Index(None, "provisional_number"),
    )

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    number: str | None = Field(sa_column=column.text_or_null("number"))
    provisional_number: str | None = Field(sa_column=column.text_or_null("provisional_number"))
    customer: str | None = Field(sa_column=column.text_or_null("customer"))
    site: str | None = Field(sa_column=column.text_or_null("site"))
    asset: str | None = Field(sa_column=column.text_or_null("asset"))
    contract: str | None = Field(sa_column=column.text_or_null("contract"))
    kind: str | None = Field(sa_column=column.text_or_null("kind"))
    channel: str | None = Field(sa_column=column.text_or_null("channel"))
    severity: str | None = Field(sa_column=column.text_or_null("severity"))
    priority: str | None = Field(sa_column=column.text_or_null("priority"))
    tier: str | None = Field(sa_column=column.text_or_null("tier"))
    state: str | None = Field(sa_column=column.text_or_null("state"))
    waiting_for: str | None = Field(sa_column=column.text_or_null("waiting_for"))
    title_zh: str | None = Field(sa_column=column.text_or_null("title_zh"))
    title_en: str | None = Field(sa_column=column.text_or_null("title_en"))
    symptom: str | None = Field(sa_column=column.text_or_null("symptom"))
    opened_at: str | None = Field(sa_column=column.text_or_null("opened_at"))
    triage_way: str | None = Field(sa_column=column.text_or_null("triage_way"))
    triaged_at: str | None = Field(sa_column=column.text_or_null("triaged_at"))
    warranty_covered: bool | None = Field(sa_column=column.truth_or_null("warranty_covered"))
    cancelled_at: str | None = Field(sa_column=column.text_or_null("cancelled_at"))
    cancel_reason: str | None = Field(sa_column=column.text_or_null("cancel_reason"))
    closed_at: str | None = Field(sa_column=column.text_or_null("closed_at"))
    closing_outcome: str | None = Field(sa_column=column.text_or_null("closing_outcome"))
    reopened_at: str | None = Field(sa_column=column.text_or_null("reopened_at"))
    second_fault_of: str | None = Field(sa_column=column.text_or_null("second_fault_of"))
    search_text: str | None = Field(sa_column=column.text_or_null("search_text"))


class ServiceRequestModel(Table, table=True):
    """What the customer asked for."""

    __tablename__ = "service_request"
    __table_args__ = (Index(None, "work_order"),)

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    work_order: str | None = Field(sa_column=column.text_or_null("work_order"))
    channel: str | None = Field(sa_column=column.text_or_null("channel"))
    text: str | None = Field(sa_column=column.text_or_null("text"))
    from_name: str | None = Field(sa_column=column.text_or_null("from_name"))
    from_contact: str | None = Field(sa_column=column.text_or_null("from_contact"))
    external_id: str | None = Field(sa_column=column.text_or_null("external_id"))
    asked_at: str | None = Field(sa_column=column.text_or_null("asked_at"))
    acknowledged_at: str | None = Field(sa_column=column.text_or_null("acknowledged_at"))


class ServiceContractModel(Table, table=True):
    """A contract."""

    __tablename__ = "service_contract"
    __table_args__ = (Index(None, "customer"),)

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    number: str | None = Field(sa_column=column.text_or_null("number"))
    customer: str | None = Field(sa_column=column.text_or_null("customer"))
    level: str | None = Field(sa_column=column.text_or_null("level"))
    starts_on: str | None = Field(sa_column=column.text_or_null("starts_on"))
    ends_on: str | None = Field(sa_column=column.text_or_null("ends_on"))
    always_on: bool | None = Field(sa_column=column.truth_or_null("always_on"))


PROJECTORS = (
    read_model(
        "work_order",
        WorkOrderModel,
        title_zh=member("title", "zh"),
        title_en=member("title", "en"),
        opened_at=instant("opened_at"),
        triage_way=member("triage", "way"),
        triaged_at=instant("triage", "at"),
        warranty_covered=member("warranty_verdict", "covered"),
        cancelled_at=instant("cancellation", "at"),
        cancel_reason=member("cancellation", "reason"),
        closed_at=instant("closing", "at"),
        closing_outcome=member("closing", "outcome"),
        reopened_at=instant("reopening", "at"),
        search_text=search("number", "provisional_number", "title", "symptom"),
    ),
    read_model(
        "service_request",
        ServiceRequestModel,
        asked_at=instant("asked_at"),
        acknowledged_at=instant("acknowledged_at"),
    ),
    read_model("service_contract", ServiceContractModel),
)
