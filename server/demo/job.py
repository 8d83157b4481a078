"""An order with what its visits, reports and cases need to know of the company."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from domain.commands.draft import Drafted
from domain.place import work_order
from server.demo.content.identity import stable_id
from server.demo.content.load import Record
from server.demo.content.moments import DAY, minute_from, minute_of
from server.demo.content.world import World

DETAILED_DAYS = 30
"""Visits of the last so many days carry options and times; see `server.demo.build`."""


@dataclass(frozen=True)
class Job:
    """An order of the content, and the parts used on it."""

    world: World
    order: Record
    moves: list[Record]

    @property
    def aggregate(self) -> str:
        """The order's aggregate."""
        return work_order(self.order["id"])

    @property
    def contact_name(self) -> str:
        """Who is met at the site."""
        return str(self.world.by_id[self.order["contact"]]["name"]["zh"])

    @property
    def is_of_the_open_days(self) -> bool:
        """Whether the order belongs to today's and tomorrow's work."""
        return any(one["id"] == self.order["id"] for one in self.world.open["work_orders"])

    def is_detailed(self, visit: Record) -> bool:
        """Whether the visit is recent enough to be kept with all its detail."""
        return minute_from(visit["window_start"]) > minute_of(self.world.now) - DETAILED_DAYS * DAY

    def uses(self, visit: Record) -> list[Record]:
        """Parts used on that visit."""
        return [move for move in self.moves if move["visit"] == visit["id"]]


def as_loaded(row: Record) -> Record:
    """An order or a visit before the field and the office clashed over it (`server.demo.clashes`)."""
    return {**row, **row["before"]} if row["before"] else row


def loaded_visits(world: World, order: str) -> list[Record]:
    """The order's visits as they are loaded, first to last."""
    return [as_loaded(row) for row in world.visits_of(order) if not row["made_later"]]


def option_id(visit: Record, option: Record) -> str:
    """The record of an option that was offered on a visit."""
    return stable_id("solution_option", visit["id"], option["code"])


def change(entity: str, record: str, aggregate: str, **fields: Any) -> Drafted:
    """A change of a record that the demo has made."""
    return Drafted(entity=entity, record=record, aggregate=aggregate, set=fields)
