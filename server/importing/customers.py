"""Customers: one row each, known by number."""

from __future__ import annotations

from collections.abc import Sequence

from domain.place import customer as customer_aggregate
from server.importing.cell import choice, code, day, text
from server.importing.kind import Cells, Column, ImportKind, RowProblem, Wanted


def _make(row: Cells) -> Sequence[Wanted]:
    name = row.words("name")
    if name is None:
        raise RowProblem("name_zh", "a name is needed in Chinese, English or both")
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
    "number",
    (
        Column("number", "The customer's number.", code, required=True),
        Column("name_zh", "Name in Chinese.", text),
        Column("name_en", "Name in English.", text),
        Column("kind", "company or private; company when empty.", choice("company", "private")),
        Column(
            "tier", "vip, contract or standard; standard when empty.", choice("vip", "contract", "standard")
        ),
        Column("language", "zh or en: language of messages.", choice("zh", "en")),
        Column("segment", "Trade.", text),
        Column("outlet", "Code of the outlet in charge.", code, refers_to="outlet"),
        Column("customer_since", "First day as a customer.", day),
    ),
    _make,
)
