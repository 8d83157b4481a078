"""A desk's way through the write door: drafts in, and an answer that says what became of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import anyio
import msgspec
from litestar import Request, Response

from server.desk.base import etag
from server.desk.idempotency import MOST_OPERATIONS, NewId, RequestIds
from server.desk.problems import OperationRefused
from server.desk.session import SignedIn, language, signed_in
from sync.apply import decode_result
from sync.engine import Draft, Engine
from sync.outcome import Result
from sync.push import Refused
from sync.reasons import sentence
from sync.store import Ask, DeviceRow, WriteTransaction


class FieldSaid(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What became of one field that was not simply applied."""

    field: str
    outcome: str
    reason: str = ""
    sentence: str = ""
    conflict: str = ""


class ResultSaid(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What became of one operation, with sentences in the caller's language."""

    id: str
    status: str
    reason: str = ""
    sentence: str = ""
    detail: str = ""
    wrote: dict[str, int] = {}
    fields: list[FieldSaid] = []
    flags: tuple[str, ...] = ()


class Written(msgspec.Struct, kw_only=True):
    """The answer to a write. `ver` of `aggregate` holds all of it; it is the base of the next write."""

    aggregate: str
    epoch: str
    ver: int
    results: list[ResultSaid]
    record: str = ""
    """Id of the record that was created or is in question."""
    repeated: bool = False
    """This request was sent before: nothing was done again, and these are the results of the first time."""


MakeDrafts = Callable[[RequestIds], Sequence[Draft]]
"""Makes the drafts of one request. Runs in a thread; may read."""


@dataclass(frozen=True, slots=True)
class Door:
    """The engine, as desks use it."""

    engine: Engine
    new_id: NewId

    async def write(
        self, request: Request[Any, Any, Any], aggregate: str, make: MakeDrafts, *, record: str = ""
    ) -> Response[Written]:
        """Give the drafts to the engine, all or none, in the name of whoever is signed in.

        An Idempotency-Key makes the request safe to repeat. Raises OperationRefused, and what `make` raises.
        """
        who = signed_in(request)
        ids = RequestIds(request, who.account, self.new_id)
        earlier = await anyio.to_thread.run_sync(self._earlier, ids) if ids.is_repeatable else []
        if earlier:
            return self._answer(request, aggregate, record, earlier, repeated=True)
        results, aggregate, record = await anyio.to_thread.run_sync(
            self._write, who, ids, aggregate, record, make, language(request)
        )
        return self._answer(request, aggregate, record, results)

    def _write(
        self, who: SignedIn, ids: RequestIds, aggregate: str, record: str, make: MakeDrafts, spoken: str
    ) -> tuple[list[Result], str, str]:
        drafts = make(ids)
        if not drafts:
            return [], aggregate, record
        first = drafts[0]
        try:
            results = self.engine.write(desk_door(who), drafts)
        except Refused as refused:
            raise refusal(refused.results, spoken) from None
        return results, aggregate or first.aggregate, record or first.record

    def _earlier(self, ids: RequestIds) -> list[Result]:
        wanted = [ids.operation(place) for place in range(MOST_OPERATIONS)]

        def load(tx: WriteTransaction) -> list[Result]:
            found = {one.id: one for one in tx.load(Ask(operation_ids=wanted)).receipts}
            return [decode_result(found[id].result) for id in wanted if id in found]

        return self.engine.store.transact(load)

    def _answer(
        self,
        request: Request[Any, Any, Any],
        aggregate: str,
        record: str,
        results: Sequence[Result],
        repeated: bool = False,
    ) -> Response[Written]:
        aggregate = aggregate or next((name for one in results for name in one.wrote), "")
        ver = max((one.wrote.get(aggregate, 0) for one in results), default=0)
        said = [result_said(one, language(request)) for one in results]
        written = Written(
            aggregate=aggregate,
            epoch=self.engine.epoch,
            ver=ver,
            results=said,
            record=record,
            repeated=repeated,
        )
        return Response(written, headers={"ETag": etag(self.engine.epoch, ver), "Cache-Control": "no-store"})


def desk_door(who: SignedIn) -> DeviceRow:
    """The device under which a person's desk writes."""
    return DeviceRow(id=f"desk-{who.account}", user=who.account, roles=who.session.roles)


def refusal(results: Sequence[Result], spoken: str) -> OperationRefused:
    """The problem behind results of which one or more are parked."""
    wrong = next(one for one in results if one.status == "parked")
    return OperationRefused(
        field=wrong.detail or wrong.reason,
        sentence=sentence(wrong.reason, spoken),
        reason=wrong.reason,
        results=[msgspec.to_builtins(result_said(one, spoken)) for one in results],
    )


def result_said(result: Result, spoken: str) -> ResultSaid:
    """A result in the words of `zh` or `en`."""
    return ResultSaid(
        id=result.id,
        status=result.status,
        reason=result.reason,
        sentence=sentence(result.reason, spoken) if result.reason else "",
        detail=result.detail,
        wrote=result.wrote,
        fields=[
            FieldSaid(
                field=one.field,
                outcome=one.outcome,
                reason=one.reason,
                sentence=sentence(one.reason, spoken) if one.reason else "",
                conflict=one.conflict,
            )
            for one in result.fields
        ],
        flags=result.flags,
    )
