"""What is held about a customer: handed out or erased, by whoever answers for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import anyio
import msgspec
import structlog
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, JSONBody

from server.db.erasures import Erasure
from server.desk.desk import Body
from server.desk.page import After, Limit, Page, page, place
from server.desk.problems import ErasureBlocked, RecordMissing
from server.desk.session import language, signed_in, takes
from server.personal.erasing import Blocked, NoSuchCustomer, Report
from server.personal.export import MEDIA_TYPE, export_file, file_name
from server.personal.held import held_about
from server.personal.plan import BLOCKED, KEPT, Plan
from server.service import Service

_RESPONSIBLE = ("supervisor", "admin")
_NO_STORE = {"Cache-Control": "no-store"}
_STILL_TO_DO = (
    "Backups made before hold the data still, and so do old pages of the database until `doorstep personal repeat` "
    "has run on the server.",
    "此前的备份仍含有这些信息；数据库旧页面须在服务器上运行“doorstep personal repeat”后才会清除。",
)

log = structlog.get_logger()


class KeptShown(msgspec.Struct, kw_only=True):
    """Something that an erasure leaves, and why."""

    what: str
    count: int
    sentence: str


class BlockShown(msgspec.Struct, kw_only=True):
    """Something that must be ended first."""

    why: str
    entity: str
    id: str
    number: str
    sentence: str


class ErasurePlan(msgspec.Struct, kw_only=True):
    """What an erasure would do; nothing was changed."""

    customer: str
    number: str
    erased: bool
    blocked_by: list[BlockShown]
    sites: int
    orders: int
    records: int
    to_blank: dict[str, int]
    files: int
    kept: list[KeptShown]


class ErasureDone(msgspec.Struct, kw_only=True):
    """What was done this time, and what only the server's operator can do."""

    report: Report
    still_to_do: str


class ErasureAsked(Body):
    """Why; a code, since it is kept."""

    reason: Literal["request", "retention", "other"]


def personal_routes(service: Service) -> Sequence[Router]:
    """Under `/v1/desk/customers/{id}`, and `/v1/desk/erasures`."""
    guards = [takes(*_RESPONSIBLE)]

    @get(
        "/{customer_id:str}/personal-data",
        name="desk_export_personal_data",
        guards=guards,
        media_type=MEDIA_TYPE,
    )
    async def export(customer_id: FromPath[str], request: Request[Any, Any, Any]) -> Response[bytes]:
        """Everything held about a customer, as a ZIP to hand out: `data.json`, and a page in each language."""

        def made() -> tuple[str, bytes]:
            held = held_about(service.store.database, _id(customer_id), service.now())
            return file_name(held), export_file(held)

        name, data = await _told(made)
        log.info("personal data exported", customer=customer_id, by=signed_in(request).account)
        headers = _NO_STORE | {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(data, media_type=MEDIA_TYPE, headers=headers)

    @get("/{customer_id:str}/erasure", name="desk_plan_erasure", guards=guards)
    async def planned(customer_id: FromPath[str], request: Request[Any, Any, Any]) -> Response[ErasurePlan]:
        """What an erasure would take out, what would stay and why, and what is in its way."""
        found = await _told(lambda: service.erasing.plan(_id(customer_id)))
        return Response(_plan_shown(found, language(request)), headers=_NO_STORE)

    @post("/{customer_id:str}/erasure", name="desk_erase_customer", guards=guards, status_code=200)
    async def erased(
        customer_id: FromPath[str], data: JSONBody[ErasureAsked], request: Request[Any, Any, Any]
    ) -> Response[ErasureDone]:
        """Take out what says who the customer is, everywhere and for good. Safe to repeat; raises ErasureBlocked."""
        by = signed_in(request).account
        report = await _told(lambda: service.erasing.erase(_id(customer_id), reason=data.reason, by=by))
        told = ErasureDone(report=report, still_to_do=_STILL_TO_DO[language(request) == "zh"])
        return Response(told, headers=_NO_STORE)

    @get("/", name="desk_list_erasures", guards=guards)
    async def listed(after: After = "", limit: Limit = 100) -> Page[Erasure]:
        """Erased customers, the oldest first; one without `finished_at` was broken off: erase it again."""
        begin = tuple(place("erasures", after) or ())
        found = await anyio.to_thread.run_sync(service.erasing.listed)
        return page("erasures", [one for one in found if _moment(one) > begin], limit, _moment)

    return [
        Router("/customers", route_handlers=[export, planned, erased]),
        Router("/erasures", route_handlers=[listed]),
    ]


def _moment(erasure: Erasure) -> tuple[str, ...]:
    return (erasure.asked_at, erasure.customer)


async def _told(work: Any) -> Any:
    try:
        return await anyio.to_thread.run_sync(work)
    except NoSuchCustomer:
        raise RecordMissing(entity="customer") from None
    except Blocked as blocked:
        raise ErasureBlocked([msgspec.to_builtins(one) for one in blocked.blocked_by]) from None


def _id(customer_id: str) -> str:
    return customer_id.replace("\0", "")


def _plan_shown(found: Plan, spoken: str) -> ErasurePlan:
    in_chinese = spoken == "zh"
    return ErasurePlan(
        customer=found.customer,
        number=found.number,
        erased=found.erased,
        blocked_by=[
            BlockShown(
                why=one.why,
                entity=one.entity,
                id=one.id,
                number=one.number,
                sentence=BLOCKED[one.why][in_chinese].format(number=one.number or one.id),
            )
            for one in found.blocked_by
        ],
        sites=found.sites,
        orders=found.orders,
        records=found.records,
        to_blank=found.to_blank,
        files=found.files,
        kept=[
            KeptShown(what=what, count=count, sentence=KEPT[what][in_chinese])
            for what, count in found.kept.items()
        ],
    )
