"""What desks list: the search field, the board, orders, the inbox, people, stock, cases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import anyio
import msgspec
from litestar import Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from mobile_api.clock import instant
from mobile_api.problems import FieldInvalid
from server.bootstrap import Service
from server.db.queries import board as boards
from server.db.queries import lists
from server.db.queries.board import BoardFilter, OrderRow, VisitRow
from server.db.queries.search import Hit
from server.db.queries.search import search as search_everywhere
from server.desk.desk import Desk, who
from server.desk.records import Shown, shown
from server.desk.roles import may_see
from server.desk.session import takes

SILENT_MINUTES = 60
_OFFICE = ("intake", "dispatcher", "supervisor", "auditor", "admin")
_MOST = 500
Short = Annotated[str, QueryParameter(max_length=64)]
State = Annotated[str, QueryParameter(name="state", max_length=64)]
"""The framework keeps the name `state` for itself."""
Page = Annotated[int, QueryParameter(ge=1, le=_MOST)]
Typed = Annotated[str, QueryParameter(max_length=200)]


class Found(msgspec.Struct, kw_only=True):
    """What the search field found."""

    hits: list[Hit]


class Orders(msgspec.Struct, kw_only=True):
    """A page of orders; `after` asks for the next one."""

    orders: list[OrderRow]
    after: str | None


class Board(msgspec.Struct, kw_only=True):
    """Visits, and the moment and silence by which they were judged."""

    visits: list[VisitRow]
    now: str
    silent_since: str


class Inbox(msgspec.Struct, kw_only=True):
    """What waits for a person: the records themselves."""

    records: list[Shown]
    after: str | None = None


class Rows(msgspec.Struct, kw_only=True):
    """Rows of one kind."""

    rows: list[Any]


def list_routes(service: Service, desk: Desk) -> list[HTTPRouteHandler]:
    """Under `/v1/desk`: everything that is read without an id."""
    database = service.store.database

    def wanted(
        state: str, outlet: str, technician: str, day: str, zone: str, late: bool, unknown: bool, silent: int
    ) -> BoardFilter:
        from_at, before_at = _day(day, zone or service.settings.default_timezone) if day else ("", "")
        now = service.clock()
        return BoardFilter(
            state=state,
            outlet=outlet,
            technician=technician,
            from_at=from_at,
            before_at=before_at,
            late=late,
            unknown=unknown,
            now=instant(now),
            silent_since=instant(now - silent * 60),
        )

    async def waiting(request: Request[Any, Any, Any], entity: str, ids: list[str], limit: int) -> Inbox:
        records = await anyio.to_thread.run_sync(_records, desk, request, entity, ids)
        return Inbox(records=records, after=ids[-1] if len(ids) == limit else None)

    @get("/search", name="desk_search", guards=[takes(*_OFFICE)])
    async def search(q: Typed) -> Found:
        """Customers, sites, people, telephone numbers, serial numbers and order numbers, in one field."""
        return Found(hits=await anyio.to_thread.run_sync(search_everywhere, database, _clean(q)))

    @get("/work-orders", name="desk_list_orders", guards=[takes(*_OFFICE)])
    async def orders(
        in_state: State = "",
        outlet: Short = "",
        technician: Short = "",
        day: Short = "",
        zone: Short = "",
        late: bool = False,
        unknown: bool = False,
        silent_minutes: Annotated[int, QueryParameter(ge=1, le=100_000)] = SILENT_MINUTES,
        after: Annotated[str, QueryParameter(max_length=100)] = "",
        limit: Page = 100,
    ) -> Orders:
        """Orders, the newest first. `late` and `unknown`: with a visit that is late, or whose phone is silent."""
        asked = wanted(in_state, outlet, technician, day, zone, late, unknown, silent_minutes)
        opened_at, _, id = after.partition("/")
        place = (_clean(opened_at), _clean(id)) if id else None
        rows = await anyio.to_thread.run_sync(boards.orders, database, _cleaned(asked), place, limit)
        last = rows[-1] if len(rows) == limit else None
        return Orders(orders=rows, after=f"{last.opened_at}/{last.id}" if last else None)

    @get("/board", name="desk_board", guards=[takes(*_OFFICE)])
    async def board(
        day: Short = "",
        zone: Short = "",
        in_state: State = "",
        outlet: Short = "",
        technician: Short = "",
        late: bool = False,
        unknown: bool = False,
        silent_minutes: Annotated[int, QueryParameter(ge=1, le=100_000)] = SILENT_MINUTES,
    ) -> Board:
        """Visits of a day (today when none is given), by technician and start, with each phone's last word."""
        asked = wanted(in_state, outlet, technician, day, zone, late, unknown, silent_minutes)
        if not day:
            here = zone or service.settings.default_timezone
            from_at, before_at = _day(_today(service.clock(), here), here)
            asked = msgspec.structs.replace(asked, from_at=from_at, before_at=before_at)
        rows = await anyio.to_thread.run_sync(boards.visits, database, _cleaned(asked), 10 * _MOST)
        return Board(visits=rows, now=asked.now, silent_since=asked.silent_since)

    @get("/conflicts", name="desk_list_conflicts", guards=[takes(*_OFFICE, "expert", "storekeeper")])
    async def conflicts(
        request: Request[Any, Any, Any], in_state: State = "open", after: Short = "", limit: Page = 100
    ) -> Inbox:
        """Conflicts with both values, by id."""
        ids = await anyio.to_thread.run_sync(
            lists.conflicts, database, _clean(in_state), _clean(after), limit
        )
        return await waiting(request, "conflict", ids, limit)

    @get("/inbox", name="desk_list_inbox", guards=[takes(*_OFFICE, "storekeeper")])
    async def inbox(
        request: Request[Any, Any, Any], in_state: State = "open", role: Short = "", limit: Page = 100
    ) -> Inbox:
        """Items that wait for a role (any when empty), the oldest first."""
        ids = await anyio.to_thread.run_sync(lists.inbox, database, _clean(in_state), _clean(role), limit)
        records = await anyio.to_thread.run_sync(_records, desk, request, "inbox_item", ids)
        return Inbox(records=records)

    @get("/master-changes", name="desk_list_master_changes", guards=[takes(*_OFFICE)])
    async def changes(
        request: Request[Any, Any, Any], in_state: State = "waiting", after: Short = "", limit: Page = 100
    ) -> Inbox:
        """Corrections from the field that wait for approval."""
        ids = await anyio.to_thread.run_sync(
            lists.master_changes, database, _clean(in_state), _clean(after), limit
        )
        return await waiting(request, "master_change", ids, limit)

    @get("/technicians", name="desk_list_technicians", guards=[takes(*_OFFICE, "storekeeper")])
    async def technicians(outlet: Short = "") -> Rows:
        """Technicians, each with what the phone last said."""
        return Rows(
            rows=list(await anyio.to_thread.run_sync(lists.technicians, database, _clean(outlet), 10_000))
        )

    @get("/outlets", name="desk_list_outlets")
    async def outlets() -> Rows:
        """Outlets."""
        return Rows(rows=list(await anyio.to_thread.run_sync(lists.outlets, database)))

    @get(
        "/stock-locations",
        name="desk_list_locations",
        guards=[takes("storekeeper", "dispatcher", "supervisor", "auditor", "admin")],
    )
    async def locations() -> Rows:
        """Places where parts lie."""
        return Rows(rows=list(await anyio.to_thread.run_sync(lists.locations, database, 10_000)))

    @get(
        "/stock",
        name="desk_list_stock",
        guards=[takes("storekeeper", "dispatcher", "supervisor", "auditor", "admin")],
    )
    async def stock(location: Short = "", part: Short = "", short: bool = False) -> Rows:
        """How many of what lie where; with `short`, only what is below its least."""
        rows = await anyio.to_thread.run_sync(
            lists.levels, database, _clean(location), _clean(part), short, 10 * _MOST
        )
        return Rows(rows=list(rows))

    @get(
        "/expert-cases",
        name="desk_list_cases",
        guards=[takes("expert", "dispatcher", "supervisor", "auditor", "admin")],
    )
    async def cases(in_state: State = "") -> Rows:
        """Expert cases, the newest first."""
        return Rows(rows=list(await anyio.to_thread.run_sync(lists.cases, database, _clean(in_state), _MOST)))

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


def _records(desk: Desk, request: Request[Any, Any, Any], entity: str, ids: list[str]) -> list[Shown]:
    """The records behind rows, as far as the person may see them."""
    found = desk.records.reading.records([(entity, id) for id in ids])
    roles = who(request).roles
    return [
        shown(found[entity, id])
        for id in ids
        if (entity, id) in found and may_see(roles, found[entity, id].aggregate)
    ]


def _day(day: str, zone: str) -> tuple[str, str]:
    """The day's first moment in a zone and the next day's, with three decimals."""
    try:
        first = date.fromisoformat(day)
    except ValueError:
        raise FieldInvalid(field="day", reason="a day such as 2026-01-31 is expected") from None
    try:
        known = ZoneInfo(zone)
        return _moment(first, known), _moment(first + timedelta(days=1), known)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise FieldInvalid(field="zone", reason="an IANA time zone is expected") from None
    except OverflowError:
        raise FieldInvalid(field="day", reason="it is too far away") from None


def _moment(day: date, zone: ZoneInfo) -> str:
    return instant(datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC).timestamp())


def _today(now: float, zone: str) -> str:
    try:
        return datetime.fromtimestamp(now, ZoneInfo(zone)).date().isoformat()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise FieldInvalid(field="zone", reason="an IANA time zone is expected") from None


def _clean(text: str) -> str:
    # PostgreSQL takes no NUL in any text.
    return text.replace("\0", "")


def _cleaned(wanted: BoardFilter) -> BoardFilter:
    return msgspec.structs.replace(
        wanted,
        state=_clean(wanted.state),
        outlet=_clean(wanted.outlet),
        technician=_clean(wanted.technician),
    )
