"""A supervisor takes what a withdrawn or unknown phone deposited over into the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import anyio
import msgspec
import structlog
from litestar import Request, Response, Router, post
from litestar.params import FromPath, JSONBody

from server.db.accounts import Accounts
from server.db.quarantine import Holding, SqlQuarantine, TakeOver
from server.desk.deposit_results import present_results
from server.desk.desk import Body, Id, Line
from server.desk.problems import DepositOwnerKnown, DepositOwnerUnknown, RecordMissing
from server.desk.quarantine import Deposited, deposit_shown
from server.desk.session import language, signed_in, takes
from sync.engine import ILLEGIBLE, Engine
from sync.engine import Deposited as Lying
from sync.store import DeviceRow
from sync.take_over import GAP, NUMBER_TAKEN

_TAKERS = ("supervisor", "admin")
_ROLES = ("technician",)
_AT_ONCE = 500

_LEFT: dict[str, tuple[str, str]] = {
    NUMBER_TAKEN: (
        "Another operation of this phone has its number; it stays in quarantine.",
        "该手机的另一项操作已使用此序号；该内容仍保留在隔离区。",
    ),
    GAP: (
        "An operation before it has not come, and the phone may still send it; it stays in quarantine.",
        "此前的操作尚未送达，该手机仍可能发送；该内容仍保留在隔离区。",
    ),
    ILLEGIBLE: (
        "Nothing tells its place in the phone's work; it stays in quarantine.",
        "无法得知它在该手机工作中的次序；该内容仍保留在隔离区。",
    ),
}

log = structlog.get_logger()


class TakeOverBody(Body):
    """In whose name, where the phone is not known here; and why."""

    user: Id | None = None
    note: Line | None = None


class LeftShown(msgspec.Struct, kw_only=True):
    """An operation that could not enter the records, and why."""

    place: int
    reason: str
    sentence: str


class TakeOverReply(msgspec.Struct, kw_only=True):
    """What taking a deposit over came to. Each operation's result is read with the deposit."""

    deposit: Deposited
    counts: dict[str, int]
    """Status → how many of the deposited operations have it in the records now."""
    left: list[LeftShown]
    """What stays in quarantine alone."""


@dataclass(frozen=True, slots=True)
class _TakingOver:
    quarantine: SqlQuarantine
    engine: Engine
    accounts: Accounts
    now: Callable[[], str]

    def __call__(self, device: str, by: str, asked: TakeOverBody, spoken: str) -> TakeOverReply:
        held = self.quarantine.holding(device)
        if held is None:
            raise RecordMissing(entity="deposit")
        owner = self._owner(held, asked.user)
        deposit = list(self._all(device))
        if None in present_results(self.engine, device, [one.payload for one in deposit]):
            # Before the first one enters: whatever happens next, it is known who said so.
            act = TakeOver(at=self.now(), by=by, user=owner.user, note=asked.note)
            self.quarantine.note_take_over(device, act)
            log.info("deposit taken over", device=device, user=owner.user, by=by, operations=len(deposit))
        found = self.engine.take_over(owner, deposit)
        return TakeOverReply(
            deposit=deposit_shown(self.quarantine, held, spoken),
            counts=Counter(one.result.status for one in found if one.result is not None),
            left=[
                _left(lying.place, one.left, spoken)
                for lying, one in zip(deposit, found, strict=True)
                if one.result is None
            ],
        )

    def _owner(self, held: Holding, user: str | None) -> DeviceRow:
        """Whose work it is: the phone's own person, or where nobody knows the phone, the technician who is named."""
        if held.user is not None:
            if user is not None and user != held.user:
                raise DepositOwnerKnown(user=held.user)
            return DeviceRow(id=held.device, user=held.user, roles=_ROLES)
        account = self.accounts.get(user) if user is not None else None
        if account is None or not set(_ROLES) <= set(account.roles):
            raise DepositOwnerUnknown()
        return DeviceRow(id=held.device, user=account.id, roles=_ROLES)

    def _all(self, device: str) -> Iterator[Lying]:
        place = 0
        while rows := self.quarantine.deposited(device, place, _AT_ONCE):
            for place, received_at, payload in rows:
                yield Lying(place=place, received_at=received_at, payload=payload)


def take_over_routes(
    quarantine: SqlQuarantine, engine: Engine, accounts: Accounts, now: Callable[[], str]
) -> Router:
    """Under `/v1/desk/quarantine`."""
    taking_over = _TakingOver(quarantine, engine, accounts, now)

    @post("/{device_id:str}/take-over", name="desk_take_over", guards=[takes(*_TAKERS)], status_code=200)
    async def take_over(
        device_id: FromPath[str], data: JSONBody[TakeOverBody], request: Request[Any, Any, Any]
    ) -> Response[TakeOverReply]:
        """Its operations enter the records, in the order of their numbers, as the phone's own. Safe to repeat.

        Each is judged by its author's rights as of authoring; what may not be done is parked. Who said so is kept.
        Raises DepositOwnerUnknown, DepositOwnerKnown.
        """
        device, by = device_id.replace("\0", ""), signed_in(request).account
        told = await anyio.to_thread.run_sync(taking_over, device, by, data, language(request))
        return Response(told, headers={"Cache-Control": "no-store"})

    return Router("/quarantine", route_handlers=[take_over])


def _left(place: int, reason: str, spoken: str) -> LeftShown:
    en, zh = _LEFT[reason]
    return LeftShown(place=place, reason=reason, sentence=zh if spoken == "zh" else en)
