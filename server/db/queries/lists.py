"""Plain lists: technicians, outlets, places where parts lie, what is short, expert cases, what waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from server.db.connection import Connection, Database
from server.db.queries.phones import NEVER, last_contacts
from server.db.statement import Statement

_TECHNICIANS = (
    "SELECT id, aggregate, ver, number, name_zh, name_en, phone, outlet, skills, van, active FROM technician "
    "WHERE {} ORDER BY coalesce(number, ''), id LIMIT :most"
)
_OUTLETS = (
    "SELECT id, aggregate, ver, code, name_zh, name_en, zone, phone FROM outlet "
    "WHERE {} ORDER BY coalesce(code, ''), id LIMIT :most"
)
_LOCATIONS = (
    "SELECT id, aggregate, ver, code, kind, name_zh, name_en, outlet, technician FROM stock_location "
    "WHERE {} ORDER BY coalesce(code, ''), id LIMIT :most"
)
_LEVELS = (
    "SELECT stock_level.id, stock_level.aggregate, stock_level.ver, stock_level.location, stock_level.part, "
    "part.code, part.name_zh, part.name_en, stock_level.balance, stock_level.least FROM stock_level "
    "LEFT JOIN part ON part.id = stock_level.part "
    "WHERE {} ORDER BY coalesce(stock_level.location, ''), coalesce(part.code, ''), stock_level.id LIMIT :most"
)
_OF_LEVEL = {
    "location": "stock_level.location = :location",
    "part": "stock_level.part = :part",
    "short": "stock_level.balance < coalesce(stock_level.least, 0)",
}
_CASES = (
    "SELECT expert_case.id, expert_case.aggregate, expert_case.ver, expert_case.visit, expert_case.asked_by, "
    "expert_case.asked_at, expert_case.question, expert_case.urgent, expert_case.state, expert_case.claimed_by, "
    "work_order.number FROM expert_case LEFT JOIN work_order ON work_order.aggregate = expert_case.aggregate "
    "WHERE {} ORDER BY coalesce(expert_case.asked_at, '') DESC, expert_case.id LIMIT :most"
)

_MASTER_CHANGES = Statement(
    "SELECT id FROM master_change WHERE state = :state AND id > :after ORDER BY id LIMIT :most"
)
_CONFLICTS = Statement("SELECT id FROM conflict WHERE state = :state AND id > :after ORDER BY id LIMIT :most")
_INBOX = (
    "SELECT coalesce(opened_at, ''), id FROM inbox_item WHERE state = :state AND {} "
    "ORDER BY coalesce(opened_at, ''), id LIMIT :most"
)

Place = Sequence[str] | None
"""Where a page begins: what the last row of the page before has in the columns of the order; None: at the beginning."""


class TechnicianRow(msgspec.Struct, frozen=True):
    """A technician, and how the phone was last heard."""

    id: str
    aggregate: str
    ver: int
    number: str | None
    name_zh: str | None
    name_en: str | None
    phone: str | None
    outlet: str | None
    skills: tuple[str, ...]
    """Codes of skills."""
    van: str | None
    active: bool | None
    heard_at: str | None
    pending: int | None
    uploads: int | None


class OutletRow(msgspec.Struct, frozen=True):
    """An outlet."""

    id: str
    aggregate: str
    ver: int
    code: str | None
    name_zh: str | None
    name_en: str | None
    zone: str | None
    phone: str | None


class LocationRow(msgspec.Struct, frozen=True):
    """A place where parts lie."""

    id: str
    aggregate: str
    ver: int
    code: str | None
    kind: str | None
    name_zh: str | None
    name_en: str | None
    outlet: str | None
    technician: str | None


class LevelRow(msgspec.Struct, frozen=True):
    """How many of a part lie at a place."""

    id: str
    aggregate: str
    ver: int
    location: str | None
    part: str | None
    code: str | None
    name_zh: str | None
    name_en: str | None
    balance: int | None
    least: int | None


class CaseRow(msgspec.Struct, frozen=True):
    """An expert case in the list."""

    id: str
    aggregate: str
    ver: int
    visit: str | None
    asked_by: str | None
    asked_at: str | None
    question: str | None
    urgent: bool | None
    state: str | None
    claimed_by: str | None
    number: str | None


def technicians(database: Database, outlet: str, most: int, after: Place = None) -> list[TechnicianRow]:
    """Technicians of an outlet (any when empty) by number."""
    conditions = ["outlet = :outlet"] if outlet else []
    statement, values = _paged(_TECHNICIANS, conditions, ("coalesce(number, '')", "id"), after)

    def read(connection: Connection) -> list[TechnicianRow]:
        rows = connection.rows(statement, outlet=outlet, most=most, **values)
        phones = last_contacts(connection, (row[0] for row in rows))
        return [
            TechnicianRow(*(*row[:8], _words(row[8]), row[9], _truth(row[10]), *phones.get(row[0], NEVER)))
            for row in rows
        ]

    return database.read(read)


def outlets(database: Database, most: int, after: Place = None) -> list[OutletRow]:
    """Outlets by code."""
    statement, values = _paged(_OUTLETS, [], ("coalesce(code, '')", "id"), after)
    return [OutletRow(*row) for row in database.read(lambda c: c.rows(statement, most=most, **values))]


def locations(database: Database, most: int, after: Place = None) -> list[LocationRow]:
    """Places where parts lie, by code."""
    statement, values = _paged(_LOCATIONS, [], ("coalesce(code, '')", "id"), after)
    return [LocationRow(*row) for row in database.read(lambda c: c.rows(statement, most=most, **values))]


def levels(
    database: Database, location: str, part: str, short: bool, most: int, after: Place = None
) -> list[LevelRow]:
    """Levels at a place (any when empty) of a part (any when empty); with `short`, only those below their least."""
    given = {"location": location, "part": part, "short": short}
    order = ("coalesce(stock_level.location, '')", "coalesce(part.code, '')", "stock_level.id")
    conditions = [_OF_LEVEL[name] for name, value in given.items() if value]
    statement, values = _paged(_LEVELS, conditions, order, after)
    rows = database.read(lambda c: c.rows(statement, location=location, part=part, most=most, **values))
    return [LevelRow(*row) for row in rows]


def cases(database: Database, state: str, most: int, after: Place = None) -> list[CaseRow]:
    """Expert cases in a state (any when empty), the newest first."""
    conditions = ["expert_case.state = :state"] if state else []
    values = {}
    if after is not None:
        asked_at = "coalesce(expert_case.asked_at, '')"
        conditions.append(f"({asked_at} < :asked_at OR ({asked_at} = :asked_at AND expert_case.id > :id))")
        values = {"asked_at": after[0], "id": after[1]}
    statement = _where(_CASES, *conditions)
    rows = database.read(lambda c: c.rows(statement, state=state, most=most, **values))
    return [CaseRow(*(*row[:7], _truth(row[7]), *row[8:])) for row in rows]


def master_changes(database: Database, state: str, after: str, most: int) -> list[str]:
    """Ids of corrections from the field in a state, by id, after an id."""
    return [
        id for (id,) in database.read(lambda c: c.rows(_MASTER_CHANGES, state=state, after=after, most=most))
    ]


def conflicts(database: Database, state: str, after: str, most: int) -> list[str]:
    """Ids of conflicts in a state, by id, after an id."""
    return [id for (id,) in database.read(lambda c: c.rows(_CONFLICTS, state=state, after=after, most=most))]


def inbox(database: Database, state: str, role: str, most: int, after: Place = None) -> list[tuple[str, str]]:
    """(opened at, id) of what waits for a role (any when empty) or for no role in particular, the oldest first."""
    conditions = ["(for_role = :role OR for_role IS NULL)"] if role else []
    statement, values = _paged(_INBOX, conditions, ("coalesce(opened_at, '')", "id"), after)
    rows = database.read(lambda c: c.rows(statement, state=state, role=role, most=most, **values))
    return [(opened_at, id) for opened_at, id in rows]


def _paged(
    text: str, conditions: Sequence[str], order: Sequence[str], after: Place
) -> tuple[Statement, dict[str, Any]]:
    """The statement from a place on, and the values of the place. `order`: the columns, all ascending, never null."""
    if after is None:
        return _where(text, *conditions), {}
    names = [f"after_{index}" for index in range(len(order))]
    beyond = f"({', '.join(order)}) > ({', '.join(f':{name}' for name in names)})"
    return _where(text, *conditions, beyond), dict(zip(names, after, strict=True))


@lru_cache(64)
def _where(text: str, *conditions: str) -> Statement:
    """Only what is asked for is in the text: an index serves that, and no `:name = '' OR …`."""
    return Statement(text.format(" AND ".join(conditions) or "1 = 1"))


def _words(value: str | None) -> tuple[str, ...]:
    """The codes of a column of words (`server.db.read_model.words`)."""
    return tuple((value or "").split())


def _truth(value: object) -> bool | None:
    return None if value is None else bool(value)
