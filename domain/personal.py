"""Personal data of customers: what is taken out of records, about whom nothing is written, what must end first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from domain.declaration import SCHEMA
from domain.erased_paper import erased_document, erased_statement
from domain.place import customer, site, work_order
from sync import personal
from sync.operation import Operation
from sync.record import Record
from sync.value_type import is_identifier

ROOTS = ("customer", "site", "work_order")
"""Kinds of aggregate in which a customer's data lie; each has a record of the same name, which tells of an erasure."""
ERASED_AT = "erased_at"
Find = Callable[[str, str], Record | None]
"""(entity, id) → the record as it stands."""

_PAPERS = {"document": erased_document, "statement": erased_statement}


def without_personal(entity: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The personal ones of some fields (a record's, or an operation's), each with what is to stand instead.

    By the declaration; of signed papers the work stays. Nothing is found a second time.
    """
    declared = SCHEMA.entities.get(entity)
    if declared is None:
        return {name: None for name, value in fields.items() if value is not None}
    found = personal.without_personal(declared, fields)
    if entity == "sign_off":
        for name, erased in _PAPERS.items():
            text = fields.get(name)
            found.pop(name, None)
            if text is not None and (instead := erased(text) if isinstance(text, str) else None) != text:
                found[name] = instead
    return found


def is_erased(operation: Operation, find: Find) -> bool:
    """Whether an operation is about somebody whose data were erased, or would write them down anew."""
    kind, _, id = operation.aggregate.partition("/")
    if kind in ROOTS and _is_marked(find(kind, id)):
        return True
    if operation.entity not in ("site", "work_order") or operation.action != "create":
        return False
    named = ((name, operation.set.get(name)) for name in ("site", "customer"))
    return any(_is_marked(find(name, id)) for name, id in named if isinstance(id, str) and is_identifier(id))


def _is_marked(record: Record | None) -> bool:
    return record is not None and record.fields.get(ERASED_AT) is not None


class Belongings(msgspec.Struct, frozen=True, kw_only=True):
    """Whose data lie where. Deleted records belong too: their bodies are kept."""

    customer: Record
    sites: tuple[Record, ...]
    orders: tuple[Record, ...]
    """Theirs, and whatever was done at their sites."""

    @property
    def aggregates(self) -> tuple[str, ...]:
        """Those that hold the customer's data: first the customer, so that nothing new begins behind an erasure."""
        return (
            customer(self.customer.id),
            *(site(one.id) for one in self.sites),
            *(work_order(one.id) for one in self.orders),
        )

    @property
    def roots(self) -> tuple[Record, ...]:
        """The records that tell of an erasure."""
        return (self.customer, *self.sites, *self.orders)

    @property
    def is_erased(self) -> bool:
        """Whether every part is marked."""
        return all(one.fields.get(ERASED_AT) is not None for one in self.roots)


Why = Literal["open_order"]


class Block(msgspec.Struct, frozen=True):
    """Something that must be ended before an erasure."""

    why: Why
    entity: str
    id: str
    number: str


def blocks(found: Belongings) -> list[Block]:
    """Orders that are owed still: neither closed nor cancelled nor deleted."""
    return [
        Block("open_order", "work_order", one.id, _number(one))
        for one in found.orders
        if not one.deleted
        and one.fields.get(ERASED_AT) is None
        and one.fields.get("closing") is None
        and one.fields.get("cancellation") is None
    ]


def _number(order: Record) -> str:
    return order.fields.get("number") or order.fields.get("provisional_number") or ""
