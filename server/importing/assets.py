"""Equipment: one row each, known by serial number."""

from __future__ import annotations

from collections.abc import Sequence

from domain.place import site as site_aggregate
from server.importing.cell import code, day, text
from server.importing.kind import Cells, Column, ImportKind, RowProblem, Wanted


def _make(row: Cells) -> Sequence[Wanted]:
    id = row.own_id("asset", row["serial"])
    site = row["site"]
    there = row.known.fields_of("asset", id)
    if there is not None and there.get("site") != site:
        raise RowProblem("site", "this equipment stands at another site; move it at a desk")
    found = row.known.fields_of("site", site) or {}
    fields = {
        "site": site,
        "customer": found.get("customer"),
        "equipment": row["equipment"],
        "model": row["model"],
        "serial": row["serial"],
        "place": row.words("place"),
        "shipped_on": row["shipped_on"],
        "installed_on": row["installed_on"],
        "commissioned_on": row["commissioned_on"],
    }
    return [Wanted(entity="asset", id=id, aggregate=site_aggregate(site), fields=fields)]


ASSETS = ImportKind(
    "assets",
    "serial",
    (
        Column("serial", "Serial number, as on the nameplate.", code, required=True),
        Column("site", "Number of the site where it stands.", code, required=True, refers_to="site"),
        Column("equipment", "Code of the equipment type.", code, required=True),
        Column("model", "Model, as on the nameplate.", text),
        Column("place_zh", "Where on the site, in Chinese.", text),
        Column("place_en", "Where on the site, in English.", text),
        Column("shipped_on", "Day of shipment.", day),
        Column("installed_on", "Day of installation.", day),
        Column("commissioned_on", "Day of commissioning; the warranty starts.", day),
    ),
    _make,
)
