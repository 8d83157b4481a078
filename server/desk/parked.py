"""Operations that are parked: seen, tried again, or dismissed with a reason. None is ever deleted."""

from __future__ import annotations

from typing import Annotated, Any

import anyio
import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from pydantic import Field

from domain.commands.lifecycle import SAME
from server.desk.desk import Body, Desk, Line, who
from server.desk.door import ResultSaid, result_said
from server.desk.filters import one_of
from server.desk.page import After, Page, page, place
from server.desk.problems import RecordMissing, StillParked
from server.desk.refusals import parked_sentence
from server.desk.session import language, takes
from sync import canonical
from sync.apply import decode_result
from sync.operation import InvalidOperation, decode_operation
from sync.outcome import Result
from sync.reasons import PARKED
from sync.store import Ask, Changes, Receipt, WriteTransaction

DISMISSED = "dismissed"
ALREADY_DISMISSED = (
    "This was set aside already; the first reason stands, and nothing was changed.",
    "该操作此前已搁置，以首次填写的原因为准，未做任何更改。",
)
"""English and Chinese."""
_SET_ASIDE = ("{reason} ({by}. Before: {before})", "{reason}（{by}；此前：{before}）")
_READERS = ("dispatcher", "supervisor", "intake", "admin", "auditor")
_DECIDERS = ("dispatcher", "supervisor", "admin")
_PAGE = 100
_REASONS = (*PARKED, DISMISSED)
Language = str


class ParkedShown(msgspec.Struct, kw_only=True):
    """A parked operation, as far as it can be read."""

    device: str
    seq: int
    id: str
    user: str
    received_at: str
    reason: str
    sentence: str
    detail: str
    waits_for: str
    entity: str = ""
    record: str = ""
    aggregate: str = ""
    action: str = ""
    fields: dict[str, Any] = {}


class Dismissal(Body):
    """Why nothing is done with it."""

    reason: Annotated[Line, Field(max_length=400)]


def parked_routes(desk: Desk) -> Router:
    """Under `/v1/desk/parked`."""

    @get("/", name="desk_list_parked", guards=[takes(*_READERS)])
    async def listed(
        request: Request[Any, Any, Any],
        reason: Annotated[str, QueryParameter(max_length=64)] = "",
        after: After = "",
    ) -> Page[ParkedShown]:
        """Parked operations by device and number; those dismissed only with `reason=dismissed`."""
        one_of("reason", reason, _REASONS)
        begin = place("parked", after)
        return await anyio.to_thread.run_sync(_page, desk, reason, begin, language(request))

    @post("/{device:str}/{seq:int}/retry", name="desk_retry", guards=[takes(*_DECIDERS)], status_code=200)
    async def retry(device: FromPath[str], seq: FromPath[int], request: Request[Any, Any, Any]) -> ResultSaid:
        """Try it again, in its author's name. It never replaces what came after it. 409 while it stays parked."""
        spoken = language(request)

        def again() -> Result:
            return desk.door.engine.replay(_parked(desk, device, seq))

        result = await anyio.to_thread.run_sync(again)
        if result.status == "parked":
            raise StillParked(
                sentence=parked_sentence(result.reason, result.detail, spoken),
                reason=result.reason,
                detail=result.detail,
            )
        return result_said(result, spoken)

    @post("/{device:str}/{seq:int}/dismiss", name="desk_dismiss", guards=[takes(*_DECIDERS)], status_code=200)
    async def dismiss(
        device: FromPath[str], seq: FromPath[int], data: JSONBody[Dismissal], request: Request[Any, Any, Any]
    ) -> Response[ResultSaid]:
        """Leave it parked for good, with the reason; the technician reads it at the next exchange.

        The first reason stands: dismissing it again answers `same`.
        """
        by, spoken = who(request).session.display_name, language(request)
        result, is_first = await anyio.to_thread.run_sync(
            _dismissed, desk, device, seq, by, data.reason, spoken
        )
        said = result_said(result, spoken)
        if not is_first:
            said = msgspec.structs.replace(said, status=SAME, sentence=ALREADY_DISMISSED[spoken == "zh"])
        return Response(said, headers={"Cache-Control": "no-store"})

    return Router("/parked", route_handlers=[listed, retry, dismiss])


def _page(desk: Desk, reason: str, begin: list[str] | None, spoken: Language) -> Page[ParkedShown]:
    at = (begin[0], int(begin[1])) if begin else ("", 0)
    found: list[Receipt] = []
    with desk.door.engine.store.snapshot() as snapshot:
        while len(found) <= _PAGE:
            some = snapshot.parked([reason] if reason else [], at, _PAGE)
            found += [one for one in some if reason == DISMISSED or one.reason != DISMISSED]
            if len(some) < _PAGE:
                break
            at = (some[-1].device, some[-1].seq)
    shown = page("parked", found, _PAGE, lambda one: (one.device, one.seq))
    return Page(items=[_shown(one, spoken) for one in shown.items], next=shown.next)


def _shown(parked: Receipt, spoken: Language) -> ParkedShown:
    detail = decode_result(parked.result).detail
    told = ParkedShown(
        device=parked.device,
        seq=parked.seq,
        id=parked.id,
        user=parked.user,
        received_at=parked.received_at,
        reason=parked.reason,
        sentence=parked_sentence(parked.reason, detail, spoken),
        detail=detail,
        waits_for=parked.waits_for,
    )
    try:
        operation = decode_operation(parked.payload, canonical.LARGEST_INTEGER)
    except InvalidOperation:
        return told
    return msgspec.structs.replace(
        told,
        entity=operation.entity,
        record=operation.record,
        aggregate=operation.aggregate,
        action=operation.action,
        fields=operation.set,
    )


def _parked(desk: Desk, device: str, seq: int) -> Receipt:
    def load(tx: WriteTransaction) -> list[Receipt]:
        return tx.load(Ask(receipts=(device, seq, seq))).receipts

    found = desk.door.engine.store.transact(load) if 0 < seq <= canonical.LARGEST_INTEGER else []
    if not found or found[0].status != "parked":
        raise RecordMissing(entity="parked operation")
    return found[0]


def _dismissed(
    desk: Desk, device: str, seq: int, by: str, reason: str, spoken: Language
) -> tuple[Result, bool]:
    """The result, and whether this dismissed it. Its detail is for people, in the language of who dismissed it.

    The one change of a receipt outside of the engine: it touches no record, and the operation stays as it came.
    """

    def settle(tx: WriteTransaction) -> tuple[Result, bool]:
        tx.lock_device(device)
        found = tx.load(Ask(receipts=(device, seq, seq))).receipts
        if not found or found[0].status != "parked":
            raise RecordMissing(entity="parked operation")
        before = decode_result(found[0].result)
        if before.reason == DISMISSED:
            return before, False
        detail = _SET_ASIDE[spoken == "zh"].format(
            reason=reason, by=by, before=parked_sentence(before.reason, before.detail, spoken)
        )
        result = msgspec.structs.replace(before, reason=DISMISSED, detail=detail)
        settled = msgspec.structs.replace(
            found[0], reason=DISMISSED, waits_for="", result=canonical.encode(result)
        )
        tx.write(Changes(settled_receipts=[settled]))
        return result, True

    _parked(desk, device, seq)
    return desk.door.engine.store.transact(settle)
