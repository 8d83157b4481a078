"""Parts that move: on a job, and in the warehouse."""

from __future__ import annotations

from domain import place
from domain.commands.draft import Drafted, create
from domain.refusals import refuse
from sync.record import Record


def use_part(
    visit: Record,
    *,
    move: str,
    part: str,
    quantity: int,
    from_location: str,
    at: str,
    by: str,
    serial: str | None = None,
    price_fen: int | None = None,
    under_warranty: bool | None = None,
) -> list[Drafted]:
    """Parts taken from a named location and built in on a visit."""
    return [
        create(
            "stock_move",
            move,
            visit.aggregate,
            kind="use",
            part=part,
            quantity=quantity,
            from_location=from_location,
            visit=visit.id,
            serial=serial,
            price_fen=price_fen,
            under_warranty=under_warranty,
            moved_at=at,
            moved_by=by,
        )
    ]


def move_parts(
    *,
    move: str,
    kind: str,
    part: str,
    quantity: int,
    at: str,
    by: str,
    from_location: str | None = None,
    to_location: str | None = None,
    note: str | None = None,
) -> list[Drafted]:
    """A receipt, issue, transfer or return without a job. At least one end is named; it is booked there.

    Which ends a desk may name is judged at the door (`domain.commands.check_stock`). Raises InvalidOperation
    (`place_missing`) without any.
    """
    home = from_location or to_location
    if home is None:
        refuse("place_missing", "to_location")
    return [
        create(
            "stock_move",
            move,
            place.stock(home),
            kind=kind,
            part=part,
            quantity=quantity,
            from_location=from_location,
            to_location=to_location,
            moved_at=at,
            moved_by=by,
            note=note,
        )
    ]


def count_part(
    *, move: str, location: str, part: str, counted: int, observed: int, at: str, by: str
) -> list[Drafted]:
    """A count: `observed` is the balance that the counter saw, so that moves meanwhile survive it."""
    return [
        create(
            "stock_move",
            move,
            place.stock(location),
            kind="count",
            part=part,
            quantity=max(1, abs(counted - observed)),
            to_location=location,
            counted_from=observed,
            counted_to=counted,
            moved_at=at,
            moved_by=by,
        )
    ]
