"""What follows from parts that moved (case 5): balances, recounts, pieces that were used twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from domain.change import Change
from domain.identity import inbox_item_id, stock_level_id
from domain.inbox import item
from domain.place import stock
from sync.record import Record
from sync.rules import FollowUp


def follow_stock_move(change: Change) -> Iterator[FollowUp]:
    """Each end of a move changes its balance; both facts of the last part used twice stand."""
    if change.before is not None:
        return
    move = change.after.fields
    for location, by in _effects(move):
        yield _level(change, location, move["part"], by)
    yield from _used_twice(change)


def follow_stock_level(change: Change) -> Iterator[FollowUp]:
    """A balance below zero asks for a recount; a balance that is right again settles that."""
    if not change.changed("balance"):
        return
    level = change.after
    balance = level.fields["balance"]
    if balance < 0:
        detail = {"location": level.fields["location"], "part": level.fields["part"], "balance": balance}
        yield item(change, "recount", level, detail, role="storekeeper")
        return
    id = inbox_item_id("recount", level.id, "")
    opened = change.view.record("inbox_item", id)
    if opened is not None and opened.fields["state"] == "open":
        yield FollowUp(
            entity="inbox_item", record=id, aggregate=level.aggregate, set={"state": {"event": "settle"}}
        )


def moved_locations(move: Mapping[str, Any]) -> list[str]:
    """The locations that a move touches, as far as they are named."""
    return [id for id in (move.get("from_location"), move.get("to_location")) if isinstance(id, str) and id]


def duplicate_serials(rows: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], list[str]]:
    """(kind, serial) → ids of the records that carry it, where there are several.

    `rows` are (kind, serial, record id): the kind is an asset's model or a part. Spaces and case do not matter.
    """
    found: dict[tuple[str, str], set[str]] = {}
    for kind, serial, id in rows:
        plain = serial.replace(" ", "").upper()
        if plain:
            found.setdefault((kind, plain), set()).add(id)
    return {key: sorted(ids) for key, ids in found.items() if len(ids) > 1}


def _effects(move: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, int]]]:
    if move["kind"] == "count":
        location = move.get("to_location") or move.get("from_location")
        if location is not None and move.get("counted_to") is not None:
            yield location, {"recount": move["counted_to"], "observed": move.get("counted_from") or 0}
        return
    if move.get("from_location") is not None:
        yield move["from_location"], {"inc": -move["quantity"]}
    if move.get("to_location") is not None:
        yield move["to_location"], {"inc": move["quantity"]}


def _level(change: Change, location: str, part: str, by: dict[str, int]) -> FollowUp:
    id = stock_level_id(location, part)
    known = change.view.record("stock_level", id) is not None
    named: dict[str, object] = {} if known else {"location": location, "part": part}
    return FollowUp(
        entity="stock_level",
        record=id,
        aggregate=stock(location),
        create=not known,
        set={**named, "balance": by},
    )


def _used_twice(change: Change) -> Iterator[FollowUp]:
    move = change.after
    serial = move.fields.get("serial")
    if not serial or move.fields["kind"] != "use":
        return
    same = [other for other in change.view.of(move.aggregate, "stock_move") if _same_piece(other, move)]
    if same:
        detail = {"serial": serial, "moves": sorted([move.id, *(other.id for other in same)])}
        yield item(change, "duplicate_serial", move, detail, role="storekeeper")


def _same_piece(other: Record, move: Record) -> bool:
    return (
        other.id != move.id
        and other.fields["kind"] == "use"
        and other.fields["part"] == move.fields["part"]
        and other.fields.get("serial") == move.fields["serial"]
    )
