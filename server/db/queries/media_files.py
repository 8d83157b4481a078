"""Which files belong to media, and to whom else."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from server.db.connection import Connection, Database
from server.db.statement import Statement

_UPLOADS = Statement("SELECT id, sha256, state, facts FROM upload WHERE media_id = ANY(:media) ORDER BY id")
_PIECES = Statement("SELECT id, sha256, state, facts FROM upload WHERE id = ANY(:ids) ORDER BY id")
_END = Statement(
    "UPDATE upload SET state = :state, reason = :reason, facts = :facts, revision = revision + 1 "
    "WHERE id = :id AND (state <> :state OR facts <> :facts)"
)
_ELSEWHERE = Statement(
    "SELECT sha256 FROM upload WHERE sha256 = ANY(:sha256) AND state IN ('partial', 'stored') "
    "UNION SELECT sha256 FROM media WHERE sha256 = ANY(:sha256) AND NOT aggregate = ANY(:aggregates)"
)
ENDED, WHY = "terminated", "customer_erased"


class UploadKept(msgspec.Struct, frozen=True):
    """An upload of somebody's media."""

    id: str
    sha256: str
    state: str
    pieces: tuple[str, ...]


def end_uploads(database: Database, media: Sequence[str]) -> list[UploadKept]:
    """End all uploads of these media, whatever their state, and forget what the files were called; which they were.

    Their bytes are still there: rows go first, so that none says of a file that it is stored which is not. Repeating
    is safe, and names the same uploads again.
    """

    def work(connection: Connection) -> list[UploadKept]:
        found = [_kept(row) for row in connection.rows(_UPLOADS, media=list(media))]
        pieces = [one for upload in found for one in upload.pieces]
        if pieces:
            found += [_kept(row) for row in connection.rows(_PIECES, ids=pieces)]
        for one in found:
            facts = [["joined from", " ".join(one.pieces)]] if one.pieces else []
            connection.run(
                _END, id=one.id, state=ENDED, reason=WHY, facts=msgspec.json.encode(facts).decode()
            )
        return found

    return database.write(work) if media else []


def still_needed(database: Database, sha256: Sequence[str], aggregates: Sequence[str]) -> set[str]:
    """Those of the hashes that live uploads, or media outside of these aggregates, name."""
    if not sha256:
        return set()
    found = database.read(lambda c: c.rows(_ELSEWHERE, sha256=list(sha256), aggregates=list(aggregates)))
    return {hash for (hash,) in found}


def _kept(row: tuple[str, str, str, str]) -> UploadKept:
    id, sha256, state, facts = row
    said = dict(msgspec.json.decode(facts))
    return UploadKept(id, sha256, state, tuple((said.get("joined from") or "").split()))
