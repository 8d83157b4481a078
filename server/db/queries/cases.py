"""What an expert needs beside a case: which cases are open, and what is known about such equipment."""

from __future__ import annotations

import msgspec

from server.db.connection import Database
from server.db.statement import Statement

MOST_OPEN = 500
_MOST_ARTICLES = 10

_OPEN = Statement(
    "SELECT id FROM expert_case WHERE state = ANY(:states) ORDER BY coalesce(asked_at, ''), id LIMIT :most"
)
_ARTICLES = Statement(
    "SELECT id, aggregate, code, title_zh, title_en, fault_code FROM knowledge_article "
    "WHERE published AND equipment = :equipment "
    "ORDER BY CASE WHEN fault_code = :fault_code THEN 0 ELSE 1 END, code, id LIMIT :most"
)
_BY_FAULT = Statement(
    "SELECT id, aggregate, code, title_zh, title_en, fault_code FROM knowledge_article "
    "WHERE published AND fault_code = :fault_code ORDER BY code, id LIMIT :most"
)


class ArticleRow(msgspec.Struct, frozen=True):
    """A knowledge article, to be opened."""

    id: str
    aggregate: str
    code: str | None
    title_zh: str | None
    title_en: str | None
    fault_code: str | None


def open_cases(database: Database, states: tuple[str, ...]) -> list[str]:
    """Ids of the cases in these states, the first asked first, at most `MOST_OPEN`. Raises StoreUnavailable."""
    found = database.read(lambda connection: connection.rows(_OPEN, states=list(states), most=MOST_OPEN))
    return [id for (id,) in found]


def articles(database: Database, equipment: str, fault_code: str) -> list[ArticleRow]:
    """Published articles about a type of equipment, those of the fault first; empty texts stand for unknown ones."""
    if not (equipment or fault_code):
        return []
    statement = _ARTICLES if equipment else _BY_FAULT
    values = {"fault_code": fault_code, "most": _MOST_ARTICLES} | (
        {"equipment": equipment} if equipment else {}
    )
    return [
        ArticleRow(*row) for row in database.read(lambda connection: connection.rows(statement, **values))
    ]
