"""What the evidence says of one clock run: met, breached, excused, running or paused.

docs/decisions/0013-clocks.md: met only where the evidence proves it, at every point within its error bounds.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import floor
from typing import Literal

import msgspec

from domain.clocks.calendar import Calendar
from domain.clocks.due import Due, Wait, estimated, exact_elapsed, extended, merged, reckon, waiting
from domain.clocks.evidence import Evidence, Moment, known_at
from domain.clocks.holidays import UnknownYear
from domain.clocks.limit import is_too_late
from domain.clocks.rules import Rule
from domain.clocks.working_time import between

State = Literal["running", "paused", "met", "breached", "excused"]

CANCELLED = "cancelled"
BEGAN_TOO_LATE = "began_too_late"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One look at a clock run."""

    clock: str
    rule_version: int
    state: State
    reason: str = ""
    """Why it is excused or paused."""
    proven: bool = False
    """It stays so wherever in their error bounds the true moments lie. Never so of a clock without an end."""
    start: Moment
    due_at: datetime | None
    """The last instant at which the promise is kept; None: paused, or in a year whose holidays are not known."""
    warn_at: datetime | None = None
    """When to warn; None: there is nothing to warn of, or not yet."""
    stop: Moment | None = None
    left_seconds: int | None = None
    """The limit's own time left, at the stop or at the look; less than nothing: late. None: not known."""
    flags: tuple[str, ...] = ()
    """What a reader should know, such as `not_proven` or `calendar_unknown:2027`."""


def judge(rule: Rule, version: int, calendar: Calendar, evidence: Evidence, now: datetime) -> Verdict:
    """The verdict from what had arrived by `now`; the order of arrival plays no part, and repeating is safe.

    Raises ValueError where a clock that runs towards a planned moment is not told that moment.
    """
    known = known_at(evidence, now)
    stop = min(known.stops, key=lambda one: (one.late, one.at), default=None)
    due = reckon(rule, calendar, known, stop, now)
    verdict = Verdict(
        clock=rule.clock,
        rule_version=version,
        state="running",
        start=known.start,
        due_at=due.estimate,
        stop=stop,
        flags=_flags(rule, known, due, stop),
    )
    if stop is None:
        return _open(verdict, rule, known, due, now)
    return _stopped(verdict, rule, known, due, stop)


def _stopped(verdict: Verdict, rule: Rule, known: Evidence, due: Due, stop: Moment) -> Verdict:
    """Met where proven; else breached, and `not_proven` where the bounds leave it open."""
    exact = exact_elapsed(rule, known, stop)
    if exact is not None and due.given is not None:
        left: timedelta | None = due.given.duration - exact
        kept = exact <= due.given.duration
        broken = not kept
    else:
        left = _left(due, stop.best)
        kept = due.earliest is not None and stop.late <= due.earliest
        broken = due.latest is not None and stop.early is not None and stop.early > due.latest
    verdict = _with_left(verdict, left)
    if kept:
        if is_too_late(rule.limit, known.start.best, known.target):
            return _settled(verdict, "excused", BEGAN_TOO_LATE, True)
        return _settled(verdict, "met", "", True)
    if due.estimate is None:
        return verdict
    excuse = _excuse(rule, known, due)
    verdict = _settled(verdict, "excused" if excuse else "breached", excuse, broken)
    return verdict if broken else _flagged(verdict, "not_proven")


def _open(verdict: Verdict, rule: Rule, known: Evidence, due: Due, now: datetime) -> Verdict:
    """Nothing has stopped it yet, as far as anybody knows: the phone may be dark, so nothing is proven."""
    if known.cancelled is not None and (due.estimate is None or known.cancelled.best <= due.estimate):
        proven = due.earliest is not None and known.cancelled.late <= due.earliest
        return _settled(verdict, "excused", CANCELLED, proven)
    if (paused := _paused(verdict, rule, known, due)) is not None:
        return paused
    verdict = _with_left(verdict, _left(due, now))
    if due.estimate is not None and now > due.estimate:
        excuse = _excuse(rule, known, due)
        return _settled(verdict, "excused" if excuse else "breached", excuse, False)
    if is_too_late(rule.limit, known.start.best, known.target):
        warn_at: datetime | None = known.start.best
    else:
        warn_at = due.warns(known.start, _waits(rule, known, now), rule.warn_minutes)
    return msgspec.structs.replace(verdict, warn_at=warn_at)


def _paused(verdict: Verdict, rule: Rule, known: Evidence, due: Due) -> Verdict | None:
    """The verdict while it waits; None where it does not, or its time had run out before the waiting began."""
    waits_still = [pause for pause in waiting(rule, known) if pause.until is None]
    if not waits_still:
        return None
    pause = min(waits_still, key=lambda one: (one.since.best, one.reason))
    since = pause.since.best
    try:
        left = _left_at_pause(rule, known, due, since)
    except UnknownYear:
        left = None
    if left is not None and left <= timedelta(0):
        return None
    verdict = msgspec.structs.replace(verdict, state="paused", reason=pause.reason, due_at=None)
    return _with_left(verdict, left)


def _left_at_pause(rule: Rule, known: Evidence, due: Due, since: datetime) -> timedelta | None:
    """What was left when the waiting began that still goes on; nothing: the limit had run out. Raises UnknownYear."""
    if due.given is None:
        return None
    before = merged((begun, min(ended, since)) for begun, ended in _waits(rule, known, since))
    frozen = extended(due.given, known.start.best, before)
    return between(due.given.calendar, since, frozen)


def _waits(rule: Rule, known: Evidence, end: datetime) -> list[Wait]:
    return merged(estimated(pause, end) for pause in waiting(rule, known))


def _excuse(rule: Rule, known: Evidence, due: Due) -> str:
    """Why a breach counts as excused; empty: it does not."""
    if known.cancelled is not None and due.estimate is not None and known.cancelled.best <= due.estimate:
        return CANCELLED
    accepted = [excuse for excuse in known.excuses if excuse.reason in rule.excuses]
    first = min(accepted, key=lambda one: (one.at.received_at, one.reason), default=None)
    return "" if first is None else first.reason


def _left(due: Due, at: datetime) -> timedelta | None:
    if due.estimate is None or due.given is None:
        return None
    try:
        return between(due.given.calendar, at, due.estimate)
    except UnknownYear:
        return None


def _with_left(verdict: Verdict, left: timedelta | None) -> Verdict:
    # Rounded down, so that the smallest lateness is less than nothing.
    seconds = None if left is None else floor(left / timedelta(seconds=1))
    return msgspec.structs.replace(verdict, left_seconds=seconds)


def _settled(verdict: Verdict, state: State, reason: str, proven: bool) -> Verdict:
    return msgspec.structs.replace(verdict, state=state, reason=reason, proven=proven)


def _flagged(verdict: Verdict, flag: str) -> Verdict:
    return msgspec.structs.replace(verdict, flags=(*verdict.flags, flag))


def _flags(rule: Rule, known: Evidence, due: Due, stop: Moment | None) -> tuple[str, ...]:
    moments = [known.start, *([] if stop is None else [stop])]
    counted = waiting(rule, known)
    said = {
        f"calendar_unknown:{due.unknown_year}": due.unknown_year is not None,
        "clock_contradicts": any(moment.contradicts for moment in moments),
        "clock_unmeasured": any(moment.error_ms is None for moment in moments),
        "pause_not_counted": len(counted) < len(known.pauses),
        "excuse_not_accepted": any(excuse.reason not in rule.excuses for excuse in known.excuses),
        "heard_late": stop is not None and due.estimate is not None and stop.received_at > due.estimate,
        BEGAN_TOO_LATE: is_too_late(rule.limit, known.start.best, known.target),
    }
    return tuple(flag for flag, holds in said.items() if holds)
