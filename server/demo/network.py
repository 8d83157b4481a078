"""What desks know of the company: outlets, the districts that they serve, service contracts."""

from __future__ import annotations

from collections.abc import Iterator

from domain.commands.draft import Drafted, create
from domain.place import COMPANY
from server.demo.content.load import Content, Record


def network(content: Content) -> Iterator[list[Drafted]]:
    """Outlets and territories; their ids are their codes. It depends on no date."""
    for outlet in content.outlets:
        yield [_outlet(outlet), *(_territory(outlet, district) for district in outlet["territory"])]


def contracts(base: dict[str, list[Record]]) -> Iterator[list[Drafted]]:
    """What customers have been promised beyond the warranty."""
    for row in base["contracts"]:
        fields = {name: value for name, value in row.items() if name != "id"}
        yield [create("service_contract", row["id"], COMPANY["service_contract"], **fields)]


def _outlet(row: Record) -> Drafted:
    return create(
        "outlet",
        row["code"],
        COMPANY["outlet"],
        code=row["code"],
        name=row["name"],
        address={
            "line": row["address"],
            "province": row["province"],
            "city": row["city"],
            "lat_e6": row["lat_e6"],
            "lon_e6": row["lon_e6"],
        },
        zone=row["zone"],
        phone=row["phone"],
    )


def _territory(outlet: Record, district: Record) -> Drafted:
    return create(
        "territory",
        district["code"],
        COMPANY["territory"],
        code=district["code"],
        name=district["name"],
        outlet=outlet["code"],
        districts=[district["code"]],
        centre={"lat_e6": district["lat_e6"], "lon_e6": district["lon_e6"]},
    )
