"""`doorstep restore`: a backup into an empty database, under a new epoch."""

from __future__ import annotations

import argparse
from pathlib import Path

from mobile_api.problem import Phrase
from server.backup.archive import NoBackup
from server.backup.manifest import Manifest, secret_mark
from server.backup.restore import restore_backup
from server.blob_store_url import FolderPlace
from server.cli.opened import opened
from server.cli.speech import filled, say
from server.cli.stop import Stop
from server.db.backup.filling import NotEmpty
from server.db.old_pages import write_anew
from server.settings import read_settings

NAME = "restore"
MEANING = (
    "restore a backup into an empty database and the blob folder; phones then offer again what came later"
)

_READING = Phrase("restore: reading {place} ...", "restore：正在读取 {place}……")
_BROKEN_OFF = Phrase(
    "The restore was broken off: {problem}. It may be run again.", "恢复中断：{problem}。可以重新运行。"
)
_DONE = Phrase(
    "restore: done; the database is as of {made_at}, its epoch is now {epoch}",
    "restore：完成；数据库为 {made_at} 的状态，新的纪元为 {epoch}",
)
_ERASED_AGAIN = Phrase(
    "restore: customer {customer} was erased, and is again",
    "restore：客户 {customer} 的个人信息此前已删除，现再次删除",
)
_REVOKE = Phrase(
    "restore: phones that were revoked after {made_at} are enrolled again: `doorstep device revoke` those",
    "restore：{made_at} 之后停用的手机又恢复为已登记，请用 `doorstep device revoke` 再次停用",
)
_SIGN_IN = Phrase(
    "restore: everybody at a desk signs in anew; unused enrolment codes are void",
    "restore：办公室人员须重新登录；未使用的登记码已作废",
)
_OTHER_SECRET = Phrase(
    "restore: DOORSTEP_SECRET is another than then: phones that the backup knows go on by their own keys, all others "
    "must be enrolled before they can hand over their work",
    "restore：DOORSTEP_SECRET 与备份时不同：备份中已有的手机凭自身密钥继续使用，其他手机须先登记才能上交工作",
)
_NO_MEDIA = Phrase(
    "restore: media are not in this backup: put them back by the means that copied them",
    "restore：此备份不含影像：请用当初复制影像的方式将其放回",
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
    say(_READING, place=given.source)
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
        raise Stop(filled(_BROKEN_OFF, problem=problem)) from None
    say(_DONE, made_at=restored.manifest.made_at, epoch=restored.epoch)
    _erase_again(environ)
    for line in _left_to_do(restored.manifest, secret_mark(settings.secret)):
        say(line)
    return 0


def _erase_again(environ: dict[str, str]) -> None:
    """Customers that were erased after the backup are erased again, before anybody is served."""
    with opened(environ) as service:
        for report in service.erasing.repeat():
            say(_ERASED_AGAIN, customer=report.customer)
        if service.erasing.listed():
            write_anew(service.settings.database_url)


def _left_to_do(manifest: Manifest, mark: str) -> list[Phrase]:
    left = [filled(_REVOKE, made_at=manifest.made_at), _SIGN_IN]
    if manifest.secret_mark != mark:
        left.append(_OTHER_SECRET)
    if manifest.blobs is None:
        left.append(_NO_MEDIA)
    return left
