"""`doorstep restore`: a backup into an empty database, under a new epoch."""

from __future__ import annotations

import argparse
from pathlib import Path

from server.backup.archive import NoBackup
from server.backup.manifest import Manifest, secret_mark
from server.backup.restore import restore_backup
from server.blob_store_url import FolderPlace
from server.cli.opened import opened
from server.cli.stop import Stop
from server.db.backup.filling import NotEmpty
from server.db.old_pages import write_anew
from server.settings import read_settings

NAME = "restore"
MEANING = (
    "restore a backup into an empty database and the blob folder; phones then offer again what came later"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where from; where to is what the settings say."""
    parser.add_argument(
        "--from",
        dest="source",
        type=Path,
        required=True,
        metavar="PLACE",
        help="what `doorstep backup` wrote",
    )


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Verify, restore, and say what is left for a person to do. Safe to repeat after it was broken off."""
    settings = read_settings(environ)
    place = settings.blob_store_url
    print(f"restore: reading {given.source} ...", flush=True)
    try:
        restored = restore_backup(
            given.source,
            settings.database_url,
            place.folder if isinstance(place, FolderPlace) else None,
            lambda line: print(f"restore: {line}", flush=True),
        )
    except (NoBackup, NotEmpty) as problem:
        raise Stop(str(problem)) from None
    except OSError as problem:
        raise Stop(f"The restore was broken off: {problem}. It may be run again.") from None
    print(
        f"restore: done; the database is as of {restored.manifest.made_at}, its epoch is now {restored.epoch}"
    )
    _erase_again(environ)
    for line in _left_to_do(restored.manifest, secret_mark(settings.secret)):
        print(f"restore: {line}")
    return 0


def _erase_again(environ: dict[str, str]) -> None:
    """Customers that were erased after the backup are erased again, before anybody is served."""
    with opened(environ) as service:
        for report in service.erasing.repeat():
            print(f"restore: customer {report.customer} was erased, and is again")
        if service.erasing.listed():
            write_anew(service.settings.database_url)


def _left_to_do(manifest: Manifest, mark: str) -> list[str]:
    left = [
        f"phones that were revoked after {manifest.made_at} are enrolled again: `doorstep device revoke` those",
        "everybody at a desk signs in anew; unused enrolment codes are void",
    ]
    if manifest.secret_mark != mark:
        left.append(
            "DOORSTEP_SECRET is another than then: phones that the backup knows go on by their own keys, "
            "all others must be enrolled before they can hand over their work"
        )
    if manifest.blobs is None:
        left.append("media are not in this backup: put them back by the means that copied them")
    return left
