"""`doorstep serve` with a flaw in it, which the faults must find: python -m tests.faults.flawed_serve FLAW"""

from __future__ import annotations

import sqlite3
import sys
import time
from concurrent.futures import InvalidStateError
from typing import Any

from server.cli import main
from server.db import postgres_database, sqlite_database
from tests.kills.flawed import dropped_dedupe

WINDOW_SECONDS = 0.05
"""So long after the answer the commit comes."""


def acknowledges_before_the_commit() -> None:
    """SQLite: whoever waits is told as soon as the work has run; the commit follows."""
    job, connection = sqlite_database._Job, sqlite_database._connect
    succeed = job.succeed
    run = sqlite_database.SqliteDatabase._run

    def told_once(self: Any) -> None:
        try:
            succeed(self)
        except InvalidStateError:
            pass

    def run_and_tell(self: Any, one: Any) -> bool:
        if not run(self, one):
            return False
        if "Enrolments" not in one.work.__qualname__:
            # A phone whose enrolment was told too soon would only be sent away.
            one.succeed()
        return True

    class Late(sqlite3.Connection):
        def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
            if statement == "COMMIT":
                time.sleep(WINDOW_SECONDS)
            return super().execute(statement, *values)

    job.succeed = told_once  # type: ignore[method-assign]
    sqlite_database.SqliteDatabase._run = run_and_tell  # type: ignore[method-assign]
    sqlite_database._connect = lambda path, _: connection(path, Late)


def commits_without_the_disk() -> None:
    """PostgreSQL: a commit is acknowledged before it is in the log."""
    postgres_database.SESSION = (*postgres_database.SESSION, "synchronous_commit=off")


FLAWS = {
    "acknowledges before the commit": acknowledges_before_the_commit,
    "commits without the disk": commits_without_the_disk,
    "dropped dedupe": dropped_dedupe,
}

if __name__ == "__main__":
    FLAWS[sys.argv[1]]()
    sys.exit(main(["serve"]))
