"""`doorstep collect`: let go of tombstones that no phone needs any more, beside a running server."""

from __future__ import annotations

import argparse

from mobile_api.clock import instant
from mobile_api.problem import Phrase
from server.cli.opened import opened
from server.cli.speech import say
from server.db.collect import collect

NAME = "collect"
MEANING = "collect what was deleted longer ago than DOORSTEP_LONGEST_OFFLINE_DAYS; once a week is plenty"
_DAY_SECONDS = 86_400
_LOOKING = Phrase(
    "collect: looking for what was deleted before {before} ...", "collect：正在查找 {before} 之前删除的内容……"
)
_DONE = Phrase(
    "collect: {records} tombstones of {aggregates} aggregates collected",
    "collect：已清除 {aggregates} 个聚合的 {records} 条删除标记",
)
_WOULD = Phrase(
    "collect: {records} tombstones of {aggregates} aggregates would be collected",
    "collect：可清除 {aggregates} 个聚合的 {records} 条删除标记",
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to do it."""
    parser.add_argument("--dry-run", action="store_true", help="say what would be collected, and do nothing")


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Collect, and say how much."""
    with opened(environ) as service:
        days = service.settings.longest_offline_days
        before = instant(service.clock() - days * _DAY_SECONDS)
        say(_LOOKING, before=before)
        records = aggregates = 0
        for one in collect(service.store.database, before, dry_run=given.dry_run):
            records, aggregates = records + one.count, aggregates + 1
    say(_WOULD if given.dry_run else _DONE, records=records, aggregates=aggregates)
    return 0
