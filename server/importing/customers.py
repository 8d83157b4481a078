"""Customers: one row each, known by number."""

from __future__ import annotations

from collections.abc import Sequence

from domain.place import customer as customer_aggregate
from server.importing.cell import choice, code, day, text
from server.importing.kind import Cells, Column, ImportKind, Wanted
from server.importing.wrong import Said

NAME_NEEDED = Said("a name is needed in Chinese, English or both", "须填写中文或英文名称")


def _make(row: Cells) -> Sequence[Wanted]:
    name = row.words("name")
    if name is None:
        row.refuse("name_zh", NAME_NEEDED)
        return []
    id = row.own_id("customer", row["number"])
    fields = {
        "number": row["number"],
        "name": name,
        "kind": row["kind"] or "company",
        "tier": row["tier"] or "standard",
        "language": row["language"],
        "segment": row["segment"],
        "outlet": row["outlet"],
        "customer_since": row["customer_since"],
    }
    return [Wanted(entity="customer", id=id, aggregate=customer_aggregate(id), fields=fields)]


CUSTOMERS = ImportKind(
    "customers",
    "customer",
    "number",
    (
        Column("number", "The customer's number.", "客户编号。", code, required=True),
        Column("name_zh", "Name in Chinese.", "中文名称。", text),
        Column("name_en", "Name in English.", "英文名称。", text),
        Column(
            "kind",
            "company or private; company when empty.",
            "类型：company（单位）或 private（个人），空为 company。",
            choice("company", "private"),
        ),
        Column(
            "tier",
            "vip, contract or standard; standard when empty.",
            "等级：vip、contract 或 standard，空为 standard。",
            choice("vip", "contract", "standard"),
        ),
        Column("language", "zh or en: language of messages.", "通知语言：zh 或 en。", choice("zh", "en")),
        Column("segment", "Trade.", "行业。", text),
        Column("outlet", "Code of the outlet in charge.", "负责网点编码。", code, refers_to="outlet"),
        Column("customer_since", "First day as a customer.", "成为客户的日期。", day, past=True),
    ),
    _make,
)
