"""Sites: one row each, known by number, with the person to ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.identity import derived_id
from domain.place import site as site_aggregate
from server.importing.cell import code, degrees, text, zone
from server.importing.kind import Cells, Column, ImportKind, RowProblem, Wanted


def _make(row: Cells) -> Sequence[Wanted]:
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


def _address(row: Cells) -> dict[str, Any]:
    line = row.words("address")
    if line is None:
        raise RowProblem("address_zh", "an address is needed in Chinese, English or both")
    if (row["latitude"] is None) != (row["longitude"] is None):
        raise RowProblem("latitude", "latitude and longitude are given together or not at all")
    parts = {
        "line": line,
        "province": row.words("province"),
        "city": row.words("city"),
        "district": row["district"],
        "lat_e6": row["latitude"],
        "lon_e6": row["longitude"],
    }
    return {name: part for name, part in parts.items() if part is not None}


def _contact(row: Cells, site: str) -> Sequence[Wanted]:
    if row["contact_name"] is None:
        if row["contact_phone"] is not None:
            raise RowProblem("contact_name", "a phone number needs the name of its person")
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


def _both(name: str, meaning: str) -> tuple[Column, Column]:
    return (
        Column(f"{name}_zh", f"{meaning}, in Chinese.", text),
        Column(f"{name}_en", f"{meaning}, in English.", text),
    )


SITES = ImportKind(
    "sites",
    "number",
    (
        Column("number", "The site's number.", code, required=True),
        Column("customer", "Number of its customer.", code, required=True, refers_to="customer"),
        *_both("name", "What people call the place"),
        *_both("address", "Street and house"),
        *_both("province", "Province"),
        *_both("city", "City"),
        Column("district", "Code of the district.", code),
        Column("latitude", "Degrees north.", degrees(90)),
        Column("longitude", "Degrees east.", degrees(180)),
        *_both("access_notes", "How to get in"),
        Column("zone", "IANA time zone.", zone, required=True),
        Column("outlet", "Code of the outlet in charge.", code, refers_to="outlet"),
        Column("contact_name", "Whom to ask for.", text),
        Column("contact_phone", "Their phone number.", code),
    ),
    _make,
)
