"""Where parts lie and how they came there: the year's ledger, of which every balance is the sum."""

from __future__ import annotations

from collections.abc import Iterator

from domain.commands.draft import Drafted, create
from domain.identity import stock_level_id
from domain.place import stock, work_order
from server.demo.content.load import Content, Record
from server.demo.content.stock import store_minimum, van_minimum

KINDS = {"opening": "receipt", "receipt": "receipt", "transfer": "transfer", "consumption": "use"}
CENTRAL_TIMES = 3
"""The central warehouse keeps this many times an outlet's minimum."""


def levels(content: Content) -> Iterator[list[Drafted]]:
    """Every shelf with its minimum, still empty: the moves fill it."""
    skilled = {row["login"]: row for row in content.technicians}
    for place in content.stock_locations:
        if place["technician"]:
            least = van_minimum(content, skilled[place["technician"]])
        else:
            times = CENTRAL_TIMES if place["code"] == "WH-MAIN" else 1
            least = {part["code"]: store_minimum(part) * times for part in content.parts}
        yield [_level(place["code"], part, count) for part, count in least.items()]


def supply(moves: list[Record]) -> Iterator[list[Drafted]]:
    """Everything that was supplied, in order of time.

    It is loaded before what was used, which is in the work orders: so no balance is below zero on the way, and nobody
    is asked for a recount. A transfer lies in its sender's ledger, so that a phone does not carry the year's transfers.
    """
    for row in sorted(moves, key=lambda row: row["at"]):
        if row["kind"] != "consumption":
            yield [_move(row, stock(row["from_location"] or row["to_location"]))]


def use(row: Record, price_fen: int, covered: bool) -> Drafted:
    """A part used on a visit; it lies with the work order."""
    return _move(row, work_order(row["work_order"]), price_fen=price_fen, under_warranty=covered)


def _level(location: str, part: str, least: int) -> Drafted:
    return create(
        "stock_level",
        stock_level_id(location, part),
        stock(location),
        location=location,
        part=part,
        least=least,
    )


def _move(row: Record, aggregate: str, **more: object) -> Drafted:
    return create(
        "stock_move",
        row["id"],
        aggregate,
        part=row["part"],
        quantity=row["quantity"],
        kind=KINDS[row["kind"]],
        from_location=row["from_location"],
        to_location=row["to_location"],
        visit=row["visit"],
        moved_at=row["at"],
        moved_by=row["actor"],
        note="期初库存" if row["kind"] == "opening" else None,
        **more,
    )
