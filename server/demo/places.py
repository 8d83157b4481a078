"""Customers, their sites, the people met there, and the equipment with its warranty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from domain import place
from domain.commands.draft import Drafted, create
from server.demo.content.identity import stable_id
from server.demo.content.load import Content, Record

RULES = {
    "unit": "自发货{from_shipment}个月或自调试{from_commissioning}个月，以先到者为准",
    "main": "主要部件自调试{main}个月",
    "compressor": "压缩机自调试{compressor}个月",
}


@dataclass
class Doorsteps:
    """What belongs to one customer."""

    customer: Record
    sites: list[Record] = field(default_factory=list)
    contacts: list[Record] = field(default_factory=list)
    assets: list[Record] = field(default_factory=list)


def by_customer(base: dict[str, list[Record]]) -> Iterator[Doorsteps]:
    """All customers, in their numbers' order."""
    rows: dict[str, dict[str, list[Record]]] = {
        name: defaultdict(list) for name in ("sites", "contacts", "assets")
    }
    for name, found in rows.items():
        for row in base[name]:
            found[row["customer"]].append(row)
    for customer in base["customers"]:
        mine = {name: found[customer["id"]] for name, found in rows.items()}
        yield Doorsteps(customer, **mine)


def masters(content: Content, doorsteps: Doorsteps) -> list[Drafted]:
    """The customer, then sites with people and equipment."""
    drafted = [_customer(doorsteps.customer), *map(_site, doorsteps.sites)]
    drafted += map(_contact, doorsteps.contacts)
    for asset in doorsteps.assets:
        drafted += [_asset(asset), *_warranty(content, asset)]
    return drafted


def _customer(row: Record) -> Drafted:
    return create(
        "customer",
        row["id"],
        place.customer(row["id"]),
        number=row["number"],
        name=row["name"],
        kind=row["kind"],
        tier=row["tier"],
        language=row["language"],
        segment=row["segment"],
        outlet=row["outlet"],
        customer_since=row["since"],
    )


def _site(row: Record) -> Drafted:
    return create(
        "site",
        row["id"],
        place.site(row["id"]),
        number=row["number"],
        customer=row["customer"],
        name=row["name"],
        address={
            "line": row["address"],
            "province": row["province"],
            "city": row["city"],
            "district": row["district"],
            "lat_e6": row["lat_e6"],
            "lon_e6": row["lon_e6"],
        },
        access_notes=row["access_notes"],
        zone=row["zone"],
        outlet=row["outlet"],
        territory=row["district"],
        special_needs=row["special_needs"],
    )


def _contact(row: Record) -> Drafted:
    return create(
        "contact",
        row["id"],
        place.site(row["site"]),
        site=row["site"],
        customer=row["customer"],
        name=row["name"],
        role=row["role"],
        phone=row["phone"],
        channel=row["channel"],
        primary=row["primary"],
    )


def _asset(row: Record) -> Drafted:
    return create(
        "asset",
        row["id"],
        place.site(row["site"]),
        site=row["site"],
        customer=row["customer"],
        equipment=row["equipment"],
        model=row["model"],
        serial=row["serial"],
        place=row["place"],
        shipped_on=row["shipped_on"],
        installed_on=row["installed_on"],
        commissioned_on=row["commissioned_on"],
        contract=row["contract"],
    )


def _warranty(content: Content, asset: Record) -> Iterator[Drafted]:
    terms = content.equipment_by_code[asset["equipment"]]["warranty"]
    for component_class, until in asset["warranty"].items():
        yield create(
            "warranty_term",
            stable_id("warranty_term", asset["id"], component_class),
            place.site(asset["site"]),
            asset=asset["id"],
            component_class=component_class,
            starts_on=asset["commissioned_on"],
            ends_on=until,
            rule=RULES[component_class].format(**terms["months"], **terms["unit_rule"]),
        )
