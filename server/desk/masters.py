"""Routes that every kind of master data has alike: make, read, correct, delete."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import anyio
from litestar import Request, Response, Router, delete, get, patch, post
from litestar.params import FromPath, JSONBody
from pydantic import Field

from domain.authority import CREATORS, DELETERS
from domain.commands.draft import Drafted
from domain.commands.draft import delete as tombstone
from server.desk.base import etag
from server.desk.desk import Based, Body, Desk, Id, who
from server.desk.door import Written
from server.desk.idempotency import RequestIds
from server.desk.records import AggregateShown, Shown, shown
from server.desk.session import takes

_WRITERS = ("intake", "dispatcher", "expert", "storekeeper", "supervisor", "admin")


class NewRecord(Body):
    """The fields of a new record, as declared in docs/merge-policies.md; what is wrong is named in the answer."""

    id: Id | None = None
    """Only where the record has an identity already, such as a technician's account."""
    fields: Annotated[dict[str, Any], Field(min_length=1, max_length=60)]


class Correction(Based):
    """Fields and their new values (or a policy's own form, such as {"add": [...]}); null empties a field."""

    set: Annotated[dict[str, Any], Field(min_length=1, max_length=60)]


Home = Callable[[str, dict[str, Any]], str]
"""(new id, fields) → the aggregate in which the record lives."""


@dataclass(frozen=True, slots=True)
class Masters:
    """One kind of master data."""

    entity: str
    path: str
    home: Home
    is_root: bool = False
    """The aggregate is named after the record: reading it gives everything under it."""


def master_routes(desk: Desk, kind: Masters) -> Router:
    """`POST`, `GET /{id}`, `PATCH /{id}`, `DELETE /{id}` under the kind's path."""
    entity = kind.entity
    may_create = sorted(CREATORS[entity] - {"technician"})
    may_delete = sorted(DELETERS.get(entity, frozenset()))

    @post("/", name=f"desk_create_{entity}", guards=[takes(*may_create)], status_code=201)
    async def make(data: JSONBody[NewRecord], request: Request[Any, Any, Any]) -> Response[Written]:
        """Make a record."""

        def order(ids: RequestIds) -> Sequence[Drafted]:
            id = data.id or ids.record()
            fields = {name: value for name, value in data.fields.items() if value is not None}
            home = kind.home(id, fields)
            return [Drafted(entity=entity, record=id, aggregate=home, set=fields, action="create")]

        return await desk.door.create(request, order)

    @get("/{record_id:str}", name=f"desk_read_{entity}")
    async def read(
        record_id: FromPath[str], request: Request[Any, Any, Any]
    ) -> Response[AggregateShown | Shown]:
        """Read it, with everything under it; the ETag is the base of a correction. A deleted one says so."""
        if kind.is_root:
            aggregate = f"{kind.home(record_id, {}).partition('/')[0]}/{record_id}"
            found = await anyio.to_thread.run_sync(
                lambda: desk.records.aggregate(aggregate, who(request), entity=entity)
            )
            return Response(found, headers=_tagged(found.epoch, found.ver))
        record = await anyio.to_thread.run_sync(desk.records.known, entity, record_id, who(request))
        ver = await anyio.to_thread.run_sync(lambda: desk.records.all_of(record.aggregate)[0])
        return Response(shown(record), headers=_tagged(desk.records.epoch, ver))

    @patch("/{record_id:str}", name=f"desk_correct_{entity}", guards=[takes(*_WRITERS)])
    async def change(
        record_id: FromPath[str], data: JSONBody[Correction], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Correct fields. A field that somebody else owns becomes a request to its owner."""

        def order(ids: RequestIds) -> Sequence[Drafted]:
            record = desk.live(entity, record_id, who(request))
            return [Drafted(entity=entity, record=record.id, aggregate=record.aggregate, set=data.set)]

        return await desk.door.change(request, data.base, order)

    routes: list[Any] = [make, read, change]
    if may_delete:

        @delete(
            "/{record_id:str}", name=f"desk_delete_{entity}", guards=[takes(*may_delete)], status_code=200
        )
        async def remove(record_id: FromPath[str], request: Request[Any, Any, Any]) -> Response[Written]:
            """Delete it: a tombstone."""

            def order(ids: RequestIds) -> Sequence[Drafted]:
                return [tombstone(desk.live(entity, record_id, who(request)))]

            return await desk.door.change(request, None, order)

        routes.append(remove)
    return Router(kind.path, route_handlers=routes)


def _tagged(epoch: str, ver: int) -> dict[str, str]:
    return {"ETag": etag(epoch, ver), "Cache-Control": "no-store"}
