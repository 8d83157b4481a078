"""What is known of a clock run: facts of the record, each with device time, received time and error bound."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from sync.operation import TimeEvidence


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """When something happened, as far as it can be known. All instants are aware UTC."""

    at: datetime
    """Best estimate: the device's wall time, corrected by its last measured offset."""
    received_at: datetime
    """The server's time on arrival; nothing happened after it."""
    error_ms: int | None = 0
    """Bound on the error of `at`; None: the device's clock was never compared."""
    device_wall: datetime | None = None
    """What the device's clock showed; None: the server's own clock gave `at`."""
    device: str = ""
    boot: str = ""
    mono_ms: int = 0
    """Milliseconds since `boot` began, which no one can set."""
    not_before: datetime | None = None
    """Server time of what the fact builds on, such as the version that the phone had seen: it happened after that."""

    @property
    def contradicts(self) -> bool:
        """The device's claim lies wholly outside what the server knows: it proves nothing."""
        if self.error_ms is None:
            return False
        error = timedelta(milliseconds=self.error_ms)
        too_early = self.not_before is not None and self.at + error < self.not_before
        return self.at - error > self.received_at or too_early

    @property
    def early(self) -> datetime | None:
        """It did not happen before; None: nobody knows."""
        if self.error_ms is None or self.contradicts:
            return self.not_before
        early = self.at - timedelta(milliseconds=self.error_ms)
        return early if self.not_before is None else max(early, self.not_before)

    @property
    def late(self) -> datetime:
        """It did not happen after."""
        if self.error_ms is None or self.contradicts:
            return self.received_at
        return min(self.at + timedelta(milliseconds=self.error_ms), self.received_at)

    @property
    def best(self) -> datetime:
        """The estimate, within the bounds."""
        best = min(self.at, self.late)
        return best if self.early is None else max(best, self.early)


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch in which the work waited, and for what."""

    since: Moment
    until: Moment | None
    """None: it still waits."""
    reason: str


class Excuse(msgspec.Struct, frozen=True, kw_only=True):
    """A supervisor's word that a breach is excused."""

    at: Moment
    reason: str
    by: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """All facts about one clock run, in any order."""

    start: Moment
    stops: tuple[Moment, ...] = ()
    """Everything that would stop the clock: the first of them does."""
    pauses: tuple[Pause, ...] = ()
    excuses: tuple[Excuse, ...] = ()
    cancelled: Moment | None = None
    """When the promise fell away: the order or the visit was cancelled, or the visit moved."""
    target: datetime | None = None
    """The planned moment, for clocks that run towards one."""


def known_at(evidence: Evidence, now: datetime) -> Evidence:
    """What had arrived by `now`. The start counts as known always."""
    return msgspec.structs.replace(
        evidence,
        stops=tuple(stop for stop in evidence.stops if stop.received_at <= now),
        pauses=tuple(_pause_at(pause, now) for pause in evidence.pauses if pause.since.received_at <= now),
        excuses=tuple(excuse for excuse in evidence.excuses if excuse.at.received_at <= now),
        cancelled=_if_known(evidence.cancelled, now),
    )


def at_office(at: datetime) -> Moment:
    """A moment by the server's own clock."""
    return Moment(at=at, received_at=at)


def on_device(
    time: TimeEvidence, device: str, received_at: datetime, not_before: datetime | None = None
) -> Moment:
    """A moment as an operation's time evidence tells it. Raises ValueError for a wall time that is no instant."""
    wall = datetime.fromisoformat(time.wall)
    measured = time.offset_ms is not None and time.error_ms is not None
    return Moment(
        at=wall + timedelta(milliseconds=time.offset_ms or 0),
        received_at=received_at,
        error_ms=time.error_ms if measured else None,
        device_wall=wall,
        device=device,
        boot=time.boot,
        mono_ms=time.mono_ms,
        not_before=not_before,
    )


def as_recorded(
    value: Mapping[str, Any], device: str, received_at: datetime, not_before: datetime | None = None
) -> Moment:
    """A moment as a record's field tells it (`domain.schema.kinds.moment`): no bound means that none is known."""
    return Moment(
        at=datetime.fromisoformat(value["at"]),
        received_at=received_at,
        error_ms=value.get("error_ms"),
        device=device,
        not_before=not_before,
    )


def _pause_at(pause: Pause, now: datetime) -> Pause:
    return msgspec.structs.replace(pause, until=_if_known(pause.until, now))


def _if_known(moment: Moment | None, now: datetime) -> Moment | None:
    return moment if moment is not None and moment.received_at <= now else None
