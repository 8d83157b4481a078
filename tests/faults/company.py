"""A company of a few technicians, each with a job, who all take parts from one shelf: made before its server starts."""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec

from domain import place
from domain.commands import dispatch, order
from domain.commands.draft import Drafted, create
from domain.identity import stock_level_id
from server.bootstrap import open_service
from server.db.accounts import Account
from server.service import Service
from server.settings import read_settings
from sync.engine import Draft
from sync.store import DeviceRow
from tests.parts.server_process import SECRET

DOOR = DeviceRow(id="faults-office", user="u-office", roles=("system",))
SHELF, PART, ON_SHELF = "shelf-1", "part-1", 1_000_000
LEVEL = stock_level_id(SHELF, PART)
WINDOW = {"starts_at": "2031-05-05T01:00:00Z", "ends_at": "2031-05-05T03:00:00Z"}


class Job(msgspec.Struct, frozen=True):
    """A technician and the visit that is theirs."""

    technician: str
    code: str
    """Enrols their phone, once."""
    order: str
    visit: str

    @property
    def home(self) -> str:
        """The aggregate of the job."""
        return place.work_order(self.order)


def variables(database_url: str, folder: Path) -> dict[str, str]:
    """The settings of the company's server."""
    return {
        "DOORSTEP_DATABASE_URL": database_url,
        "DOORSTEP_BLOB_STORE_URL": f"file:{folder / 'blobs'}",
        "DOORSTEP_SECRET": SECRET,
        "DOORSTEP_LOG_LEVEL": "warning",
    }


def found_company(database_url: str, folder: Path, technicians: int) -> list[Job]:
    """Make tables and company; its server is started afterwards."""
    service = open_service(read_settings(variables(database_url, folder)), migrate=True)
    try:
        _write(service, _places())
        return [hire(service, number) for number in range(technicians)]
    finally:
        service.close()


def hire(service: Service, number: int) -> Job:
    """One more technician, with an order and a visit."""
    technician, order_id, visit = f"u-technician-{number}", f"order-{number}", f"visit-{number}"
    account = Account(
        id=technician,
        login=f"technician-{number}",
        display_name=f"T{number}",
        roles=("technician",),
        password_hash="",
    )
    service.accounts.put(account)
    named = {"number": f"T-{number}", "name": {"zh": "周建国"}, "active": True}
    _write(
        service,
        [
            create("technician", technician, place.self_of(technician), **named),
            *order.open_order(
                order=order_id, request=f"request-{number}", site="site-1", customer="customer-1", channel="phone",
                kind="fault", opened_at="2031-05-05T00:00:00Z", opened_on="2031-05-05", opened_by="u-office",
                symptom="不制冷", asked="冷柜不制冷",
            ),
            *dispatch.assign(order=order_id, visit=visit, technician=technician, window=WINDOW),
        ],
    )  # fmt: skip
    code, _ = service.enrolling.code_for(technician)
    return Job(technician, code, order_id, visit)


def _places() -> list[Drafted]:
    return [
        create("customer", "customer-1", place.customer("customer-1"), number="C-1", name={"zh": "海风餐厅"}),
        create(
            "site", "site-1", place.site("site-1"), number="S-1", customer="customer-1", name={"zh": "海风餐厅"},
            address={"line": {"zh": "张江路1号"}}, zone="Asia/Shanghai",
        ),
        create("part", PART, place.SHARDS["part"], code="P-1", name={"zh": "压缩机"}, price_fen=100_00),
        create("stock_location", SHELF, place.stock(SHELF), code="W-1", kind="warehouse"),
        create(
            "stock_move", "receipt-1", place.stock(SHELF), part=PART, quantity=ON_SHELF, kind="receipt",
            to_location=SHELF,
        ),
    ]  # fmt: skip


def _write(service: Service, drafted: list[Drafted]) -> None:
    drafts = [
        Draft(
            id=f"office-{secrets.token_hex(8)}",
            entity=one.entity,
            record=one.record,
            aggregate=one.aggregate,
            set=one.set,
            action=one.action,
        )
        for one in drafted
    ]
    service.engine.write(DOOR, drafts)
