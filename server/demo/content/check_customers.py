"""Checks over the generated customers: references, places, dates, serials, warranty ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from server.demo.content.warranty import warranty_ends
from server.demo.content.world import World

REFERENCES = {
    "sites": {"customer": "customers"},
    "contacts": {"customer": "customers", "site": "sites"},
    "assets": {"customer": "customers", "site": "sites", "contract": "contracts"},
    "contracts": {"customer": "customers"},
    "maintenance_plans": {"contract": "contracts", "asset": "assets"},
}


def customer_references(world: World) -> Iterator[str]:
    ids = {name: {row["id"] for row in rows} for name, rows in world.base.items()}
    for name, fields in REFERENCES.items():
        for row in world.base[name]:
            for field, target in fields.items():
                if row[field] is not None and row[field] not in ids[target]:
                    yield f"{name} {row['id']}: {field} refers to nothing"
    for asset in world.base["assets"]:
        if world.by_id.get(asset["site"], {}).get("customer") != asset["customer"]:
            yield f"asset {asset['serial']}: its site belongs to somebody else"


def sites_in_territory(world: World) -> Iterator[str]:
    territory = {
        row["code"]: (outlet["code"], row) for outlet in world.content.outlets for row in outlet["territory"]
    }
    for site in world.base["sites"]:
        outlet, district = territory[site["district"]]
        far = max(abs(site["lat_e6"] - district["lat_e6"]), abs(site["lon_e6"] - district["lon_e6"])) > 30_000
        if (
            outlet != site["outlet"]
            or far
            or district["name"]["zh"] not in site["address"]["zh"]
            or not site["contacts"]
        ):
            yield f"site {site['number']}: outside its district, or without a contact"


def assets_dated(world: World) -> Iterator[str]:
    """Shipped before installed before today, warranty ends as the terms say."""
    for asset in world.base["assets"]:
        shipped, commissioned = (
            date.fromisoformat(asset[name]) for name in ("shipped_on", "commissioned_on")
        )
        if not shipped < commissioned < world.today or asset["installed_on"] > asset["commissioned_on"]:
            yield f"asset {asset['serial']}: dates out of order"
        if asset["warranty"] != warranty_ends(
            world.content.equipment_by_code[asset["equipment"]], shipped, commissioned
        ):
            yield f"asset {asset['serial']}: warranty does not follow its dates"


def serials_valid(world: World) -> Iterator[str]:
    for asset in world.base["assets"]:
        equipment = world.content.equipment_by_code[asset["equipment"]]
        digits = re.sub(r"\D", "", asset["serial"])
        check = sum((place + 1) * int(digit) for place, digit in enumerate(digits[:-1])) % 10
        known = asset["model"] in {row["code"] for row in equipment["models"]}
        if (
            not known
            or not re.match(equipment["serial"]["pattern"], asset["serial"])
            or check != int(digits[-1])
        ):
            yield f"asset {asset['serial']}: serial or model does not fit its equipment"


CUSTOMER_CHECKS = (customer_references, sites_in_territory, assets_dated, serials_valid)
