"""Equipment: one row each, known by serial number."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from domain.place import site as site_aggregate
from server.db.queries.codes import plain_serial
from server.importing.cell import code, day, text
from server.importing.kind import Cells, Column, ImportKind, Wanted
from server.importing.wrong import Said, unknown_code

_AT_ANOTHER_SITE = Said(
    "the equipment stands at another site; move it at a desk", "该设备位于其他站点，请在办公端办理迁移"
)


def _make(row: Cells, new_models: bool) -> Sequence[Wanted]:
    id = row.own_id("asset", row["serial"])
    site = row["site"]
    there = row.known.fields_of("asset", id)
    if there is not None and there.get("site") != site:
        row.refuse("site", _AT_ANOTHER_SITE)
    _check_catalogue(row, new_models)
    if row.bad:
        return []
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


def _check_catalogue(row: Cells, new_models: bool) -> None:
    """Where the catalogue names no type, or no model of a type, nobody can tell: it is taken as it is written."""
    models = row.known.models()
    if models and row["equipment"] not in models:
        row.refuse(
            "equipment", unknown_code(Said("equipment type", "设备类型"), row["equipment"], sorted(models))
        )
        return
    known = models.get(row["equipment"], ())
    if known and row["model"] and row["model"] not in known and not new_models:
        row.refuse("model", unknown_code(Said("model", "型号"), row["model"], sorted(known)))


def assets_kind(new_models: bool) -> ImportKind:
    """The kind. With `new_models`, models are taken that the catalogue does not name, such as another maker's."""
    return ImportKind(
        "assets",
        "asset",
        "serial",
        (
            Column(
                "serial", "Serial number, as on the nameplate.", "序列号，以铭牌为准。", code, required=True
            ),
            Column(
                "site",
                "Number of the site where it stands.",
                "所在站点编号。",
                code,
                required=True,
                refers_to="site",
            ),
            Column("equipment", "Code of the equipment type.", "设备类型编码。", code, required=True),
            Column("model", "Model, as on the nameplate.", "型号，以铭牌为准。", text),
            Column("place_zh", "Where on the site, in Chinese.", "安装位置（中文）。", text),
            Column("place_en", "Where on the site, in English.", "安装位置（英文）。", text),
            Column("shipped_on", "Day of shipment.", "发货日期。", day, past=True),
            Column("installed_on", "Day of installation.", "安装日期。", day, past=True),
            Column(
                "commissioned_on",
                "Day of commissioning; the warranty starts.",
                "投用日期，保修起始日。",
                day,
                past=True,
            ),
        ),
        partial(_make, new_models=new_models),
        same=plain_serial,
    )
