"""A case with all that an expert looks at beside it, and the queue of cases in the order of their clocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import anyio
import msgspec
from litestar import Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from domain.identity import history_id
from domain.instant import after as minutes_after
from domain.remind_case import WAITING
from server.db.connection import Database
from server.db.queries.cases import ArticleRow, articles, open_cases
from server.desk.desk import Desk, who
from server.desk.page import After, Limit, Page, page, place
from server.desk.records import Shown, shown
from server.desk.session import SignedIn, takes
from sync.record import Record

READERS = ("expert", "dispatcher", "supervisor", "auditor", "admin")
ENGAGED_MINUTES = 60
"""Within an hour of an urgent request an expert is engaged."""
_OPEN = (*WAITING, "claimed", "ineffective")
_BESIDE = ("media", "annotation", "verdict")


class QueuedCase(Shown, kw_only=True):
    """A case that is not answered, or whose answer did not help."""

    number: str | None
    """Of its work order."""
    due_at: str | None
    """Until when an expert is to be engaged; null where nobody waits for that."""
    clips: int
    clips_here: int
    """Photos and clips about it, and how many of their originals are on the server."""


class CasePage(msgspec.Struct, kw_only=True):
    """What is known."""

    case: Shown
    base: str
    """Goes into the If-Match of what you write about it."""
    due_at: str | None
    order: Shown | None
    asset: Shown | None
    history: list[dict[str, Any]]
    """The last orders of this equipment, as they were closed, the newest last."""
    earlier: list[Shown]
    """Verdicts of other cases of the same order."""
    records: dict[str, list[Shown]]
    """Of this case: `media`, `annotation` and `verdict`, each ordered by id."""
    knowledge: list[ArticleRow]
    """Published articles about such equipment, those of the same fault first."""


def case_page_routes(desk: Desk, database: Database) -> Sequence[HTTPRouteHandler]:
    """Under `/v1/desk`."""

    @get("/expert-queue", name="desk_expert_queue", guards=[takes(*READERS)])
    async def queue(after: After = "", limit: Limit = 100) -> Page[QueuedCase]:
        """What waits for an expert: the urgent by the time that is left, then the others, the longest waiting first."""

        def read() -> Page[QueuedCase]:
            ids = open_cases(database, _OPEN)
            found = desk.records.reading.records([("expert_case", id) for id in ids])
            cases = sorted((case for case in found.values() if not case.deleted), key=_by_clock)
            begin = tuple(place("expert-queue", after) or ())
            rows = [_queued(desk, case) for case in cases if _by_clock(case) > begin][: limit + 1]
            return page("expert-queue", rows, limit, _by_clock)

        return await anyio.to_thread.run_sync(read)

    @get("/expert-cases/{case_id:str}", name="desk_read_case", guards=[takes(*READERS)])
    async def one(case_id: FromPath[str], request: Request[Any, Any, Any]) -> CasePage:
        """The case with its clips, drawings and answers, its equipment's history, and what is known of such faults."""
        return await anyio.to_thread.run_sync(_page, desk, database, case_id, who(request))

    return [queue, one]


def _page(desk: Desk, database: Database, case_id: str, person: SignedIn) -> CasePage:
    case = desk.live("expert_case", case_id, person)
    ver, records = desk.records.all_of(case.aggregate)
    live = sorted((one for one in records if not one.deleted), key=lambda one: one.id)
    order = next((one for one in live if one.entity == "work_order"), None)
    asset = desk.records.find("asset", (order.fields.get("asset") if order else None) or "")
    verdicts = [one for one in live if one.entity == "verdict"]
    mine = [one for one in verdicts if one.fields["expert_case"] == case_id]
    beside = [*_clips(case, live), *(one for one in live if _is_about(one, case_id))]
    return CasePage(
        case=shown(case),
        base=f"{desk.records.epoch}:{ver}",
        due_at=_due(case),
        order=None if order is None else shown(order),
        asset=None if asset is None else shown(asset),
        history=_history(desk, asset),
        earlier=[shown(one) for one in verdicts if one not in mine],
        records={entity: [shown(one) for one in beside if one.entity == entity] for entity in _BESIDE},
        knowledge=articles(
            database, _word(asset, "equipment"), _word(mine[-1] if mine else None, "fault_code")
        ),
    )


def _is_about(record: Record, case_id: str) -> bool:
    return record.entity in ("annotation", "verdict") and record.fields["expert_case"] == case_id


def _clips(case: Record, records: Sequence[Record]) -> list[Record]:
    named = frozenset(case.fields.get("media") or ())
    return [
        one
        for one in records
        if one.entity == "media" and (one.fields.get("about") == f"expert_case/{case.id}" or one.id in named)
    ]


def _history(desk: Desk, asset: Record | None) -> list[dict[str, Any]]:
    known = None if asset is None else desk.records.find("history", history_id(asset.id))
    return [] if known is None else known.fields.get("entries") or []


def _queued(desk: Desk, case: Record) -> QueuedCase:
    _, records = desk.records.all_of(case.aggregate)
    clips = _clips(case, [one for one in records if not one.deleted])
    order = next((one for one in records if one.entity == "work_order"), None)
    plain: Mapping[str, Any] = msgspec.structs.asdict(shown(case))
    return QueuedCase(
        **plain,
        number=None if order is None else order.fields.get("number"),
        due_at=_due(case),
        clips=len(clips),
        clips_here=sum(clip.fields["state"] in ("stored", "verified") for clip in clips),
    )


def _by_clock(case: Record | QueuedCase) -> tuple[str, ...]:
    """Urgent ones first, by when they came here; then by when they were asked."""
    fields = case.fields
    urgent = bool(fields.get("urgent"))
    since = (fields.get("received_at") if urgent else None) or fields.get("asked_at") or ""
    return ("urgent" if urgent else "waiting", since, case.id)


def _due(case: Record) -> str | None:
    received_at = case.fields.get("received_at")
    if received_at is None or case.fields["state"] not in WAITING:
        return None
    return minutes_after(received_at, ENGAGED_MINUTES)


def _word(record: Record | None, field: str) -> str:
    return (record.fields.get(field) if record is not None else None) or ""
