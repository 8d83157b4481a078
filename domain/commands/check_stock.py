"""What a storekeeper may book: each kind of move with its own ends, and no more than the place holds by the books.

| kind | from_location | to_location |
|---|---|---|
| receipt | none: it comes from outside | needed |
| issue | needed | none: it leaves the stock |
| transfer | needed | needed, another place |
| return | from whom it comes back, where that is a place | where it arrives; without one it goes back to the supplier |

A storekeeper who holds more than the books say counts first: the correction then has a name and a reason. A
technician's use is a fact and may take a balance below zero (case 5); it does not come this way.
"""

from __future__ import annotations

from domain.identity import stock_level_id
from domain.refusals import refuse
from sync.operation import Operation
from sync.record import Record
from sync.rules import View

_FROM_NEEDED = frozenset({"issue", "transfer"})
_TO_NEEDED = frozenset({"receipt", "transfer"})
_BOOKED = frozenset({"receipt", "issue", "transfer", "return"})


def check_stock_move(operation: Operation, move: Record | None, view: View) -> None:
    """Raises InvalidOperation with the code of what is wrong. The balance is that of the locked place."""
    said = operation.set
    kind = said.get("kind")
    if move is not None or not isinstance(kind, str) or kind not in _BOOKED:
        return
    _check_ends(kind, said.get("from_location"), said.get("to_location"))
    _check_held(operation, view)


def _check_ends(kind: str, source: object, goal: object) -> None:
    if kind == "receipt" and source is not None:
        refuse("from_unfit", "from_location")
    if kind == "issue" and goal is not None:
        refuse("to_unfit", "to_location")
    if kind in _FROM_NEEDED and source is None:
        refuse("from_missing", "from_location")
    if kind in _TO_NEEDED and goal is None:
        refuse("to_missing", "to_location")
    if source is not None and source == goal:
        refuse("same_place", "to_location")


def _check_held(operation: Operation, view: View) -> None:
    source, part, quantity = (operation.set.get(name) for name in ("from_location", "part", "quantity"))
    if not isinstance(source, str) or not isinstance(part, str) or type(quantity) is not int:
        return
    level = view.record("stock_level", stock_level_id(source, part))
    held = level.fields["balance"] if level is not None else 0
    if quantity > held:
        refuse("not_enough_there", "quantity", held)
