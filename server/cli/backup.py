"""`doorstep backup`: everything into one place, while the server goes on; or look whether a backup is whole."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from mobile_api.clock import instant
from mobile_api.problem import Phrase
from server.backup.archive import NoBackup
from server.backup.make import make_backup
from server.backup.verify import verify_backup
from server.blob_store_url import FolderPlace
from server.cli.speech import filled, say
from server.cli.stop import Stop
from server.settings import Settings, read_settings

NAME = "backup"
MEANING = "back up database and media while the server goes on, and verify; or verify an earlier backup"

_WRITING = Phrase("backup: writing {place} ...", "backup：正在写入 {place}……")
_THERE = Phrase(
    "There is something at {place} already; a backup is never written over another.",
    "{place} 已有内容；备份不会覆盖已有的备份。",
)
_NOT_WRITTEN = Phrase(
    "The backup could not be written, and there is none: {problem}.",
    "备份未能写入，没有生成备份：{problem}。",
)
_SECRET = Phrase(
    "backup: DOORSTEP_SECRET is not in it; keep it elsewhere, with as much care",
    "backup：其中不含 DOORSTEP_SECRET，请另行妥善保管",
)
_MISSING = Phrase(
    "The backup is whole, but {missing} media files that rows name are not in the blob folder.",
    "备份完整，但记录所列的影像文件中有 {missing} 个不在影像文件夹中。",
)
_VERIFYING = Phrase("backup: verifying {place} ...", "backup：正在核验 {place}……")
_UNREADABLE = Phrase("The backup cannot be read: {problem}.", "备份无法读取：{problem}。")
_WHOLE = Phrase(
    "backup: whole; {rows} rows and {media} of {made_at}, tables at {revision}",
    "backup：完整；{made_at} 的 {rows} 行数据和{media}，数据表版本 {revision}",
)
_LEFT_OUT = Phrase("media left out", "未含影像")
_FILES = Phrase("{count} media files", " {count} 个影像文件")
_SEAL = Phrase("backup: its seal is {seal}", "backup：校验封印为 {seal}")
_BUCKET = Phrase(
    "Media lie in a bucket, which keeps its own copies: back up the rest with --without-blobs.",
    "影像存放在对象存储中，由其自行保存副本：请用 --without-blobs 备份其余内容。",
)


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
    say(_WRITING, place=given.to)
    try:
        manifest = make_backup(
            settings.database_url, folder, settings.secret, given.to, lambda: instant(time.time()), _tell
        )
    except FileExistsError:
        raise Stop(filled(_THERE, place=given.to)) from None
    except OSError as problem:
        raise Stop(filled(_NOT_WRITTEN, problem=problem)) from None
    _verify(given.to)
    say(_SECRET)
    if manifest.blobs_missing:
        raise Stop(filled(_MISSING, missing=manifest.blobs_missing))
    return 0


def _verify(place: Path) -> None:
    say(_VERIFYING, place=place)
    try:
        manifest, seal = verify_backup(place)
    except NoBackup as problem:
        raise Stop(str(problem)) from None
    except OSError as problem:
        raise Stop(filled(_UNREADABLE, problem=problem)) from None
    say(
        _WHOLE,
        rows=sum(manifest.rows.values()),
        media=_LEFT_OUT if manifest.blobs is None else filled(_FILES, count=manifest.blobs),
        made_at=manifest.made_at,
        revision=manifest.revision,
    )
    say(_SEAL, seal=seal)


def _blob_folder(settings: Settings) -> Path:
    place = settings.blob_store_url
    if isinstance(place, FolderPlace):
        return place.folder
    raise Stop(_BUCKET)


def _tell(line: str) -> None:
    print(f"backup: {line}", flush=True)
