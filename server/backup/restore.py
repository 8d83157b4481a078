"""Give a backup back: to an empty database, and to a blob folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from server.backup.archive import NoBackup, Reader, read_sums, reading
from server.backup.blobs import put_blobs
from server.backup.make import Tell
from server.backup.manifest import Manifest
from server.backup.verify import verify_backup
from server.db.backup.dump import Header, Row, read_dump
from server.db.backup.filling import check_empty, fill
from server.db.rebuild import Progress

TOLD_EVERY_RECORDS = 50_000


class Restored(msgspec.Struct, frozen=True):
    """What came out of it."""

    manifest: Manifest
    epoch: str
    """The new one."""
    blobs: int
    """Media files that were not in the blob folder yet."""


def restore_backup(place: Path, database_url: str, blob_folder: Path | None, tell: Tell) -> Restored:
    """Restore; safe to repeat after it was broken off.

    The backup is verified first, then media files are put, then rows: so that no row is there before its file.
    Raises NoBackup, `server.db.backup.filling.NotEmpty`, WrongSchema, StoreUnavailable, OSError; the database is then
    as it was, or holds all rows and lacks only what `doorstep migrate` and `doorstep rebuild` do.
    """
    check_empty(database_url)
    tell("verifying the backup ...")
    manifest, _ = verify_backup(place)
    with reading(place) as reader:
        blobs = _media(reader, manifest, blob_folder, tell)
        epoch = fill(
            database_url,
            manifest.revision,
            lambda: _tables(reader, manifest, tell),
            _progress(tell),
        )
    return Restored(manifest, epoch, blobs)


def _media(reader: Reader, manifest: Manifest, folder: Path | None, tell: Tell) -> int:
    if not manifest.blobs:
        return 0
    if folder is None:
        raise NoBackup(
            "The backup holds media files, and DOORSTEP_BLOB_STORE_URL names a bucket: give it a folder."
        )
    put = put_blobs(reader, read_sums(reader), folder)
    tell(f"media: {put} files put, {manifest.blobs - put} were there")
    return put


def _tables(reader: Reader, manifest: Manifest, tell: Tell) -> Iterable[tuple[Header, Iterator[list[Row]]]]:
    for table, rows in manifest.rows.items():
        with reader.open(f"tables/{table}.dump") as file:
            yield read_dump(file)
        tell(f"{table}: {rows} rows")


def _progress(tell: Tell) -> Progress:
    told: dict[str, int] = {}

    def progress(entity: str, done: int) -> None:
        if done - told.get(entity, 0) >= TOLD_EVERY_RECORDS:
            told[entity] = done
            tell(f"read models of {entity}: {done} so far ...")

    return progress
