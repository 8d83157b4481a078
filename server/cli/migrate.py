"""`doorstep migrate`: create or upgrade every table."""

from __future__ import annotations

import argparse

from server.db.migrate import migrate, outdated
from server.settings import read_settings

NAME = "migrate"
MEANING = "create or upgrade the database's tables; safe to run again"


def arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Bring the database to this program's revision."""
    settings = read_settings(environ)
    print("migrate: bringing the database to this program's revision ...", flush=True)
    migrate(settings.database_url)
    if sentence := outdated(settings.database_url):
        print(f"migrate: {sentence}")
    print("migrate: done")
    return 0
