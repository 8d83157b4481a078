"""What withdrawn and unknown phones deposited, for people to read; `take_over` brings it into the records."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, Literal

import anyio
import msgspec
from litestar import Request, Response, Router, get
from litestar.params import FromPath

from server.db.quarantine import Holding, SqlQuarantine
from server.desk.deposit_results import present_results
from server.desk.door import ResultSaid, result_said
from server.desk.missing import OutboxHeld, still_missing
from server.desk.page import After, Page, page, place
from server.desk.problems import RecordMissing
from server.desk.refusals import parked_sentence
from server.desk.session import language, takes
from sync import canonical
from sync.engine import Engine
from sync.operation import InvalidOperation, decode_operation
from sync.outcome import Result

_READERS = ("dispatcher", "supervisor", "admin", "auditor")
_DEVICES = 20
_OPERATIONS = 100
_NO_STORE = {"Cache-Control": "no-store"}
Standing = Literal["revoked", "unknown", "accepted"]

_SENTENCES: dict[Standing, tuple[str, str]] = {
    "revoked": (
        "This phone was withdrawn. What it handed over is kept here.",
        "该手机已停用。其上交的内容保留在此。",
    ),
    "unknown": (
        "This phone is not known here. What it handed over is kept here; what is still missing cannot be told.",
        "系统不认识该手机。其上交的内容保留在此；无法得知还缺哪些。",
    ),
    "accepted": (
        "This phone takes part. What it handed over before is kept here.",
        "该手机正常使用。其先前上交的内容保留在此。",
    ),
}
_NOT_TAKEN = (" None of it was taken over into the records.", "其中没有内容被接收到记录中。")
_TAKEN = (
    " It was taken over into the records; each operation says what became of it.",
    "这些内容已接收到记录中；每项操作均注明处理结果。",
)


class TakenOverShown(msgspec.Struct, kw_only=True):
    """Who took a deposit over, and when."""

    at: str
    by: str
    user: str
    """In whose name the operations entered."""
    note: str | None


class Deposited(msgspec.Struct, kw_only=True):
    """One device's deposit as a whole."""

    device: str
    name: str | None
    user: str | None
    standing: Standing
    """`accepted`: it deposited once, and takes part now."""
    sentence: str
    revoked_at: str | None
    since: str
    newest_at: str
    count: int
    size_bytes: int
    heard_at: str | None
    outbox: OutboxHeld | None
    """What the phone last said that it still held, against what has come; None when it never said."""
    taken_over: list[TakenOverShown]
    """Each time that somebody took it over into the records; empty: never."""


class OperationShown(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An operation as it came. An illegible one has `reason`, `sentence`, `detail` and `bytes_base64` instead."""

    place: int
    received_at: str
    size_bytes: int
    sha256: str
    """Of the bytes as they came."""
    legible: bool
    id: str = ""
    seq: int = 0
    entity: str = ""
    record: str = ""
    aggregate: str = ""
    action: str = ""
    fields: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    """What it would set. Nobody has judged whether it may."""
    base_ver: int | msgspec.UnsetType = msgspec.UNSET
    """Version of the aggregate that the author saw."""
    made_at_device: str = ""
    offset_ms: int | msgspec.UnsetType | None = msgspec.UNSET
    """Server time minus the phone's clock, as the phone last measured it."""
    reason: str = ""
    sentence: str = ""
    detail: str = ""
    bytes_base64: str = ""
    result: ResultSaid | msgspec.UnsetType = msgspec.UNSET
    """What became of it in the records, as it is now. Not there: it is not in them."""


class DepositShown(Page[OperationShown], kw_only=True):
    """A device's deposit, and a page of its operations."""

    deposit: Deposited


def quarantine_routes(quarantine: SqlQuarantine, engine: Engine) -> Router:
    """Under `/v1/desk/quarantine`."""

    @get("/", name="desk_list_quarantine", guards=[takes(*_READERS)])
    async def listed(request: Request[Any, Any, Any], after: After = "") -> Response[Page[Deposited]]:
        """Devices with a deposit, by id: how much it is, and what the phone last said of what is still missing."""
        spoken = language(request)

        def work() -> Page[Deposited]:
            (begin,) = place("quarantine", after) or [""]
            held = quarantine.holdings(begin, _DEVICES + 1)
            shown = page("quarantine", held, _DEVICES, lambda one: (one.device,))
            return Page(
                items=[deposit_shown(quarantine, one, spoken) for one in shown.items], next=shown.next
            )

        return Response(await anyio.to_thread.run_sync(work), headers=_NO_STORE)

    @get("/{device_id:str}", name="desk_read_quarantine", guards=[takes(*_READERS)])
    async def read(
        device_id: FromPath[str],
        request: Request[Any, Any, Any],
        after: After = "",
    ) -> Response[DepositShown]:
        """Each operation as it came, in the order of arrival."""
        spoken = language(request)

        def work() -> DepositShown:
            device = device_id.replace("\0", "")
            held = quarantine.holding(device)
            if held is None:
                raise RecordMissing(entity="deposit")
            (begin,) = place("deposit", after) or ["0"]
            rows = quarantine.deposited(device, int(begin), _OPERATIONS + 1)
            shown = page("deposit", rows, _OPERATIONS, lambda row: (row[0],))
            results = present_results(engine, device, [row[2] for row in shown.items])
            return DepositShown(
                deposit=deposit_shown(quarantine, held, spoken),
                items=[
                    _with_result(_shown(*row, spoken), result, spoken)
                    for row, result in zip(shown.items, results, strict=True)
                ],
                next=shown.next,
            )

        return Response(await anyio.to_thread.run_sync(work), headers=_NO_STORE)

    return Router("/quarantine", route_handlers=[listed, read])


def deposit_shown(quarantine: SqlQuarantine, held: Holding, spoken: str) -> Deposited:
    """A deposit as a whole, in the words of `zh` or `en`."""
    standing: Standing = "unknown" if held.revoked is None else "revoked" if held.revoked else "accepted"
    taken_over = [
        TakenOverShown(at=one.at, by=one.by, user=one.user, note=one.note)
        for one in quarantine.take_overs(held.device)
    ]
    after = _TAKEN if taken_over else _NOT_TAKEN
    en, zh = (said + more for said, more in zip(_SENTENCES[standing], after, strict=True))
    return Deposited(
        device=held.device,
        name=held.name,
        user=held.user,
        standing=standing,
        sentence=zh if spoken == "zh" else en,
        revoked_at=held.revoked_at,
        since=held.since,
        newest_at=held.newest_at,
        count=held.count,
        size_bytes=held.size_bytes,
        heard_at=held.heard_at,
        outbox=still_missing(quarantine, held),
        taken_over=taken_over,
    )


def _shown(place: int, received_at: str, payload: bytes, spoken: str) -> OperationShown:
    told = OperationShown(
        place=place,
        received_at=received_at,
        size_bytes=len(payload),
        sha256=hashlib.sha256(payload).hexdigest(),
        legible=True,
    )
    try:
        operation = decode_operation(payload, canonical.LARGEST_INTEGER)
    except InvalidOperation as illegible:
        return msgspec.structs.replace(
            told,
            legible=False,
            reason=illegible.reason,
            sentence=parked_sentence(illegible.reason, illegible.detail, spoken),
            detail=illegible.detail,
            bytes_base64=base64.b64encode(payload).decode(),
        )
    return msgspec.structs.replace(
        told,
        id=operation.id,
        seq=operation.seq,
        entity=operation.entity,
        record=operation.record,
        aggregate=operation.aggregate,
        action=operation.action,
        fields=operation.set,
        base_ver=operation.base.ver,
        made_at_device=operation.at.wall,
        offset_ms=operation.at.offset_ms,
    )


def _with_result(shown: OperationShown, result: Result | None, spoken: str) -> OperationShown:
    return shown if result is None else msgspec.structs.replace(shown, result=result_said(result, spoken))
