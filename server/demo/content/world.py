"""Everything that is checked together: the catalogue, the customers, the closed year and the open days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from server.demo.content.customers import customer_base
from server.demo.content.history import closed_year
from server.demo.content.load import Content, Record, load_content
from server.demo.content.moments import day_of, minute_of
from server.demo.content.today import open_days


@dataclass(frozen=True)
class World:
    """One demo company at one `now`."""

    content: Content
    base: dict[str, list[Record]]
    year: dict[str, list[Record]]
    open: dict[str, list[Record]]
    now: datetime

    @property
    def today(self) -> date:
        return day_of(minute_of(self.now))

    def both(self, name: str) -> list[Record]:
        """The rows of the closed year and of the open days."""
        return self.year.get(name, []) + self.open.get(name, [])

    @cached_property
    def by_id(self) -> dict[str, Record]:
        rows = [row for rows in self.base.values() for row in rows]
        return {row["id"]: row for row in rows + self.both("work_orders") + self.both("visits")}

    @cached_property
    def _visits_by_order(self) -> dict[str, list[Record]]:
        found: dict[str, list[Record]] = {}
        for visit in self.both("visits"):
            found.setdefault(visit["work_order"], []).append(visit)
        for visits in found.values():
            visits.sort(key=lambda visit: int(visit["sequence"]))
        return found

    def visits_of(self, order_id: str) -> list[Record]:
        """The order's visits, first to last."""
        return self._visits_by_order.get(order_id, [])

    def everything(self) -> Iterator[tuple[str, Any]]:
        """(name, rows) of all lists, catalogue included."""
        for name in Content.__dataclass_fields__:
            yield name, getattr(self.content, name)
        for part in (self.base, self.year, self.open):
            yield from part.items()


def build_world(now: datetime, content: Content | None = None) -> World:
    """The whole demo company as of `now` (aware)."""
    content = content or load_content()
    base = customer_base(content, day_of(minute_of(now)))
    year = closed_year(content, base, now)
    return World(content, base, year, open_days(content, base, year, now), now)
