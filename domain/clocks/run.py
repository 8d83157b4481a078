"""A clock run with its history: a verdict that news has changed is kept, with what was said before and until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain.clocks.calendar import Calendar
from domain.clocks.evidence import Evidence
from domain.clocks.rules import Case, RuleBook, book_at, choose
from domain.clocks.verdict import Verdict, judge


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict that no longer stands."""

    verdict: Verdict
    until: datetime


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What stands, and what stood before, oldest first."""

    verdict: Verdict
    history: tuple[Earlier, ...] = ()


def rejudge(
    run: Run | None,
    books: Sequence[RuleBook],
    clock: str,
    case: Case,
    calendar: Calendar,
    evidence: Evidence,
    now: datetime,
) -> Run | None:
    """The run as it stands now, by the rules in force at its start; None: nothing is promised in this case.

    `run`: as it stood before; None: the first look. Nothing new gives the same history: repeating is safe.
    """
    book = book_at(books, evidence.start.best)
    rule = choose(book, clock, case)
    if rule is None:
        return None
    verdict = judge(rule, book.version, calendar, evidence, now)
    if run is None:
        return Run(verdict=verdict)
    if _said(run.verdict) == _said(verdict):
        return Run(verdict=verdict, history=run.history)
    return Run(verdict=verdict, history=(*run.history, Earlier(verdict=run.verdict, until=now)))


def _said(verdict: Verdict) -> Verdict:
    """The verdict without what merely passing time changes."""
    return msgspec.structs.replace(verdict, left_seconds=None)
