"""Reading what happened: who changed what, when, from which value to which, and whether the chain of it holds."""

from __future__ import annotations

import re
from typing import Any

import anyio
import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from domain.declaration import SCHEMA
from mobile_api.problem import wrong
from mobile_api.problems import FieldInvalid
from server.db.queries.chain import chain_of
from server.desk.desk import Desk, who
from server.desk.page import After, Limit, page, place
from server.desk.session import SignedIn, language, takes
from server.history.entry import History
from server.history.file import HistoryFile, history_file
from server.history.people import Directory
from server.history.read import read_history
from server.service import Service
from sync.store import Key

READERS = ("auditor", "supervisor")
"""Whoever proves or examines what was done. Others read what stands."""
_NO_STORE = {"Cache-Control": "no-store"}


class HistoryPage(History, kw_only=True):
    """A part of a history. `next`, sent as `after`, gets what follows; null: this was the end."""

    next: str | None = None


def history_routes(service: Service, desk: Desk) -> list[HTTPRouteHandler]:
    """Under `/v1/desk`: histories of work orders and of single records."""
    database = service.store.database
    directory = Directory(service.reading, service.accounts.get, service.devices.list)

    async def read(
        request: Request[Any, Any, Any], entity: str, id: str, *, alone: bool, after: str, limit: int
    ) -> Response[HistoryPage]:
        by, spoken = who(request), language(request)
        name = f"history of {entity}/{id}" if alone else f"history of all of {id}"
        begin = int((place(name, after) or ["0"])[0])

        def work() -> HistoryPage:
            aggregate, key = _place_of(desk, entity, id, by)
            found = read_history(database, directory, aggregate, spoken, key if alone else None)
            shown = page(name, [one for one in found.items if one.n > begin], limit, lambda one: [one.n])
            return HistoryPage(
                **msgspec.structs.asdict(msgspec.structs.replace(found, items=shown.items)), next=shown.next
            )

        return Response(await anyio.to_thread.run_sync(work), headers=_NO_STORE)

    @get("/work-orders/{order_id:str}/history", name="desk_order_history", guards=[takes(*READERS)])
    async def of_order(
        order_id: FromPath[str], request: Request[Any, Any, Any], after: After = "", limit: Limit = 100
    ) -> Response[HistoryPage]:
        """Everything that happened to an order and to what belongs to it, the oldest first.

        Deleted orders have theirs too. `verified` is about the whole chain, whichever part is shown.
        """
        return await read(request, "work_order", order_id, alone=False, after=after, limit=limit)

    @get("/records/{entity:str}/{record_id:str}/history", name="desk_history", guards=[takes(*READERS)])
    async def of_record(
        entity: FromPath[str],
        record_id: FromPath[str],
        request: Request[Any, Any, Any],
        after: After = "",
        limit: Limit = 100,
    ) -> Response[HistoryPage]:
        """What happened to one record of any kind, the oldest first.

        `verified` is about the chain of the aggregate in which the record lives; `erased` counts its erased entries,
        of which nobody can tell any more whether they were about this record.
        """
        if entity not in SCHEMA.entities:
            raise FieldInvalid(**wrong("not_one_of", "entity", ", ".join(sorted(SCHEMA.entities))))
        return await read(request, entity, record_id, alone=True, after=after, limit=limit)

    @get("/work-orders/{order_id:str}/history/file", name="desk_history_file", guards=[takes(*READERS)])
    async def file_of_order(
        order_id: FromPath[str], request: Request[Any, Any, Any]
    ) -> Response[HistoryFile]:
        """An order's whole chain as a file, to be checked elsewhere (`openapi/check_history.py`)."""
        by = who(request)

        def work() -> HistoryFile:
            aggregate, _ = _place_of(desk, "work_order", order_id, by)
            return history_file(chain_of(database, aggregate), desk.records.epoch, desk.now())

        name = re.sub(r"[^A-Za-z0-9_.-]", "-", order_id)
        headers = {"Content-Disposition": f'attachment; filename="history-{name}.json"'}
        return Response(await anyio.to_thread.run_sync(work), headers=_NO_STORE | headers)

    return [of_order, of_record, file_of_order]


def _place_of(desk: Desk, entity: str, id: str, by: SignedIn) -> tuple[str, Key]:
    """The aggregate of a record, deleted or not. Raises RecordMissing, NotYours."""
    record = desk.records.known(entity, id, by)
    return record.aggregate, (entity, id)
