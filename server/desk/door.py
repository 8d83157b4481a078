"""A desk's way through the write door: drafts in, and an answer that says what became of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
import msgspec
from litestar import Request, Response

from domain.commands.draft import Drafted
from domain.commands.lifecycle import ALREADY, SAME
from server.desk.base import check_reached, checked_ver, etag, shown_base
from server.desk.form import check_form
from server.desk.idempotency import MOST_OPERATIONS, NewId, RequestIds, Running
from server.desk.problems import OperationRefused, ValueRejected
from server.desk.refusals import refusal_sentence, refused_fault, refused_field
from server.desk.refused import refused
from server.desk.session import SignedIn, language, signed_in
from server.desk.unchanged import Unchanged
from sync.apply import decode_result
from sync.canonical import LARGEST_INTEGER
from sync.clock import Base
from sync.engine import Draft, Engine
from sync.operation import InvalidOperation, Operation, decode_operation
from sync.outcome import Result
from sync.push import Refused
from sync.reasons import sentence
from sync.store import Ask, DeviceRow, Receipt, StoreRejected, WriteTransaction


class FieldSaid(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What became of one field that was not simply applied."""

    field: str
    outcome: str
    reason: str = ""
    sentence: str = ""
    conflict: str = ""


class ResultSaid(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What became of one operation, with sentences in the caller's language.

    `status` is the engine's, or `same`: what was asked for stood already and nothing was changed; or, in a refusal,
    `refused` and `not_done`.
    """

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
    records: list[str] = []
    """`entity/id` of what was written, in the order of the results."""
    repeated: bool = False
    """This request was sent before: nothing was done again, and these are the results of the first time."""


_SAME_NAMES: Mapping[str, str] = {}
Order = Callable[[RequestIds], Sequence[Drafted] | Unchanged]
"""Makes the drafts of one request, by a command of `domain`, or says that there is nothing to change. Runs in a thread;
may read; InvalidOperation refuses the request.
"""


@dataclass(frozen=True, slots=True)
class Door:
    """The engine, as desks use it."""

    engine: Engine
    new_id: NewId
    versions: Callable[[Sequence[str]], Mapping[str, int]]
    """Present versions of aggregates. May block."""
    running: Running = field(default_factory=Running)

    async def create(
        self, request: Request[Any, Any, Any], order: Order, *, names: Mapping[str, str] = _SAME_NAMES
    ) -> Response[Written]:
        """Make what was not there: nothing was displayed, so no base is asked for. Otherwise as `change`.

        `names`: what the body calls a field, where that is not the record's own name for it.
        """
        return await self._write(request, None, order, status=201, names=names)

    async def change(
        self,
        request: Request[Any, Any, Any],
        base: str | None,
        order: Order,
        *,
        by: DeviceRow | None = None,
        status: int = 200,
        names: Mapping[str, str] = _SAME_NAMES,
    ) -> Response[Written]:
        """Give the drafts to the engine, all or none, in the name of whoever is signed in (or of `by`).

        `base` is the one in the body; If-Match goes before it. `names` as in `create`. An Idempotency-Key makes the
        request safe to repeat. Raises BaseMissing, BaseUnreadable, BaseElsewhere, IdempotencyKeyUnreadable,
        IdempotencyKeyReused, IdempotencyKeyInUse, OperationRefused, and what `order` raises.
        """
        return await self._write(request, shown_base(request, base), order, by=by, status=status, names=names)

    async def _write(
        self,
        request: Request[Any, Any, Any],
        base: Base | None,
        order: Order,
        *,
        by: DeviceRow | None = None,
        status: int = 200,
        names: Mapping[str, str] = _SAME_NAMES,
    ) -> Response[Written]:
        who, spoken = signed_in(request), language(request)
        ids = RequestIds(request, who.account, await request.body(), self.new_id)

        def write() -> Written:
            # First of all: what was done is told, whatever has become of its base since.
            earlier = self._earlier(ids) if ids.is_repeatable else []
            if earlier:
                return self._repeated(earlier, ids, spoken)
            ver = None if base is None else checked_ver(base, self.engine.epoch)
            try:
                wanted = order(ids)
            except InvalidOperation as wrong:
                raise refusal([_refused_at_once(wrong)], spoken, names) from None
            if isinstance(wanted, Unchanged):
                check_reached(ver or 0, wanted.ver)
                return self._unchanged(wanted, ids, spoken)
            drafts = [_authored(one, ids, place, ver) for place, one in enumerate(wanted)]
            self._check_base(ver, drafts)
            try:
                for draft in drafts:
                    check_form(draft)
                results = self.engine.write(by or desk_door(who), drafts) if drafts else []
            except InvalidOperation as wrong:
                raise refusal([_refused_at_once(wrong)], spoken, names) from None
            except Refused as found:
                raise refusal(refused(found.results, drafts), spoken, names) from None
            except StoreRejected:
                raise ValueRejected() from None
            if any(one.status == "duplicate" for one in results):
                # Another process was at work under the same key, and has committed meanwhile.
                return self._repeated(self._earlier(ids), ids, spoken)
            return self._written(results, drafts, spoken)

        with self.running.alone(ids):
            written = await anyio.to_thread.run_sync(write)
        headers = {"ETag": etag(self.engine.epoch, written.ver), "Cache-Control": "no-store"}
        return Response(written, status_code=status, headers=headers)

    def _check_base(self, ver: int | None, drafts: Sequence[Draft]) -> None:
        """Raises BaseElsewhere for a base that no form displayed. Versions never go back: no lock is needed."""
        if ver and drafts:
            aggregate = drafts[0].aggregate
            check_reached(ver, self.versions([aggregate])[aggregate])

    def _earlier(self, ids: RequestIds) -> list[Receipt]:
        """Receipts of the request's first time; empty when it is the first."""
        wanted = [ids.operation(place) for place in range(MOST_OPERATIONS)]

        def load(tx: WriteTransaction) -> list[Receipt]:
            receipts = tx.load(Ask(operation_ids=wanted)).receipts
            found = {one.id: one for one in receipts if one.status != "duplicate"}
            return [found[id] for id in wanted if id in found]

        return self.engine.store.transact(load)

    def _repeated(self, earlier: Sequence[Receipt], ids: RequestIds, spoken: str) -> Written:
        operations = [decode_operation(one.payload, LARGEST_INTEGER) for one in earlier]
        ids.check_same(operations[0].decides)
        written = self._written([decode_result(one.result) for one in earlier], operations, spoken)
        return msgspec.structs.replace(written, repeated=True)

    def _unchanged(self, wanted: Unchanged, ids: RequestIds, spoken: str) -> Written:
        record = wanted.record
        return Written(
            aggregate=record.aggregate,
            epoch=self.engine.epoch,
            ver=wanted.ver,
            results=[ResultSaid(id=ids.operation(0), status=SAME, sentence=wanted.sentence(spoken))],
            records=[f"{record.entity}/{record.id}"],
        )

    def _written(self, results: Sequence[Result], given: Sequence[Draft | Operation], spoken: str) -> Written:
        aggregate = given[0].aggregate if given else ""
        return Written(
            aggregate=aggregate,
            epoch=self.engine.epoch,
            ver=max((one.wrote.get(aggregate, 0) for one in results), default=0),
            results=[_said(result, one, spoken) for result, one in zip(results, given, strict=True)],
            records=[f"{one.entity}/{one.record}" for one in given],
        )


def _refused_at_once(wrong: InvalidOperation) -> Result:
    """The result of what never reached the engine."""
    return Result(seq=1, id="", status="parked", reason=wrong.reason, detail=wrong.detail)


def _authored(drafted: Drafted, ids: RequestIds, place: int, ver: int | None) -> Draft:
    return Draft(
        id=ids.operation(place),
        entity=drafted.entity,
        record=drafted.record,
        aggregate=drafted.aggregate,
        set=drafted.set,
        action=drafted.action,
        base_ver=ver,
        moved_from=drafted.moved_from,
        decides=ids.asked,
    )


def desk_door(who: SignedIn) -> DeviceRow:
    """The device under which a person's desk writes."""
    return DeviceRow(id=f"desk-{who.account}", user=who.account, roles=who.session.roles)


def customer_door(who: SignedIn) -> DeviceRow:
    """The device under which a person enters a customer's own word: it counts as the customer's."""
    return DeviceRow(id=f"desk-{who.account}-customer", user=who.account, roles=("customer",))


def refusal(
    results: Sequence[Result], spoken: str, names: Mapping[str, str] = _SAME_NAMES
) -> OperationRefused:
    """The problem behind results of which one or more are parked; `names` as in `Door.create`."""
    results = [_renamed(one, names) for one in results]
    wrong = next(one for one in results if one.status == "parked")
    return OperationRefused(
        field=refused_field(wrong.reason, wrong.detail),
        sentence=refusal_sentence(wrong.reason, wrong.detail, spoken),
        reason=wrong.reason,
        **refused_fault(wrong.reason, wrong.detail),
        results=[msgspec.to_builtins(_refused_said(one, spoken)) for one in results],
    )


def _renamed(result: Result, names: Mapping[str, str]) -> Result:
    name, between, fact = result.detail.partition(": ")
    for ours, theirs in names.items():
        if name == ours or name.startswith(f"{ours}."):
            name = theirs + name.removeprefix(ours)
    return msgspec.structs.replace(result, detail=f"{name}{between}{fact}")


def _refused_said(result: Result, spoken: str) -> ResultSaid:
    """What was not parked on its own account was not done either: all or nothing."""
    if result.status != "parked":
        return ResultSaid(id=result.id, status="not_done")
    said = result_said(result, spoken)
    return msgspec.structs.replace(
        said,
        status="refused",
        sentence=refusal_sentence(result.reason, result.detail, spoken),
        detail=refused_field(result.reason, result.detail) if result.detail else "",
        wrote={},
    )


def _said(result: Result, given: Draft | Operation, spoken: str) -> ResultSaid:
    """What changed nothing was not applied: whoever asks for what is true already hears so."""
    said = result_said(result, spoken)
    told = [one.field for one in result.fields if one.outcome == SAME]
    if given.action != "update" or not given.set or len(told) < len(given.set):
        return said
    en, zh = ALREADY["values"]
    return msgspec.structs.replace(said, status=SAME, sentence=zh if spoken == "zh" else en)


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
