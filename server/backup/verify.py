"""Read a whole backup and say whether it is what it was, and whether a company could be restored from it."""

from __future__ import annotations

from pathlib import Path

from server.backup.archive import SUMS, NoBackup, Reader, read_sums, reading, sha256_of
from server.backup.blobs import BLOBS, blob_name
from server.backup.manifest import Manifest, read_manifest
from server.db.backup.dump import Unreadable, read_dump
from server.db.backup.soundness import TOLD_AT_MOST, Soundness


def verify_backup(place: Path) -> tuple[Manifest, str]:
    """Check every byte of it against its list of hashes, and its rows against each other; raises NoBackup.

    Returns what it says about itself, and the SHA-256 of the list of hashes: whoever keeps that elsewhere can tell
    later that nobody has changed the backup.
    """
    with reading(place) as reader:
        sums = read_sums(reader)
        _check_sums(reader, sums)
        manifest = read_manifest(reader)
        _check_rows(reader, manifest, sums)
        with reader.open(SUMS) as file:
            return manifest, sha256_of(file)


def _check_sums(reader: Reader, sums: dict[str, str]) -> None:
    present = set(reader.names()) - {SUMS}
    if lacking := sorted(sums.keys() - present):
        raise NoBackup(f"The backup lacks {lacking[0]}{_more(lacking)}.")
    if strange := sorted(present - sums.keys()):
        raise NoBackup(f"The backup holds {strange[0]}{_more(strange)}, which its {SUMS} does not name.")
    for name, sha256 in sums.items():
        with reader.open(name) as file:
            found = sha256_of(file)
        if found != sha256 or (name.startswith(BLOBS) and not name.endswith(sha256)):
            raise NoBackup(f"{name} is damaged: it is not what its SHA-256 says.")


def _check_rows(reader: Reader, manifest: Manifest, sums: dict[str, str]) -> None:
    soundness = Soundness()
    for table, rows in manifest.rows.items():
        with reader.open(f"tables/{table}.dump") as file:
            try:
                header, pages = read_dump(file)
                found = soundness.see(header, pages)
            except Unreadable as problem:
                raise NoBackup(f"tables/{table}.dump cannot be read: {problem}.") from problem
        if (header.table, found) != (table, rows):
            raise NoBackup(
                f"tables/{table}.dump holds {found} rows of {header.table}, not {rows} of {table}."
            )
    if faults := soundness.faults():
        raise NoBackup(f"Its rows do not belong together: {'; '.join(faults[:TOLD_AT_MOST])}{_more(faults)}.")
    if manifest.blobs is None:
        return
    missing = sorted(one for one in soundness.uploads.sha256 if blob_name(one) not in sums)
    if len(missing) > manifest.blobs_missing:
        raise NoBackup(f"The backup lacks the media file {missing[0]}{_more(missing)}, which its rows name.")


def _more(found: list[str]) -> str:
    return f" and {len(found) - 1} more" if len(found) > 1 else ""
