"""When a visit's confirmation is asked for, reminded of and taken over: a schedule, made anew when the visit moves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from domain.clocks.wall_time import MINUTES_OF_A_DAY, first_instant, wall_at

Kind = Literal["ask_evening_before", "ask", "remind", "take_over"]
To = Literal["technician", "customer", "dispatcher"]


class Confirming(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The times of asking. Minutes count back from the visit's start; wall times are minutes after midnight on site."""

    ask_minutes: int = 90
    remind_minutes: int = 75
    met_minutes: int = 60
    early_before: int = 10 * 60
    """Visits that start before this are asked about the evening before, too."""
    evening_at: int = 18 * 60
    quiet_from: int = 21 * 60
    quiet_until: int = 8 * 60
    """Between these customers get no message. At either of them they still, or again, may."""

    def __post_init__(self) -> None:
        if not self.ask_minutes > self.remind_minutes > self.met_minutes >= 0:
            raise ValueError("asked first, then reminded, then taken over")
        walls = (self.early_before, self.evening_at, self.quiet_from, self.quiet_until)
        if any(not 0 <= minute < MINUTES_OF_A_DAY for minute in walls):
            raise ValueError("a wall time is 0 to 1439 minutes after midnight")


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do, unless the time is confirmed by then."""

    kind: Kind
    to: To
    at: datetime
    moved_from: datetime | None = None
    """When it would have been, had the customer's quiet hours not moved it earlier."""


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """All steps in order of time, and the last instant at which a confirmation keeps the promise."""

    steps: tuple[Step, ...]
    met_until: datetime


DEFAULT = Confirming()


def schedule(starts_at: datetime, arranged_at: datetime, zone: str, times: Confirming = DEFAULT) -> Schedule:
    """The steps for a visit in the site's zone, from what was known when it was arranged or last moved.

    Nobody is asked in the past: where the asking had passed by then, it is done at once, one time. A visit arranged
    when it is too late to keep the promise goes to the dispatcher at once; one that has begun, to nobody.
    Raises UnknownZone.
    """
    met_until = starts_at - timedelta(minutes=times.met_minutes)
    if arranged_at >= starts_at:
        return Schedule(steps=(), met_until=met_until)
    steps = [Step(kind="take_over", to="dispatcher", at=max(met_until, arranged_at))]
    if arranged_at < met_until:
        steps += _not_in_the_past(_technician(starts_at, times), arranged_at)
        steps += _not_in_the_past(_customer(starts_at, zone, times), arranged_at)
    return Schedule(
        steps=tuple(sorted(steps, key=lambda step: (step.at, step.to, step.kind))), met_until=met_until
    )


def _not_in_the_past(steps: list[Step], arranged_at: datetime) -> list[Step]:
    """What lies ahead; before it, where no asking is left ahead, one asking at once."""
    ahead = [step for step in steps if step.at > arranged_at]
    if any(step.kind != "remind" for step in ahead):
        return ahead
    return [Step(kind="ask", to=steps[0].to, at=arranged_at), *ahead]


def _technician(starts_at: datetime, times: Confirming) -> list[Step]:
    """A technician's alarm rings when it rings: quiet hours are the customer's."""
    return [
        Step(kind="ask", to="technician", at=starts_at - timedelta(minutes=times.ask_minutes)),
        Step(kind="remind", to="technician", at=starts_at - timedelta(minutes=times.remind_minutes)),
    ]


def _customer(starts_at: datetime, zone: str, times: Confirming) -> list[Step]:
    """Messages outside quiet hours. What they move back to an earlier message of this visit is dropped."""
    wanted: list[tuple[Kind, datetime]] = [
        ("ask", starts_at - timedelta(minutes=times.ask_minutes)),
        ("remind", starts_at - timedelta(minutes=times.remind_minutes)),
    ]
    day, minute = wall_at(starts_at, zone)
    if minute < times.early_before:
        wanted.insert(
            0, ("ask_evening_before", first_instant(day - timedelta(days=1), times.evening_at, zone))
        )
    steps: list[Step] = []
    for kind, at in wanted:
        moved = before_quiet(at, zone, times)
        if moved < at and steps:
            continue
        steps.append(Step(kind=kind, to="customer", at=moved, moved_from=at if moved < at else None))
    return steps


def before_quiet(at: datetime, zone: str, times: Confirming) -> datetime:
    """The instant itself, or the start of the quiet hours in which it lies: never later. Raises UnknownZone."""
    day = wall_at(at, zone)[0]
    if times.quiet_from == times.quiet_until:
        return at
    for begins_on in (day, day - timedelta(days=1)):
        begins = first_instant(begins_on, times.quiet_from, zone)
        over_night = MINUTES_OF_A_DAY if times.quiet_until < times.quiet_from else 0
        if begins < at < first_instant(begins_on, times.quiet_until + over_night, zone):
            return begins
    return at
