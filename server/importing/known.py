"""What the database holds already, for imports: found by the codes that people use, for many rows at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from domain.identity import derived_id
from domain.place import SHARDS
from server.db.open import SqlStore
from server.db.queries.codes import ids_by_code, plain_serial
from server.db.reading import Reading
from server.importing.kind import TwoOfThem

Key = tuple[str, str]


class KnownRecords:
    """See `server.importing.kind.Known`. Holds what the last `prepare` asked for: one import, one instance."""

    def __init__(self, store: SqlStore) -> None:
        self._database = store.database
        self._reading = Reading(store.database)
        self._ids: dict[Key, list[str]] = {}
        self._fields: dict[Key, Mapping[str, Any] | None] = {}

    def prepare(self, codes: Mapping[str, Sequence[str]]) -> None:
        """See `Known.prepare`."""
        self._ids, self._fields = {}, {}
        wanted: set[Key] = set()
        for entity, named in codes.items():
            plain = {code: _plain(entity, code) for code in named if code}
            found = ids_by_code(self._database, entity, sorted(set(plain.values())))
            for code, key in plain.items():
                self._ids[entity, code] = found.get(key, [])
                wanted.add((entity, derived_id(entity, code)))
                wanted.update((entity, id) for id in found.get(key, []))
        known = self.all_fields(sorted(wanted))
        self._fields = {key: known.get(key) for key in wanted}

    def id_of(self, entity: str, code: str) -> str | None:
        """See `Known.id_of`."""
        own = derived_id(entity, code)
        ids = dict.fromkeys(self._ids[entity, code])
        if self.fields_of(entity, own) is not None:
            ids[own] = None
        if len(ids) > 1:
            raise TwoOfThem(code)
        return next(iter(ids), None)

    def fields_of(self, entity: str, id: str) -> Mapping[str, Any] | None:
        """See `Known.fields_of`."""
        key = (entity, id)
        if key not in self._fields:
            self._fields[key] = self.all_fields([key]).get(key)
        return self._fields[key]

    def all_fields(self, keys: Sequence[Key]) -> dict[Key, Mapping[str, Any]]:
        """See `Known.all_fields`."""
        records = self._reading.records(keys)
        return {key: record.fields for key, record in records.items() if not record.deleted}

    def skills(self) -> Sequence[str]:
        """See `Known.skills`."""
        return self._skills

    def models(self) -> Mapping[str, Collection[str]]:
        """See `Known.models`."""
        return self._models

    @cached_property
    def _skills(self) -> list[str]:
        return sorted(fields["code"] for fields in self._catalogue("skill"))

    @cached_property
    def _models(self) -> dict[str, set[str]]:
        models: dict[str, set[str]] = {}
        for entity in ("part", "knowledge_article", "checklist_template"):
            for fields in self._catalogue(entity):
                named = fields.get("equipment") or []
                for equipment in [named] if isinstance(named, str) else named:
                    models.setdefault(equipment, set()).update(fields.get("models") or ())
        return models

    def _catalogue(self, entity: str) -> list[Mapping[str, Any]]:
        _, records = self._reading.of_aggregate(SHARDS[entity])
        return [record.fields for record in records if not record.deleted]


def _plain(entity: str, code: str) -> str:
    return plain_serial(code) if entity == "asset" else code
