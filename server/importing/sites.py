"""Sites: one row each, known by number, with the person to ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.identity import derived_id
from domain.place import site as site_aggregate
from server.importing.cell import code, degrees, text, zone
from server.importing.kind import Cells, Column, ImportKind, Wanted
from server.importing.wrong import Said


def _make(row: Cells) -> Sequence[Wanted]:
    _check_together(row)
    if row.bad:
        return []
    id = row.own_id("site", row["number"])
    site = Wanted(
        entity="site",
        id=id,
        aggregate=site_aggregate(id),
        fields={
            "number": row["number"],
            "customer": row["customer"],
            "name": row.words("name"),
            "address": _address(row),
            "access_notes": row.words("access_notes"),
            "zone": row["zone"],
            "outlet": row["outlet"],
        },
    )
    return [site, *_contact(row, id)]


def _check_together(row: Cells) -> None:
    if row.words("address") is None:
        row.refuse(
            "address_zh", Said("an address is needed in Chinese, English or both", "须填写中文或英文地址")
        )
    if (row["latitude"] is None) != (row["longitude"] is None):
        row.refuse(
            "latitude",
            Said("is given together with longitude or not at all", "与 longitude 须同时填写或同时留空"),
        )
    if row["contact_name"] is None and row["contact_phone"] is not None:
        row.refuse(
            "contact_name", Said("is needed: the phone number is somebody's", "填写电话时须填写联系人姓名")
        )


def _address(row: Cells) -> dict[str, Any]:
    parts = {
        "line": row.words("address"),
        "province": row.words("province"),
        "city": row.words("city"),
        "district": row["district"],
        "lat_e6": row["latitude"],
        "lon_e6": row["longitude"],
    }
    return {name: part for name, part in parts.items() if part is not None}


def _contact(row: Cells, site: str) -> Sequence[Wanted]:
    if row["contact_name"] is None:
        return []
    id = derived_id("contact", site, row["contact_name"])
    fields = {
        "site": site,
        "customer": row["customer"],
        "name": {"zh": row["contact_name"]},
        "phone": row["contact_phone"],
        "primary": True,
    }
    return [Wanted(entity="contact", id=id, aggregate=site_aggregate(site), fields=fields)]


def _both(name: str, meaning: str, zh: str) -> tuple[Column, Column]:
    return (
        Column(f"{name}_zh", f"{meaning}, in Chinese.", f"{zh}（中文）。", text),
        Column(f"{name}_en", f"{meaning}, in English.", f"{zh}（英文）。", text),
    )


SITES = ImportKind(
    "sites",
    "site",
    "number",
    (
        Column("number", "The site's number.", "站点编号。", code, required=True),
        Column(
            "customer", "Number of its customer.", "所属客户编号。", code, required=True, refers_to="customer"
        ),
        *_both("name", "What people call the place", "站点名称"),
        *_both("address", "Street and house", "地址"),
        *_both("province", "Province", "省份"),
        *_both("city", "City", "城市"),
        Column("district", "Code of the district.", "区县代码。", code),
        Column("latitude", "Degrees north.", "纬度（度）。", degrees(90)),
        Column("longitude", "Degrees east.", "经度（度）。", degrees(180)),
        *_both("access_notes", "How to get in", "进场说明"),
        Column("zone", "IANA time zone.", "IANA 时区。", zone, required=True),
        Column("outlet", "Code of the outlet in charge.", "负责网点编码。", code, refers_to="outlet"),
        Column("contact_name", "Whom to ask for.", "联系人姓名。", text),
        Column("contact_phone", "Their phone number.", "联系人电话。", code),
    ),
    _make,
)
