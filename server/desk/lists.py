"""What desks list: the search field, the board, orders, the inbox, people, stock, cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import anyio
import msgspec
from litestar import Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from domain.declaration import SCHEMA
from domain.schema.inbox import DESKS
from mobile_api.clock import instant
from mobile_api.problem import wrong
from mobile_api.problems import FieldInvalid
from server.db.queries import board as boards
from server.db.queries import lists
from server.db.queries.board import BoardFilter, OrderRow, VisitRow
from server.db.queries.lists import CaseRow, LevelRow, LocationRow, OutletRow, TechnicianRow
from server.db.queries.search import HITS_PER_KIND, KINDS, Hit, Hits
from server.db.queries.search import search as search_everywhere
from server.desk.desk import Desk, who
from server.desk.filters import existing, one_of
from server.desk.page import After, Limit, Page, page, place
from server.desk.received import as_known
from server.desk.records import Waiting, shown
from server.desk.session import takes
from server.service import Service

SILENT_MINUTES = 60
_OFFICE = ("intake", "dispatcher", "supervisor", "auditor", "admin")
_STORES = ("storekeeper", "dispatcher", "supervisor", "auditor", "admin")
_MOST_HITS = 100
_ALL = 5_000
"""How many of a list that people read as a whole come at once."""


def _states(entity: str) -> tuple[str, ...]:
    return SCHEMA.entities[entity].fields["state"].type.choices


ORDER_STATES = _states("work_order")
CASE_STATES = _states("expert_case")
CONFLICT_STATES = _states("conflict")
ITEM_STATES = _states("inbox_item")
CHANGE_STATES = _states("master_change")

# The framework keeps the name `state` for itself.
OrderState = Annotated[str, QueryParameter(name="state", max_length=64, description=" | ".join(ORDER_STATES))]
CaseState = Annotated[str, QueryParameter(name="state", max_length=64, description=" | ".join(CASE_STATES))]
ConflictState = Annotated[
    str, QueryParameter(name="state", max_length=64, description=" | ".join(CONFLICT_STATES))
]
ItemState = Annotated[str, QueryParameter(name="state", max_length=64, description=" | ".join(ITEM_STATES))]
ChangeState = Annotated[
    str, QueryParameter(name="state", max_length=64, description=" | ".join(CHANGE_STATES))
]
Role = Annotated[str, QueryParameter(max_length=64, description=" | ".join(DESKS))]
Entity = Annotated[str, QueryParameter(max_length=64, description=" | ".join(KINDS))]
Customer = Annotated[str, QueryParameter(max_length=64, description="id of a customer")]
Short = Annotated[str, QueryParameter(max_length=64)]
Typed = Annotated[str | None, QueryParameter(max_length=200)]
Flag = Annotated[bool, QueryParameter()]
Many = Annotated[int, QueryParameter(ge=1, le=_ALL)]
Silence = Annotated[
    int | None,
    QueryParameter(
        ge=1,
        le=100_000,
        description=f"with `unknown`, which it implies: silent for so long (else {SILENT_MINUTES})",
    ),
]
Unknown = Annotated[
    bool | None, QueryParameter(description="with a dispatched visit whose technician's phone is silent")
]


class Found(Page[Hit], kw_only=True):
    """What the search field found. `next` is always null: ask again with `entity` and a `limit`."""

    more: list[str]
    """Kinds of which there is more than is shown."""


class Board(Page[VisitRow], kw_only=True):
    """Visits, and the moment and silence by which they were judged."""

    now: str
    silent_since: str


class _Asked(msgspec.Struct, kw_only=True):
    """What the board and the list of orders are filtered by, as it was sent."""

    state: str
    customer: str = ""
    outlet: str
    technician: str
    day: str
    zone: str
    late: bool
    unknown: bool | None
    silent_minutes: int | None


def list_routes(service: Service, desk: Desk) -> list[HTTPRouteHandler]:
    """Under `/v1/desk`: everything that is read without an id."""
    database = service.store.database

    def wanted(asked: _Asked) -> BoardFilter:
        zone = _zone(asked.zone or service.settings.default_timezone)
        from_at, before_at = _day(asked.day, zone) if asked.day else ("", "")
        now = service.clock()
        return BoardFilter(
            state=one_of("state", asked.state, ORDER_STATES),
            customer=existing(desk.records, "customer", "customer", asked.customer),
            outlet=existing(desk.records, "outlet", "outlet", asked.outlet),
            technician=existing(desk.records, "technician", "technician", asked.technician),
            from_at=from_at,
            before_at=before_at,
            late=asked.late,
            unknown=asked.silent_minutes is not None if asked.unknown is None else asked.unknown,
            now=instant(now),
            silent_since=instant(now - (asked.silent_minutes or SILENT_MINUTES) * 60),
        )

    async def waiting(
        request: Request[Any, Any, Any], name: str, entity: str, rows: Sequence[tuple[str, ...]], limit: int
    ) -> Page[Waiting]:
        """The records behind a page of places, each of which ends with the record's id."""
        found = page(name, rows, limit, lambda row: row)
        ids = [row[-1] for row in found.items]
        records = await anyio.to_thread.run_sync(_records, desk, request, entity, ids)
        return Page(items=records, next=found.next)

    @get("/search", name="desk_search", guards=[takes(*_OFFICE)])
    async def search(
        q: Typed = None,
        entity: Entity = "",
        customer: Customer = "",
        limit: Annotated[int, QueryParameter(ge=1, le=_MOST_HITS)] = HITS_PER_KIND,
    ) -> Found:
        """Customers, sites, people, telephone numbers, serial numbers and order numbers, in one field.

        At most `limit` of each kind; `entity` looks for one kind alone. `customer` looks at one customer's alone, and
        without `q` finds all there is of it: sites, contacts, equipment, orders.
        """
        if q is None and not customer:
            raise FieldInvalid(**wrong("needed", "q"))
        one_of("entity", entity, KINDS)

        def read() -> Hits:
            existing(desk.records, "customer", "customer", customer)
            return search_everywhere(database, _clean(q or ""), entity, limit, customer)

        found = await anyio.to_thread.run_sync(read)
        return Found(items=found.hits, more=found.more)

    @get("/work-orders", name="desk_list_orders", guards=[takes(*_OFFICE)])
    async def orders(
        in_state: OrderState = "",
        customer: Customer = "",
        outlet: Short = "",
        technician: Short = "",
        day: Short = "",
        zone: Short = "",
        late: Flag = False,
        unknown: Unknown = None,
        silent_minutes: Silence = None,
        after: After = "",
        limit: Limit = 100,
    ) -> Page[OrderRow]:
        """Orders, the newest first. `late` and `unknown`: with a visit that is late, or whose phone is silent."""
        asked = _Asked(
            state=in_state,
            customer=customer,
            outlet=outlet,
            technician=technician,
            day=day,
            zone=zone,
            late=late,
            unknown=unknown,
            silent_minutes=silent_minutes,
        )

        def read() -> list[OrderRow]:
            return boards.orders(database, wanted(asked), place("work-orders", after), limit + 1)

        rows = await anyio.to_thread.run_sync(read)
        return page("work-orders", rows, limit, lambda row: (row.opened_at, row.id))

    @get("/board", name="desk_board", guards=[takes(*_OFFICE)])
    async def board(
        day: Short = "",
        zone: Short = "",
        in_state: OrderState = "",
        outlet: Short = "",
        technician: Short = "",
        late: Flag = False,
        unknown: Unknown = None,
        silent_minutes: Silence = None,
        after: After = "",
        limit: Many = _ALL,
    ) -> Board:
        """Visits of a day (today when none is given), by technician and start, with each phone's last word.

        `state` is that of the order. A visit's `exec_state` is null while it is not known whether the phone has it.
        """
        asked = _Asked(
            state=in_state,
            outlet=outlet,
            technician=technician,
            day=day or _today(service.clock(), zone or service.settings.default_timezone),
            zone=zone,
            late=late,
            unknown=unknown,
            silent_minutes=silent_minutes,
        )

        def read() -> tuple[BoardFilter, list[VisitRow]]:
            filter = wanted(asked)
            rows = boards.visits(database, filter, limit + 1, place("board", after))
            return filter, as_known(rows, database)

        filter, rows = await anyio.to_thread.run_sync(read)
        shown = page("board", rows, limit, lambda row: (row.technician, row.starts_at, row.id))
        return Board(items=shown.items, next=shown.next, now=filter.now, silent_since=filter.silent_since)

    @get("/conflicts", name="desk_list_conflicts", guards=[takes(*_OFFICE, "expert", "storekeeper")])
    async def conflicts(
        request: Request[Any, Any, Any],
        in_state: ConflictState = "open",
        after: After = "",
        limit: Limit = 100,
    ) -> Page[Waiting]:
        """Conflicts with both values, by id."""
        one_of("state", in_state, CONFLICT_STATES)
        (begin,) = place("conflicts", after) or [""]
        ids = await anyio.to_thread.run_sync(lists.conflicts, database, in_state, begin, limit + 1)
        return await waiting(request, "conflicts", "conflict", [(id,) for id in ids], limit)

    @get("/inbox", name="desk_list_inbox", guards=[takes(*_OFFICE, "storekeeper")])
    async def inbox(
        request: Request[Any, Any, Any],
        in_state: ItemState = "open",
        role: Role = "",
        after: After = "",
        limit: Limit = 100,
    ) -> Page[Waiting]:
        """Items that wait for a role (any when empty), the oldest first."""
        one_of("state", in_state, ITEM_STATES)
        one_of("role", role, DESKS)
        begin = place("inbox", after)
        rows = await anyio.to_thread.run_sync(lists.inbox, database, in_state, role, limit + 1, begin)
        return await waiting(request, "inbox", "inbox_item", rows, limit)

    @get("/master-changes", name="desk_list_master_changes", guards=[takes(*_OFFICE)])
    async def changes(
        request: Request[Any, Any, Any],
        in_state: ChangeState = "waiting",
        after: After = "",
        limit: Limit = 100,
    ) -> Page[Waiting]:
        """Corrections from the field that wait for approval."""
        one_of("state", in_state, CHANGE_STATES)
        (begin,) = place("master-changes", after) or [""]
        ids = await anyio.to_thread.run_sync(lists.master_changes, database, in_state, begin, limit + 1)
        return await waiting(request, "master-changes", "master_change", [(id,) for id in ids], limit)

    @get("/technicians", name="desk_list_technicians", guards=[takes(*_OFFICE, "storekeeper")])
    async def technicians(outlet: Short = "", after: After = "", limit: Many = _ALL) -> Page[TechnicianRow]:
        """Technicians by number, each with what the phone last said."""

        def read() -> list[TechnicianRow]:
            existing(desk.records, "outlet", "outlet", outlet)
            return lists.technicians(database, outlet, limit + 1, place("technicians", after))

        rows = await anyio.to_thread.run_sync(read)
        return page("technicians", rows, limit, lambda row: (row.number, row.id))

    @get("/outlets", name="desk_list_outlets")
    async def outlets(after: After = "", limit: Many = _ALL) -> Page[OutletRow]:
        """Outlets by code."""
        begin = place("outlets", after)
        rows = await anyio.to_thread.run_sync(lists.outlets, database, limit + 1, begin)
        return page("outlets", rows, limit, lambda row: (row.code, row.id))

    @get("/stock-locations", name="desk_list_locations", guards=[takes(*_STORES)])
    async def locations(after: After = "", limit: Many = _ALL) -> Page[LocationRow]:
        """Places where parts lie, by code."""
        begin = place("stock-locations", after)
        rows = await anyio.to_thread.run_sync(lists.locations, database, limit + 1, begin)
        return page("stock-locations", rows, limit, lambda row: (row.code, row.id))

    @get("/stock", name="desk_list_stock", guards=[takes(*_STORES)])
    async def stock(
        location: Short = "", part: Short = "", short: Flag = False, after: After = "", limit: Many = _ALL
    ) -> Page[LevelRow]:
        """How many of what lie where; with `short`, only what is below its least."""

        def read() -> list[LevelRow]:
            existing(desk.records, "location", "stock_location", location)
            existing(desk.records, "part", "part", part)
            return lists.levels(database, location, part, short, limit + 1, place("stock", after))

        rows = await anyio.to_thread.run_sync(read)
        return page("stock", rows, limit, lambda row: (row.location, row.code, row.id))

    @get(
        "/expert-cases",
        name="desk_list_cases",
        guards=[takes("expert", "dispatcher", "supervisor", "auditor", "admin")],
    )
    async def cases(in_state: CaseState = "", after: After = "", limit: Limit = 100) -> Page[CaseRow]:
        """Expert cases, the newest first."""
        one_of("state", in_state, CASE_STATES)
        begin = place("expert-cases", after)
        rows = await anyio.to_thread.run_sync(lists.cases, database, in_state, limit + 1, begin)
        return page("expert-cases", rows, limit, lambda row: (row.asked_at, row.id))

    return [
        search,
        orders,
        board,
        conflicts,
        inbox,
        changes,
        technicians,
        outlets,
        locations,
        stock,
        cases,
    ]


def _records(desk: Desk, request: Request[Any, Any, Any], entity: str, ids: list[str]) -> list[Waiting]:
    """The records behind rows, as far as the person may see them, each with the base of a decision about it."""
    found = desk.records.reading.records([(entity, id) for id in ids])
    person = who(request)
    seen = {one.aggregate for one in found.values() if desk.records.sees(one.aggregate, person)}
    vers = desk.records.reading.versions(sorted(seen))
    epoch = desk.records.epoch
    return [
        Waiting(**msgspec.structs.asdict(shown(one)), base=f"{epoch}:{vers[one.aggregate]}")
        for id in ids
        if (one := found.get((entity, id))) is not None and one.aggregate in seen
    ]


def _day(day: str, zone: str) -> tuple[str, str]:
    """The day's first moment in a zone and the next day's, with three decimals."""
    try:
        first = date.fromisoformat(day)
    except ValueError:
        raise FieldInvalid(**wrong("not_date", "day")) from None
    try:
        known = ZoneInfo(_zone(zone))
        return _moment(first, known), _moment(first + timedelta(days=1), known)
    except (ValueError, OverflowError):
        raise FieldInvalid(**wrong("too_far", "day")) from None


def _zone(zone: str) -> str:
    """The zone, if there is one of this name. Raises FieldInvalid."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise FieldInvalid(**wrong("not_zone", "zone")) from None
    return zone


def _moment(day: date, zone: ZoneInfo) -> str:
    return instant(datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC).timestamp())


def _today(now: float, zone: str) -> str:
    return datetime.fromtimestamp(now, ZoneInfo(_zone(zone))).date().isoformat()


def _clean(text: str) -> str:
    # PostgreSQL takes no NUL in any text.
    return text.replace("\0", "")
