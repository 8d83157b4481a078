"""Parts to bring on a visit: each is one of the catalogue's, so that no storekeeper looks for what does not exist."""

from __future__ import annotations

from domain.refusals import refuse
from sync.operation import Operation
from sync.record import Record
from sync.rules import View


def check_to_carry(operation: Operation, visit: Record | None, view: View) -> None:
    """Raises InvalidOperation (`unknown_part`). What a replaced visit had to bring travels with the job as it was.

    Reading without a lock is enough: to name what is deleted a moment later is no worse than a year later.
    """
    wanted = operation.set.get("to_carry")
    added = wanted.get("add") if isinstance(wanted, dict) else None
    if not isinstance(added, list):
        return
    carried = _carried_before(operation, view)
    for code in added:
        if isinstance(code, str) and code not in carried and not view.holding("part", "code", code):
            refuse("unknown_part", "to_carry", code)


def _carried_before(operation: Operation, view: View) -> frozenset[str]:
    before = operation.set.get("instead_of")
    replaced = view.record("visit", before) if isinstance(before, str) else None
    return frozenset(replaced.fields.get("to_carry") or ()) if replaced is not None else frozenset()
