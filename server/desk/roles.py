"""Who works at a desk, and what each may look at. What each may write is judged twice: here and in the write door."""

from __future__ import annotations

from collections.abc import Collection

READERS = ("intake", "dispatcher", "expert", "storekeeper", "supervisor", "auditor", "admin")
"""Everyone who may sign in at a desk. Technicians work with their phones."""

ROLES = ("technician", *READERS)

_CUSTOMERS = frozenset({"intake", "dispatcher", "supervisor", "auditor", "admin"})
_KINDS: dict[str, frozenset[str]] = {
    "customer": _CUSTOMERS,
    "site": _CUSTOMERS | {"expert"},
    "work_order": _CUSTOMERS | {"expert", "storekeeper"},
    "catalogue": frozenset(READERS),
    "self": frozenset({"dispatcher", "supervisor", "storekeeper", "auditor", "admin"}),
    "stock": frozenset({"dispatcher", "storekeeper", "supervisor", "auditor", "admin"}),
    "company": frozenset(READERS),
}
"""Kind of aggregate → roles that may see such an aggregate at all."""


def may_see(roles: Collection[str], aggregate: str) -> bool:
    """Whether one of these roles may see this aggregate. Kinds that are not named are for supervisors alone."""
    kind = aggregate.partition("/")[0]
    allowed = _KINDS.get(kind, frozenset({"supervisor", "auditor", "admin"}))
    return not allowed.isdisjoint(roles)
