"""What is known about faults."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from server.db import column
from server.db.read_model import member, read_model, search
from server.db.table import Table


class KnowledgeArticleModel(Table, table=True):
    """An article."""

    __tablename__ = "knowledge_article"
    __table_args__ = (Index(None, "fault_code"),)

    id: str = Field(sa_column=column.text("id", key=True))
    aggregate: str = Field(sa_column=column.text("aggregate"))
    ver: int = Field(sa_column=column.whole("ver"))
    code: str | None = Field(sa_column=column.text_or_null("code"))
    title_zh: str | None = Field(sa_column=column.text_or_null("title_zh"))
    title_en: str | None = Field(sa_column=column.text_or_null("title_en"))
    equipment: str | None = Field(sa_column=column.text_or_null("equipment"))
    fault_code: str | None = Field(sa_column=column.text_or_null("fault_code"))
    published: bool | None = Field(sa_column=column.truth_or_null("published"))
    search_text: str | None = Field(sa_column=column.text_or_null("search_text"))


PROJECTORS = (
    read_model(
        "knowledge_article",
        KnowledgeArticleModel,
        title_zh=member("title", "zh"),
        title_en=member("title", "en"),
        search_text=search("code", "title", "equipment", "models", "symptoms", "causes", "fault_code"),
    ),
)
