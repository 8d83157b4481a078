"""A company of two customers, two technicians, one skill and one part: what desk tests need."""

from __future__ import annotations

from collections.abc import Mapping

from domain import place
from domain.commands.draft import Drafted, create
from sync.engine import Draft, Engine
from sync.store import DeviceRow

PASSWORD = "correct horse battery"
DOOR = DeviceRow(id="tests", user="tests", roles=("system",))

COMPANY = {
    "customer": "customer-1",
    "site": "site-1",
    "contact": "contact-1",
    "asset": "asset-1",
    "branch_contact": "contact-1b",
    "foreign_contact": "contact-2",
    "foreign_asset": "asset-2",
    "skill": "refrigeration",
    "technician": "u-technician",
    "other_technician": "technician-2",
    "part": "part-1",
    "van": "van-1",
    "store": "store-1",
}


def fill(engine: Engine) -> Mapping[str, str]:
    """Write the company; returns its ids by what they are."""
    drafts = [*_customer(), *_others(), *_people(), *_parts(), *_victims()]
    engine.write(DOOR, [_draft(place, one) for place, one in enumerate(drafts)])
    return COMPANY


def _customer() -> list[Drafted]:
    site = place.site("site-1")
    return [
        create("customer", "customer-1", place.customer("customer-1"), number="C-1", name={"zh": "老王面馆"}),
        create(
            "site",
            "site-1",
            site,
            number="S-1",
            customer="customer-1",
            name={"zh": "老王面馆"},
            address={"line": {"zh": "长宁路1号"}},
            zone="Asia/Shanghai",
        ),
        create(
            "contact",
            "contact-1",
            site,
            site="site-1",
            customer="customer-1",
            name={"zh": "王小明"},
            phone="138-0013-8000",
        ),
        create(
            "asset", "asset-1", site, site="site-1", customer="customer-1", equipment="RF", serial="SN-0042"
        ),
    ]


def _others() -> list[Drafted]:
    """A branch of the same customer, and another customer with a person and equipment."""
    address = {"line": {"zh": "南京路2号"}}
    zone = "Asia/Shanghai"
    branch, foreign = place.site("site-1b"), place.site("site-2")
    return [
        create("site", "site-1b", branch, number="S-1B", customer="customer-1", address=address, zone=zone),
        create("contact", "contact-1b", branch, site="site-1b", name={"zh": "李总部"}),
        create("customer", "customer-2", place.customer("customer-2"), number="C-2", name={"zh": "大华酒店"}),
        create("site", "site-2", foreign, number="S-2", customer="customer-2", address=address, zone=zone),
        create("contact", "contact-2", foreign, site="site-2", name={"zh": "张大华"}),
        create("asset", "asset-2", foreign, site="site-2", equipment="RF", serial="DH-0001"),
    ]


def _people() -> list[Drafted]:
    skill = create(
        "skill", "skill-1", place.SHARDS["skill"], code="refrigeration", name={"zh": "制冷", "en": "Cooling"}
    )
    return [
        skill,
        *(
            create("technician", id, place.self_of(id), number=number, name={"zh": number}, active=True)
            for id, number in (("u-technician", "T1"), ("technician-2", "T2"))
        ),
    ]


def _parts() -> list[Drafted]:
    return [
        create("part", "part-1", place.SHARDS["part"], code="P-1", name={"zh": "压缩机"}, price_fen=100_00),
        create("stock_location", "van-1", place.stock("van-1"), code="V-1", kind="van"),
        create("stock_location", "store-1", place.stock("store-1"), code="W-1", kind="warehouse"),
    ]


def _victims() -> list[Drafted]:
    """What tests with hostile input may reach, change and delete."""
    id = "victim-1"
    return [
        create("customer", id, place.customer(id), number="V-1", name={"zh": "任意"}),
        create(
            "site",
            id,
            place.site(id),
            number="V-1",
            customer=id,
            address={"line": {"zh": "任意"}},
            zone="Asia/Shanghai",
        ),
        create("contact", id, place.site(id), site=id, name={"zh": "任意"}),
        create("asset", id, place.site(id), site=id, equipment="RF"),
        create("part", id, place.SHARDS["part"], code="V-1", name={"zh": "任意"}, price_fen=1),
    ]


def _draft(place: int, one: Drafted) -> Draft:
    return Draft(
        id=f"tests-{place}",
        entity=one.entity,
        record=one.record,
        aggregate=one.aggregate,
        set=one.set,
        action=one.action,
    )
