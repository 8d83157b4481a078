"""Technicians: one row each, known by number. The record's id is the id of the account that enrols a phone."""

from __future__ import annotations

from collections.abc import Sequence

from domain.place import self_of
from server.importing.cell import choice, code, day, levels, text
from server.importing.kind import Cells, Column, ImportKind, RowProblem, Wanted


def _make(row: Cells) -> Sequence[Wanted]:
    name = row.words("name")
    if name is None:
        raise RowProblem("name_zh", "a name is needed in Chinese, English or both")
    id = row.own_id("technician", row["number"])
    fields = {
        "number": row["number"],
        "name": name,
        "phone": row["phone"],
        "outlet": row["outlet"],
        "skills": row["skills"],
        "language": row["language"],
        "joined_on": row["joined_on"],
        "active": True,
    }
    return [Wanted(entity="technician", id=id, aggregate=self_of(id), fields=fields)]


TECHNICIANS = ImportKind(
    "technicians",
    "number",
    (
        Column("number", "Short number; it is in provisional order numbers.", code, required=True),
        Column("name_zh", "Name in Chinese.", text),
        Column("name_en", "Name in English.", text),
        Column("phone", "Phone number.", code),
        Column("outlet", "Code of the home outlet.", code, refers_to="outlet"),
        Column("skills", "Codes with levels: RF:2; AC:1.", levels),
        Column("language", "zh or en: language of the screens.", choice("zh", "en")),
        Column("joined_on", "First day.", day),
    ),
    _make,
)
