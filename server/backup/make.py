"""Back everything up beside a running server."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from server.backup.archive import MANIFEST, SUMS, Writer, add_spooled, sums_text, writing
from server.backup.blobs import blob_name, copy_blobs
from server.backup.manifest import Manifest, encode_manifest, program, secret_mark
from server.db.address import is_sqlite
from server.db.backup.dump import Header, write_dump
from server.db.backup.reading import Stored, stored
from server.db.backup.stored_uploads import StoredUploads

Tell = Callable[[str], None]
"""Told in one line what goes on."""
TOLD_EVERY_BLOBS = 1000


def make_backup(
    database_url: str, blob_folder: Path | None, secret: str, place: Path, now: Callable[[], str], tell: Tell
) -> Manifest:
    """Write a backup to `place` (see `archive.writing`); returns what it says about itself.

    Rows first, in one consistent reading; media files after them, so that every row's file is among them. Without a
    `blob_folder` they are left out. Raises FileExistsError, OSError, WrongSchema, StoreUnavailable; then there is none.
    """
    sums: dict[str, str] = {}
    rows: dict[str, int] = {}
    uploads = StoredUploads()
    with writing(place) as writer:
        with stored(database_url) as moment:
            made_at = now()
            for table in moment.tables:
                member = f"tables/{table.table}.dump"
                sums[member], rows[table.table] = add_spooled(
                    writer, member, _dumped(moment, table, uploads), place.parent
                )
                tell(f"{table.table}: {rows[table.table]} rows")
        blobs = None if blob_folder is None else _copied(blob_folder, writer, sums, tell)
        missing = 0 if blobs is None else sum(blob_name(one) not in sums for one in uploads.sha256)
        manifest = Manifest(
            made_at=made_at,
            program=program(),
            database="sqlite" if is_sqlite(database_url) else "postgresql",
            revision=moment.revision,
            epoch=moment.epoch,
            secret_mark=secret_mark(secret),
            rows=rows,
            blobs=blobs,
            blobs_missing=missing,
        )
        sums[MANIFEST] = _add(writer, MANIFEST, encode_manifest(manifest))
        _add(writer, SUMS, sums_text(sums))
    return manifest


def _dumped(moment: Stored, table: Header, uploads: StoredUploads) -> Callable[[BinaryIO], int]:
    def write(to: BinaryIO) -> int:
        return write_dump(to, table, uploads.noting(table, moment.pages(table)))

    return write


def _copied(folder: Path, writer: Writer, sums: dict[str, str], tell: Tell) -> int:
    count = 0
    for member, sha256 in copy_blobs(folder, writer):
        sums[member] = sha256
        count += 1
        if count % TOLD_EVERY_BLOBS == 0:
            tell(f"media: {count} files so far ...")
    tell(f"media: {count} files")
    return count


def _add(writer: Writer, name: str, data: bytes) -> str:
    return writer.add(name, io.BytesIO(data), len(data))
