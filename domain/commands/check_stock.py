"""What a storekeeper may book: each kind of move with its own ends, and no more than the place holds by the books.

| kind | from_location | to_location |
|---|---|---|
| receipt | none: it comes from outside | needed |
| issue | needed | none: it leaves the stock |
| transfer | needed | needed, another place |
| return | from whom it comes back, where that is a place | where it arrives; without one it goes back to the supplier |

A storekeeper who holds more than the books say counts first: the correction then has a name and a reason. A
technician's use is a fact and may take a balance below zero (case 5); it does not come this way.

A count books the difference from what its form displayed, so that moves meanwhile survive it. Of two counts from one
form the second would book the same difference again: it is refused, and its author looks at the shelf once more.
"""

from __future__ import annotations

from domain.identity import stock_level_id
from domain.place import stock
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
    if move is not None or not isinstance(kind, str):
        return
    if kind == "count":
        _check_first_count(operation, view)
    if kind not in _BOOKED:
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


def _check_first_count(operation: Operation, view: View) -> None:
    location, part = operation.set.get("to_location"), operation.set.get("part")
    if not isinstance(location, str):
        return
    since = [
        one
        for one in view.of(stock(location), "stock_move")
        if one.ver > operation.base.ver
        and tuple(map(one.fields.get, ("kind", "to_location", "part"))) == ("count", location, part)
    ]
    if since:
        last = max(since, key=lambda one: (one.ver, one.id))
        refuse("counted_meanwhile", "observed", last.fields["counted_to"])
