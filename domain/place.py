"""In which aggregate a record lives, as far as the record's own fields tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.operation import Operation

SHARDS = {
    "part": "catalogue/parts",
    "knowledge_article": "catalogue/knowledge",
    "checklist_template": "catalogue/checklists",
    "skill": "catalogue/skills",
}
"""The catalogue is on every phone; each shard is fetched and counted on its own."""

COMPANY = {
    "outlet": "company/network",
    "territory": "company/network",
    "service_contract": "company/contracts",
    "message_template": "company/messages",
}
"""What only desks see."""

_ITSELF = {"work_order", "site", "customer", "technician", "stock_location"}
"""Records that their aggregate is named after."""

_BY_FIELD = {
    "visit": "work_order",
    "service_request": "work_order",
    "notification": "work_order",
    "contact": "site",
    "asset": "site",
    "certificate": "technician",
    "shift": "technician",
    "stock_level": "location",
}
"""The field that names the aggregate."""


def work_order(id: str) -> str:
    """Aggregate of a work order and everything that belongs to it."""
    return f"work_order/{id}"


def site(id: str) -> str:
    """Aggregate of a site, its people and its equipment."""
    return f"site/{id}"


def customer(id: str) -> str:
    """Aggregate of a customer: name and tier."""
    return f"customer/{id}"


def self_of(user: str) -> str:
    """Aggregate of a technician's own profile."""
    return f"self/{user}"


def stock(location: str) -> str:
    """Aggregate of a place where parts lie."""
    return f"stock/{location}"


def misplaced(operation: Operation) -> bool:
    """Whether a creation names an aggregate that its own fields contradict."""
    if operation.action != "create":
        return False
    entity, aggregate = operation.entity, operation.aggregate
    root, _, name = aggregate.partition("/")
    if entity in SHARDS:
        return aggregate != SHARDS[entity]
    if entity in COMPANY:
        return aggregate != COMPANY[entity]
    if entity in _ITSELF:
        return name != operation.record
    if entity in _BY_FIELD:
        return name != operation.set.get(_BY_FIELD[entity])
    if entity == "stock_move":
        return root != "work_order" and not (root == "stock" and name in _ends(operation.set))
    return False


def _ends(move: Mapping[str, Any]) -> tuple[Any, Any]:
    return move.get("from_location"), move.get("to_location")
