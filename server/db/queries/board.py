"""The board: work orders and visits by state, outlet, technician, day, lateness and silence of phones."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from domain.machines import EXECUTION
from server.db.connection import Connection, Database
from server.db.queries.phones import NEVER, last_contacts
from server.db.statement import Statement


class OrderRow(msgspec.Struct, frozen=True):
    """A work order in a list."""

    id: str
    aggregate: str
    ver: int
    number: str | None
    provisional_number: str | None
    state: str | None
    waiting_for: str | None
    kind: str | None
    severity: str | None
    priority: str | None
    tier: str | None
    title_zh: str | None
    title_en: str | None
    symptom: str | None
    opened_at: str | None
    customer: str | None
    customer_zh: str | None
    customer_en: str | None
    site: str | None
    site_zh: str | None
    site_en: str | None
    zone: str | None
    outlet: str | None


class VisitRow(msgspec.Struct, frozen=True):
    """A visit on the board. `heard_at`: when a phone of the technician was last heard; null: never.

    `exec_state` is as in the record here; desks are shown null while it is not known that the phone has the visit
    (`server.desk.received`).
    """

    id: str
    aggregate: str
    ver: int
    work_order: str | None
    number: str | None
    technician: str | None
    starts_at: str | None
    ends_at: str | None
    dispatch_state: str | None
    exec_state: str | None
    confirmation: str | None
    job_role: str | None
    order_state: str | None
    title_zh: str | None
    title_en: str | None
    site: str | None
    zone: str | None
    outlet: str | None
    heard_at: str | None
    pending: int | None
    """Actions that the phone then still held."""
    uploads: int | None


class BoardFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for; an empty text means everything. Instants have three decimals, as the read models."""

    state: str = ""
    customer: str = ""
    outlet: str = ""
    technician: str = ""
    from_at: str = ""
    before_at: str = ""
    """Visits that start at or after `from_at` and before `before_at`."""
    late: bool = False
    unknown: bool = False
    now: str
    silent_since: str
    """A phone that was not heard since then is silent: what its technician does is unknown."""


_ENDED = ("done", "incomplete", "no_access", "declined")
# Named one by one, not as NOT IN: an index then finds the few that are open among all that ever were.
_OPEN = ", ".join(f"'{state}'" for state in EXECUTION.table if state not in _ENDED)
_LATE = (
    "(visit.dispatch_state = 'dispatched' AND ("
    "(visit.starts_at < :now AND visit.exec_state IN ('received', 'accepted', 'traveling')) OR "
    "(visit.ends_at < :now AND visit.exec_state IN ('on_site', 'working', 'paused'))))"
)
_SILENT = (
    f"(visit.dispatch_state = 'dispatched' AND visit.exec_state IN ({_OPEN}) AND NOT EXISTS (SELECT 1 FROM device "
    "JOIN device_contact ON device_contact.device = device.id WHERE device.user_id = visit.technician "
    "AND NOT device.revoked AND device_contact.heard_at >= :silent_since))"
)
_OF_VISIT = {
    "technician": "visit.technician = :technician",
    "from_at": "visit.starts_at >= :from_at",
    "before_at": "visit.starts_at < :before_at",
    "late": _LATE,
    "unknown": _SILENT,
}
_OF_ORDER = {
    "state": "work_order.state = :state",
    "customer": "work_order.customer = :customer",
    "outlet": "site.outlet = :outlet",
}

_ORDER_COLUMNS = (
    "work_order.id, work_order.aggregate, work_order.ver, work_order.number, work_order.provisional_number, "
    "work_order.state, work_order.waiting_for, work_order.kind, work_order.severity, work_order.priority, "
    "work_order.tier, work_order.title_zh, work_order.title_en, work_order.symptom, work_order.opened_at, "
    "work_order.customer, customer.name_zh, customer.name_en, work_order.site, site.name_zh, site.name_en, "
    "site.zone, site.outlet"
)
_VISIT_COLUMNS = (
    "visit.id, visit.aggregate, visit.ver, visit.work_order, work_order.number, visit.technician, "
    "visit.starts_at, visit.ends_at, visit.dispatch_state, visit.exec_state, visit.confirmation, visit.job_role, "
    "work_order.state, work_order.title_zh, work_order.title_en, work_order.site, site.zone, site.outlet"
)


def orders(database: Database, wanted: BoardFilter, after: Sequence[str] | None, most: int) -> list[OrderRow]:
    """Work orders, the newest first, after the given (opened_at, id)."""
    given = _given(wanted)
    values = msgspec.structs.asdict(wanted) | {"most": most}
    if after is not None:
        given.add("after")
        values |= {"opened_at": after[0], "id": after[1]}
    statement = _orders(frozenset(given))
    return [OrderRow(*row) for row in database.read(lambda c: c.rows(statement, **values))]


def visits(
    database: Database, wanted: BoardFilter, most: int, after: Sequence[str] | None = None
) -> list[VisitRow]:
    """Visits by technician and start, each with how its technician's phone was last heard.

    After the given (technician, starts_at, id), an empty text for what is null.
    """
    given = _given(wanted)
    values = msgspec.structs.asdict(wanted) | {"most": most}
    if after is not None:
        given.add("after")
        values |= {"after_technician": after[0], "after_start": after[1], "after_id": after[2]}
    statement = _visits(frozenset(given))

    def read(connection: Connection) -> list[VisitRow]:
        rows = connection.rows(statement, **values)
        phones = last_contacts(connection, (row[5] for row in rows))
        return [VisitRow(*(*row, *phones.get(row[5], NEVER))) for row in rows]

    return database.read(read)


def _given(wanted: BoardFilter) -> set[str]:
    return {name for name in (*_OF_ORDER, *_OF_VISIT) if getattr(wanted, name)}


@lru_cache(256)
def _orders(given: frozenset[str]) -> Statement:
    conditions = [text for name, text in _OF_ORDER.items() if name in given]
    of_visit = [text for name, text in _OF_VISIT.items() if name in given]
    if of_visit:
        some = " AND ".join(of_visit)
        conditions.append(f"work_order.id IN (SELECT visit.work_order FROM visit WHERE {some})")
    if "after" in given:
        conditions.append(
            "(work_order.opened_at < :opened_at OR (work_order.opened_at = :opened_at AND work_order.id > :id))"
        )
    return Statement(
        f"SELECT {_ORDER_COLUMNS} FROM work_order LEFT JOIN site ON site.id = work_order.site "
        "LEFT JOIN customer ON customer.id = work_order.customer "
        f"WHERE {' AND '.join(conditions) or '1 = 1'} ORDER BY work_order.opened_at DESC, work_order.id LIMIT :most"
    )


@lru_cache(256)
def _visits(given: frozenset[str]) -> Statement:
    conditions = [text for name, text in {**_OF_ORDER, **_OF_VISIT}.items() if name in given]
    place = "coalesce(visit.technician, ''), coalesce(visit.starts_at, ''), visit.id"
    if "after" in given:
        conditions.append(f"({place}) > (:after_technician, :after_start, :after_id)")
    return Statement(
        f"SELECT {_VISIT_COLUMNS} FROM visit LEFT JOIN work_order ON work_order.id = visit.work_order "
        "LEFT JOIN site ON site.id = work_order.site "
        f"WHERE {' AND '.join(conditions) or '1 = 1'} ORDER BY {place} LIMIT :most"
    )
