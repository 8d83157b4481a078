"""What a dispatcher is told who planned a visit unaware of another one: both stand, and the inbox asks."""

from __future__ import annotations

from typing import Any

import anyio
import msgspec
from litestar import Response

from domain.follow_plan import plans_beside
from server.db.accounts import Accounts
from server.desk.door import Written
from server.desk.records import Records
from sync.record import Record

_EN = (
    "Both plans stand: since you read this work order, {planner} has planned {technician} for it. "
    "Decide in the inbox: keep both, or withdraw one."
)
_ZH = "两个安排均已保留：您读取该工单之后，{planner}已为其安排{technician}。请在待办箱中决定：两人都去，或撤回其一。"
_SOMEBODY = ("somebody", "他人")


class PlannedMeanwhile(msgspec.Struct, kw_only=True):
    """Another visit of the same role that was planned since the form was read."""

    visit: str
    technician: str
    window: dict[str, str] | None
    planned_by: str | None
    """Id of whoever planned it; null: not known."""
    inbox_item: str
    """Where it is decided: `keep_both`, `withdraw_first` (that one) or `withdraw_second` (this one)."""
    sentence: str


class Planned(Written, kw_only=True):
    """The answer to a planned visit."""

    meanwhile: list[PlannedMeanwhile] = []


async def planned(
    records: Records, accounts: Accounts, answer: Response[Written], spoken: str
) -> Response[Planned]:
    """The same answer, with the plans of which the dispatcher could not know."""
    written = answer.content

    def work() -> list[PlannedMeanwhile]:
        visits = [one.partition("/")[2] for one in written.records if one.startswith("visit/")]
        if not visits:
            return []
        _, found = records.all_of(written.aggregate)
        items = [one for one in found if one.entity == "inbox_item" and not one.deleted]
        return [_told(one, records, accounts, spoken) for one in plans_beside(visits[-1], items)]

    meanwhile = await anyio.to_thread.run_sync(work)
    content = Planned(**msgspec.structs.asdict(written), meanwhile=meanwhile)
    return Response(content, status_code=answer.status_code, headers=answer.headers)


def _told(item: Record, records: Records, accounts: Accounts, spoken: str) -> PlannedMeanwhile:
    first: dict[str, Any] = item.fields["detail"]["first"]
    account = accounts.get(first["planned_by"]) if first["planned_by"] else None
    planner = account.display_name if account else first["planned_by"] or _SOMEBODY[spoken == "zh"]
    technician = _name(records.find("technician", first["technician"]), spoken) or first["technician"]
    return PlannedMeanwhile(
        **first,
        inbox_item=item.id,
        sentence=(_ZH if spoken == "zh" else _EN).format(planner=planner, technician=technician),
    )


def _name(technician: Record | None, spoken: str) -> str:
    name: dict[str, str] = (technician.fields.get("name") or {}) if technician is not None else {}
    return name.get(spoken) or name.get("zh") or name.get("en") or ""
