"""Technicians: one row each, known by number. The record's id is the id of the account that enrols a phone."""

from __future__ import annotations

from collections.abc import Sequence

from domain.place import self_of
from server.importing.cell import choice, code, day, levels, text
from server.importing.customers import NAME_NEEDED
from server.importing.kind import Cells, Column, ImportKind, Wanted
from server.importing.wrong import Said, unknown_code


def _make(row: Cells) -> Sequence[Wanted]:
    name = row.words("name")
    if name is None:
        row.refuse("name_zh", NAME_NEEDED)
    known = row.known.skills()
    for skill in row["skills"] or ():
        if skill["skill"] not in known:
            unknown = unknown_code(Said("skill", "技能"), skill["skill"], known)
            row.refuse("skills", Said(f"{skill['skill']} {unknown.en}", f"{skill['skill']} {unknown.zh}"))
    if row.bad:
        return []
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
    "technician",
    "number",
    (
        Column(
            "number",
            "Short number; it is in provisional order numbers.",
            "工号，用于临时工单号。",
            code,
            required=True,
        ),
        Column("name_zh", "Name in Chinese.", "中文姓名。", text),
        Column("name_en", "Name in English.", "英文姓名。", text),
        Column("phone", "Phone number.", "电话号码。", code),
        Column("outlet", "Code of the home outlet.", "所属网点编码。", code, refers_to="outlet"),
        Column(
            "skills",
            "Codes of the skill catalogue with levels, the higher the more able: refrigeration:2; hvac:1.",
            "技能目录中的编码与级别（数字越大越熟练），例如 refrigeration:2; hvac:1。",
            levels,
        ),
        Column("language", "zh or en: language of the screens.", "界面语言：zh 或 en。", choice("zh", "en")),
        Column("joined_on", "First day.", "入职日期。", day),
    ),
    _make,
)
