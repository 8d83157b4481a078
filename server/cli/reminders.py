"""`doorstep reminders`: what is due, what is late, and what was set aside with its error."""

from __future__ import annotations

import argparse
import sys

import msgspec

from scheduler.instants import later
from scheduler.tick import LATE_SECONDS
from server.cli.opened import opened
from server.cli.stop import WrongArgument
from server.db.reminders_queue import SqlReminders
from sync.reminder import ReminderRow

NAME = "reminders"
MEANING = "list reminders that are due, late, or set aside with their error"
SHOWN = 50
MOST = 10_000


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to `--json`."""

    now: str
    """The time on the database's clock."""
    due: list[ReminderRow]
    late: list[ReminderRow]
    """Five minutes behind their time and not done: nothing ticks, or they failed before."""
    dead: list[ReminderRow]
    """Set aside: nobody tries them again."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """How many, and in which form."""
    parser.add_argument("--limit", type=int, default=SHOWN, metavar="N", help=f"so many of each ({SHOWN})")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """List them, those that need somebody first."""
    if not 0 < given.limit <= MOST:
        raise WrongArgument(f"--limit takes a whole number from 1 to {MOST}; for example {SHOWN}.")
    with opened(environ) as service:
        found = _listed(SqlReminders(service.store.database), given.limit)
    if given.json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
        return 0
    counts = f"{len(found.dead)} dead, {len(found.late)} late, {len(found.due)} due"
    print(f"reminders: {counts} (at {found.now}, at most {given.limit} of each)")
    for word, rows in (("dead", found.dead), ("late", found.late), ("due", found.due)):
        for row in rows:
            print(f"{word}: {_line(row)}")
    return 0


def _listed(reminders: SqlReminders, limit: int) -> Listed:
    now = reminders.now()
    behind = later(now, -LATE_SECONDS)
    return Listed(
        now=now,
        due=reminders.pending(behind, now, limit),
        late=reminders.pending("", behind, limit),
        dead=reminders.dead(limit),
    )


def _line(row: ReminderRow) -> str:
    said = f"{row.kind} of {row.subject}, revision {row.revision}, due {row.due_at}"
    tried = f", failed {row.attempts} times: {row.error}" if row.error else ""
    return said + tried
