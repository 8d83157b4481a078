"""`doorstep reminders`: what is due, what is late, and what was set aside with its error."""

from __future__ import annotations

import argparse
import sys

import msgspec

from mobile_api.problem import Phrase
from scheduler.instants import later
from scheduler.tick import LATE_SECONDS
from server.cli.opened import opened
from server.cli.speech import filled, language, say
from server.cli.stop import WrongArgument
from server.db.reminders_queue import SqlReminders
from sync.reminder import ReminderRow

NAME = "reminders"
MEANING = "list reminders that are due, late, or set aside with their error"
SHOWN = 50
MOST = 10_000

_LIMIT = Phrase(
    "--limit takes a whole number from 1 to {most}; for example {shown}.",
    "--limit 须为 1 至 {most} 的整数，例如 {shown}。",
)
_COUNTS = Phrase(
    "reminders: {dead} dead, {late} late, {due} due (at {now}, at most {limit} of each)",
    "reminders：失效 {dead} 条，逾期 {late} 条，到期 {due} 条（截至 {now}，每类最多 {limit} 条）",
)
_WORDS = {"dead": Phrase("dead", "失效"), "late": Phrase("late", "逾期"), "due": Phrase("due", "到期")}
_ROW = Phrase(
    "{word}: {kind} of {subject}, revision {revision}, due {due_at}{tried}",
    "{word}：{subject} 的 {kind}，第 {revision} 次修订，应于 {due_at}{tried}",
)
_TRIED = Phrase(", failed {times} times: {error}", "，已失败 {times} 次：{error}")


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
        raise WrongArgument(filled(_LIMIT, most=MOST, shown=SHOWN))
    with opened(environ) as service:
        found = _listed(SqlReminders(service.store.database), given.limit)
    if given.json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
        return 0
    lists = {"dead": found.dead, "late": found.late, "due": found.due}
    counts = {word: len(rows) for word, rows in lists.items()}
    say(_COUNTS, **counts, now=found.now, limit=given.limit)
    for word, rows in lists.items():
        for row in rows:
            print(_line(word, row).said(language()))
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


def _line(word: str, row: ReminderRow) -> Phrase:
    tried = filled(_TRIED, times=row.attempts, error=row.error) if row.error else ""
    return filled(
        _ROW,
        word=_WORDS[word],
        kind=row.kind,
        subject=row.subject,
        revision=row.revision,
        due_at=row.due_at,
        tried=tried,
    )
