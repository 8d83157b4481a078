"""When a clock is due, between the earliest and the latest that the evidence's error bounds allow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from domain.clocks.calendar import Calendar
from domain.clocks.evidence import Evidence, Moment, Pause
from domain.clocks.holidays import UnknownYear
from domain.clocks.limit import Allowance, Before, Elapsed, InHoursElse, allowance
from domain.clocks.rules import Rule
from domain.clocks.working_time import NOTHING, add, between

Wait = tuple[datetime, datetime]


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """The last instant at which the promise is kept, three times: as estimated, and at the edges of what is known."""

    estimate: datetime | None
    """None: it lies in a year whose holidays are not known."""
    earliest: datetime | None
    """It is not due before; None: nobody knows when the clock started."""
    latest: datetime | None
    """It is not due after; None: not known."""
    given: Allowance | None
    """The time given to the estimated start; None: not known."""
    unknown_year: int | None = None

    def warns(self, start: Moment, waits: Sequence[Wait], minutes: int) -> datetime | None:
        """When `minutes` of the limit's own time are left, at the earliest the start; None: not known."""
        if self.given is None:
            return None
        left = max(self.given.duration - timedelta(minutes=minutes), NOTHING)
        try:
            return extended(Allowance(self.given.calendar, left), start.best, waits)
        except UnknownYear:
            return None


def reckon(rule: Rule, calendar: Calendar, evidence: Evidence, stop: Moment | None, until: datetime) -> Due:
    """When the clock is due. Waiting that has no end yet ends with the `stop`, else at `until`."""
    start, counted = evidence.start, waiting(rule, evidence)
    end = until if stop is None else stop.late
    if isinstance(rule.limit, Before):
        given = allowance(rule.limit, start.best, calendar, evidence.target)
        due = start.best + given.duration
        return Due(estimate=due, earliest=due, latest=due, given=given)
    unknown: list[UnknownYear] = []

    def due_for(at: datetime, waits: Iterable[Wait]) -> datetime | None:
        try:
            return extended(allowance(rule.limit, at, calendar, evidence.target), at, merged(waits))
        except UnknownYear as year:
            unknown.append(year)
            return None

    estimate = due_for(start.best, [estimated(pause, end) for pause in counted])
    starts = _starts(rule, start, calendar)
    shortest = [due_for(at, [_shortest(pause, end) for pause in counted]) for at in starts]
    longest = (
        [due_for(at, [_longest(pause, end) for pause in counted]) for at in starts] if counted else shortest
    )
    first_unknown = min((calendar.known_until(year) for year in unknown), default=None)
    return Due(
        estimate=estimate,
        # What is due in an unknown year is not due before that year: enough to prove that it was kept.
        earliest=None
        if start.early is None
        else min(due or first_unknown or start.early for due in shortest),
        latest=None if None in longest else max(due for due in longest if due is not None),
        given=_given(rule, calendar, evidence),
        unknown_year=min((year.year for year in unknown), default=None),
    )


def _given(rule: Rule, calendar: Calendar, evidence: Evidence) -> Allowance | None:
    try:
        return allowance(rule.limit, evidence.start.best, calendar, evidence.target)
    except UnknownYear:
        return None


def extended(given: Allowance, start: datetime, waits: Sequence[Wait]) -> datetime:
    """The end of the time given, the waiting not counted. `waits` are in order and apart. Raises UnknownYear."""
    due = add(given.calendar, start, given.duration)
    for since, until in waits:
        if since >= due:
            break
        if until > start:
            due = add(given.calendar, due, between(given.calendar, max(since, start), until))
    return due


def exact_elapsed(rule: Rule, evidence: Evidence, stop: Moment) -> timedelta | None:
    """The time from start to stop by one device's own monotonic clock, which has no error; None: it cannot be used."""
    start = evidence.start
    one_clock = start.boot and (start.device, start.boot) == (stop.device, stop.boot)
    if not one_clock or not isinstance(rule.limit, Elapsed) or waiting(rule, evidence):
        return None
    return timedelta(milliseconds=stop.mono_ms - start.mono_ms)


def waiting(rule: Rule, evidence: Evidence) -> list[Pause]:
    """The pauses that stop this rule's time. None does for a clock that runs towards a planned moment."""
    if isinstance(rule.limit, Before):
        return []
    return [pause for pause in evidence.pauses if pause.reason in rule.pauses]


def estimated(pause: Pause, end: datetime) -> Wait:
    """A pause as estimated; one that has no end yet ends at `end`."""
    return pause.since.best, end if pause.until is None else pause.until.best


def merged(waits: Iterable[Wait]) -> list[Wait]:
    """Waiting in order and apart: what overlaps counts once."""
    apart: list[Wait] = []
    for since, until in sorted(waits):
        if until <= since:
            continue
        if apart and since <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(until, apart[-1][1]))
        else:
            apart.append((since, until))
    return apart


def _shortest(pause: Pause, end: datetime) -> Wait:
    until = end if pause.until is None else pause.until.early
    return pause.since.late, pause.since.late if until is None else until


def _longest(pause: Pause, end: datetime) -> Wait:
    since = pause.since.late if pause.since.early is None else pause.since.early
    return since, end if pause.until is None else pause.until.late


def _starts(rule: Rule, start: Moment, calendar: Calendar) -> list[datetime]:
    """The starts within the bounds at which a due time may be at its earliest or latest."""
    edges = sorted({start.best, start.late} if start.early is None else {start.early, start.best, start.late})
    if not isinstance(rule.limit, InHoursElse) or len(edges) == 1:
        return edges
    try:
        return [*edges, *(at for stretch in calendar.stretches(edges[0], edges[-1]) for at in stretch)]
    except UnknownYear:
        return edges
