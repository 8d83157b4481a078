"""Rows of partials in a bucket, on either database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from media.part_register import BucketPartial
from media.refusal import PartialBusy
from server.db.connection import Database
from server.db.statement import Statement

_ADD = Statement(
    "INSERT INTO bucket_partial (id, body, revision) VALUES (:id, :body, 1) ON CONFLICT (id) DO NOTHING"
)
_GET = Statement("SELECT body, revision FROM bucket_partial WHERE id = :id")
_REPLACE = Statement(
    "UPDATE bucket_partial SET body = :body, revision = revision + 1 WHERE id = :id AND revision = :revision"
)
_REMOVE = Statement("DELETE FROM bucket_partial WHERE id = :id")
_IDS = Statement("SELECT id FROM bucket_partial ORDER BY id")


class SqlPartRegister:
    """See `media.part_register.PartRegister`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, partial_id: str) -> None:
        """See `PartRegister`."""
        self._database.write(
            lambda c: c.run(_ADD, id=partial_id, body=_encoded(BucketPartial(id=partial_id)))
        )

    def get(self, partial_id: str) -> BucketPartial | None:
        """See `PartRegister`."""
        row = self._database.read(lambda c: c.row(_GET, id=partial_id))
        return replace(msgspec.json.decode(row[0], type=BucketPartial), revision=row[1]) if row else None

    def replace(self, partial: BucketPartial) -> BucketPartial:
        """See `PartRegister`."""
        body = _encoded(partial)
        kept = self._database.write(
            lambda c: c.run(_REPLACE, id=partial.id, body=body, revision=partial.revision)
        )
        if not kept:
            raise PartialBusy(partial.id)
        return replace(partial, revision=partial.revision + 1)

    def remove(self, partial_id: str) -> None:
        """See `PartRegister`."""
        self._database.write(lambda c: c.run(_REMOVE, id=partial_id))

    def ids(self) -> Iterable[str]:
        """See `PartRegister`."""
        return [str(row[0]) for row in self._database.read(lambda c: c.rows(_IDS))]


def _encoded(partial: BucketPartial) -> str:
    return msgspec.json.encode(partial).decode()
