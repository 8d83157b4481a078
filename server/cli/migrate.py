"""`doorstep migrate`: create or upgrade every table."""

from __future__ import annotations

import argparse

from mobile_api.problem import Phrase
from server.cli.speech import say
from server.db.migrate import migrate, outdated
from server.settings import read_settings

NAME = "migrate"
MEANING = "create or upgrade the database's tables; safe to run again"

_BRINGING = Phrase(
    "migrate: bringing the database to this program's revision ...",
    "migrate：正在将数据库升级到本程序的版本……",
)
_DONE = Phrase("migrate: done", "migrate：完成")


def arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Bring the database to this program's revision."""
    settings = read_settings(environ)
    say(_BRINGING)
    migrate(settings.database_url)
    if sentence := outdated(settings.database_url):
        print(f"migrate: {sentence}")
    say(_DONE)
    return 0
