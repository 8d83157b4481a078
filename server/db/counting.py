"""Which written records are new, so that each aggregate's count of records need never be counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sync.record import Record
from sync.store import Key


class NewRecords:
    """What one transaction has learned about which records exist. The aggregates are locked: it stays true."""

    def __init__(self) -> None:
        self._exists: dict[Key, bool] = {}

    def asked(self, keys: Sequence[Key], found: Iterable[Key]) -> None:
        """Some keys were asked for and some records found."""
        for key in keys:
            self._exists.setdefault(key, False)
        for key in found:
            self._exists[key] = True

    def per_aggregate(
        self, written: Sequence[tuple[Record, bytes]], present: Callable[[Sequence[Key]], set[Key]]
    ) -> dict[str, int]:
        """How many new records each aggregate gets; asks `present` about those that nobody has looked for."""
        unknown = [
            (record.entity, record.id)
            for record, _ in written
            if (record.entity, record.id) not in self._exists
        ]
        if unknown:
            self.asked(unknown, present(unknown))
        fresh: dict[str, int] = {}
        for record, _ in written:
            if not self._exists[record.entity, record.id]:
                fresh[record.aggregate] = fresh.get(record.aggregate, 0) + 1
        return fresh
