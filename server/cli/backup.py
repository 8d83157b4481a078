"""`doorstep backup`: everything into one place, while the server goes on; or look whether a backup is whole."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from mobile_api.clock import instant
from server.backup.archive import NoBackup
from server.backup.make import make_backup
from server.backup.verify import verify_backup
from server.blob_store_url import FolderPlace
from server.cli.stop import Stop
from server.settings import Settings, read_settings

NAME = "backup"
MEANING = "back up database and media while the server goes on, and verify; or verify an earlier backup"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, or what to look at."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--to", type=Path, metavar="PLACE", help="a new folder, or a new file that ends with .tar"
    )
    what.add_argument(
        "--verify", type=Path, metavar="PLACE", help="read a backup to its end; changes nothing"
    )
    parser.add_argument(
        "--without-blobs",
        action="store_true",
        help="leave media out: they are copied by other means, after this",
    )


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Make and verify, or verify alone (which needs no settings)."""
    if given.verify is not None:
        _verify(given.verify)
        return 0
    settings = read_settings(environ)
    folder = None if given.without_blobs else _blob_folder(settings)
    print(f"backup: writing {given.to} ...", flush=True)
    try:
        manifest = make_backup(
            settings.database_url, folder, settings.secret, given.to, lambda: instant(time.time()), _tell
        )
    except FileExistsError:
        raise Stop(
            f"There is something at {given.to} already; a backup is never written over another."
        ) from None
    except OSError as problem:
        raise Stop(f"The backup could not be written, and there is none: {problem}.") from None
    _verify(given.to)
    print("backup: DOORSTEP_SECRET is not in it; keep it elsewhere, with as much care")
    if manifest.blobs_missing:
        raise Stop(
            f"The backup is whole, but {manifest.blobs_missing} media files that rows name are not in the blob folder."
        )
    return 0


def _verify(place: Path) -> None:
    print(f"backup: verifying {place} ...", flush=True)
    try:
        manifest, seal = verify_backup(place)
    except NoBackup as problem:
        raise Stop(str(problem)) from None
    except OSError as problem:
        raise Stop(f"The backup cannot be read: {problem}.") from None
    blobs = "media left out" if manifest.blobs is None else f"{manifest.blobs} media files"
    print(
        f"backup: whole; {sum(manifest.rows.values())} rows and {blobs} of {manifest.made_at}, "
        f"tables at {manifest.revision}"
    )
    print(f"backup: its seal is {seal}")


def _blob_folder(settings: Settings) -> Path:
    place = settings.blob_store_url
    if isinstance(place, FolderPlace):
        return place.folder
    raise Stop("Media lie in a bucket, which keeps its own copies: back up the rest with --without-blobs.")


def _tell(line: str) -> None:
    print(f"backup: {line}", flush=True)
