"""What a phone must hold to be ready for no signal, counted from one snapshot."""

from __future__ import annotations

import msgspec

from mobile_api.ports import AggregateCount, ManifestCount
from sync.record import digest_hex
from sync.store import Snapshot, Store

_MOST_REMEMBERED = 20_000


class _Kind(msgspec.Struct):
    entity: str
    deleted: bool = False


_kind = msgspec.json.Decoder(_Kind)


class ManifestCounter:
    """See `mobile_api.ports.CountManifest`. Counts of one version of an aggregate are counted once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._counted: dict[tuple[str, int], dict[str, int]] = {}

    def __call__(self, user: str) -> ManifestCount:
        """Counts of everything that the user may see."""
        with self._store.snapshot() as snapshot:
            rows = [row for row, _ in snapshot.entitled(user)]
            self._count(snapshot, [(row.id, row.ver) for row in rows])
            counts = {row.id: self._counted[row.id, row.ver] for row in rows}
        expected: dict[str, int] = {}
        for entities in counts.values():
            for entity, count in entities.items():
                expected[entity] = expected.get(entity, 0) + count
        return ManifestCount(
            aggregates=[
                AggregateCount(id=row.id, ver=row.ver, digest=digest_hex(row.digest), counts=counts[row.id])
                for row in rows
            ],
            expected=expected,
        )

    def _count(self, snapshot: Snapshot, wanted: list[tuple[str, int]]) -> None:
        fresh = {one: {} for one in wanted if one not in self._counted}  # type: dict[tuple[str, int], dict[str, int]]
        if not fresh:
            return
        if len(self._counted) + len(fresh) > _MOST_REMEMBERED:
            self._counted = {one: self._counted[one] for one in wanted if one in self._counted}
        versions = dict(fresh.keys())
        for aggregate, _, _, body in snapshot.changed([(id, 0) for id in versions]):
            record = _kind.decode(body)
            if not record.deleted:
                counts = fresh[aggregate, versions[aggregate]]
                counts[record.entity] = counts.get(record.entity, 0) + 1
        self._counted.update(fresh)
