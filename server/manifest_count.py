"""What a phone must hold to be ready for no signal, counted from one snapshot as `domain.readiness` counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.readiness import LINES, Counts, expected
from mobile_api.ports import AggregateCount, ManifestCount
from sync.record import Record, decode_record, digest_hex
from sync.store import Snapshot, Store

_MOST_REMEMBERED = 20_000
Version = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Counted:
    entities: dict[str, int]
    lines: Counts


class ManifestCounter:
    """See `mobile_api.ports.CountManifest`. One version of an aggregate is counted once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[Version, _Counted] = {}

    def __call__(self, user: str) -> ManifestCount:
        """Counts of everything that the user's phone should hold."""
        with self._store.snapshot() as snapshot:
            rows = [row for row, _ in snapshot.entitled(user)]
            counted = self._counted(snapshot, [(row.id, row.ver) for row in rows])
        return ManifestCount(
            aggregates=[
                AggregateCount(id=row.id, ver=row.ver, digest=digest_hex(row.digest), counts=one.entities)
                for row, one in zip(rows, counted, strict=True)
            ],
            expected={
                line: len(frozenset().union(*(one.lines.get(line, frozenset()) for one in counted)))
                for line in LINES
            },
        )

    def _counted(self, snapshot: Snapshot, wanted: Sequence[Version]) -> list[_Counted]:
        known = {one: self._known[one] for one in wanted if one in self._known}
        records: dict[str, list[Record]] = {id: [] for id, ver in wanted if (id, ver) not in known}
        if records:
            for aggregate, _, _, body in snapshot.changed([(id, 0) for id in records]):
                records[aggregate].append(decode_record(body))
        fresh = {(id, ver): _count(records[id]) for id, ver in wanted if id in records}
        if len(self._known) + len(fresh) > _MOST_REMEMBERED:
            self._known = known
        self._known.update(fresh)
        return [known.get(one) or fresh[one] for one in wanted]


def _count(records: Sequence[Record]) -> _Counted:
    entities: dict[str, int] = {}
    for record in records:
        if not record.deleted:
            entities[record.entity] = entities.get(record.entity, 0) + 1
    return _Counted(entities, expected(records))
