"""The company that every run begins with: three technicians, two customers, four orders, a few readings."""

from __future__ import annotations

from collections.abc import Iterator

from domain import place
from domain.commands import dispatch, order
from domain.commands.draft import Drafted, create
from sim.schema import READING

TECHNICIANS = ("t1", "t2", "t3")
VANS = {"t1": "V1", "t2": "V2", "t3": "V3"}
PARTS = ("P1", "P2")
ORDERS = {
    "W1": ("S1", "C1", "A1"),
    "W2": ("S1", "C1", "A2"),
    "W3": ("S2", "C2", "A3"),
    "W4": ("S2", "C2", "A3"),
}
VISITS = (("W1", "v1", "t1"), ("W1", "v2", "t2"), ("W2", "v3", "t2"), ("W3", "v4", "t3"), ("W4", "v5", "t1"))
STEPS = ("s1", "s2")
TEMPLATE = "full-test-1"
DAWN = "2026-01-01T08:00:00Z"


def founding() -> Iterator[tuple[str, list[Drafted]]]:
    """(role, drafts) of each write of the first morning."""
    yield "admin", [template(TEMPLATE, 1)]
    yield (
        "storekeeper",
        [
            create("part", code, place.SHARDS["part"], code=code, name={"zh": "零件"}, price_fen=6800)
            for code in PARTS
        ],
    )
    yield (
        "admin",
        [
            create("technician", who, place.self_of(who), number=who, name={"zh": "周建国"}, active=True)
            for who in TECHNICIANS
        ],
    )
    yield (
        "storekeeper",
        [
            create("stock_location", van, place.stock(van), code=van, kind="van", technician=who)
            for who, van in VANS.items()
        ],
    )
    yield (
        "dispatcher",
        [
            Drafted(entity="technician", record=who, aggregate=place.self_of(who), set={"van": van})
            for who, van in VANS.items()
        ],
    )
    drafts = _places()
    for id, (site, customer, asset) in ORDERS.items():
        drafts += opened(id, site, customer, asset)
        drafts += [
            create(READING, f"r{number}-{id}", place.work_order(id), label=f"reading {number}")
            for number in (1, 2)
        ]
    for id, visit, technician in VISITS:
        drafts += assigned(id, visit, technician)
    yield "dispatcher", drafts


def template(id: str, version: int) -> Drafted:
    """One version of the full test."""
    steps = [{"id": step, "text": {"zh": "检查"}, "required": True, "may_be_waived": True} for step in STEPS]
    return create(
        "checklist_template",
        id,
        place.SHARDS["checklist_template"],
        code="full_test",
        version=version,
        name={"zh": "完整测试"},
        steps=steps,
    )


def opened(id: str, site: str, customer: str, asset: str) -> list[Drafted]:
    """An order, as the desk opens it."""
    return order.open_order(
        order=id,
        request=f"q-{id}",
        site=site,
        customer=customer,
        asset=asset,
        channel="phone",
        kind="fault",
        opened_at=DAWN,
        opened_on=DAWN[:10],
        opened_by="u-dispatcher",
        symptom="不制冷",
        asked="冷柜不制冷",
    )


def assigned(id: str, visit: str, technician: str) -> list[Drafted]:
    """A visit, dispatched at once."""
    window = {"starts_at": "2026-01-02T09:00:00Z", "ends_at": "2026-01-02T11:00:00Z"}
    return dispatch.assign(
        order=id, visit=visit, technician=technician, window=window, checklists=[TEMPLATE], ordinal=1
    )


def _places() -> list[Drafted]:
    address = {"line": {"zh": "张江路1号"}, "city": {"zh": "上海市"}}
    found = []
    for number in ("1", "2"):
        site, customer = f"S{number}", f"C{number}"
        found += [
            create("customer", customer, place.customer(customer), number=customer, name={"zh": "海风餐厅"}),
            create(
                "site",
                site,
                place.site(site),
                number=site,
                customer=customer,
                address=address,
                zone="Asia/Shanghai",
            ),
            create(
                "contact",
                f"K{number}",
                place.site(site),
                site=site,
                name={"zh": "王店长"},
                phone="13900001000",
            ),
        ]
    for asset, site in (("A1", "S1"), ("A2", "S1"), ("A3", "S2")):
        found.append(
            create("asset", asset, place.site(site), site=site, equipment="RF", serial=f"SL-{asset}")
        )
    return found
