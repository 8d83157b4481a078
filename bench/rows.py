"""The rows that everybody stores: the demo company's work orders as its intake desk takes them in."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from server.demo.content.load import load_content
from server.demo.content.world import build_world
from server.demo.orders import beside, order
from server.identifiers import uuid7

_PRESENT = datetime(2027, 1, 15, 8, tzinfo=UTC)
_LATER = ("triage", "warranty_verdict")
"""What the desk adds afterwards."""


@dataclass(frozen=True, slots=True)
class Row:
    """A record to be stored."""

    id: str
    body: bytes
    """A JSON object without its id."""

    def document(self, id_name: str) -> bytes:
        """The object with its id under a name."""
        return b'{"%s":"%s",%s' % (id_name.encode(), self.id.encode(), self.body[1:])


class Rows:
    """As many as are wanted, each with an id of its own; the same in every run."""

    def __init__(self) -> None:
        self._random = random.Random(650)
        self._numbers = itertools.count()
        self._bodies = itertools.cycle(_orders())

    def take(self, count: int) -> list[Row]:
        """The next rows."""
        return [Row(self._id(), body) for body in itertools.islice(self._bodies, count)]

    def _id(self) -> str:
        return uuid7(round(_PRESENT.timestamp() * 1000) + next(self._numbers), self._random.randbytes(10))


def parts(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    """The rows in groups of so many; the last may be smaller."""
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _orders() -> Iterator[bytes]:
    world = build_world(_PRESENT, load_content())
    found = beside(world)
    for row in world.both("work_orders"):
        fields = order(world, row, found)[0].set
        stored = {name: _plain(value) for name, value in fields.items() if name not in _LATER}
        yield msgspec.json.encode(stored)


def _plain(value: object) -> object:
    """A set is written by what is added to it; a row holds its members."""
    return value["add"] if isinstance(value, dict) and set(value) == {"add"} else value
