"""A figure: the same thing asked of several contenders in turns, and the bars that ours must hold."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from bench.load import Load, percentile
from bench.noise import MOST_CORES, Noise
from bench.processes import Running

OURS = "ours"
Kind = Literal["ours", "reference", "durable peer", "peer"]
"""A peer is durable only if it was seen to be (`bench/durability.py`)."""


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int
    batches_per_phone: int
    """In each round."""
    records: int
    """What a new phone pulls."""
    load_seconds: float
    """How long a round of polls, or of a peer's pushes, lasts."""
    phones: int
    storms: int
    """Of so many phones at once."""
    jobs: int
    """Of each phone that pushes."""
    growth: tuple[int, ...]
    """Records in the database at each step of its growth."""
    growth_requests: int
    """In each of its rounds; ten times as many polls."""


@dataclass
class Side:
    """One contender's rounds."""

    name: str
    kind: Kind
    values: list[float] = field(default_factory=list)
    """What is compared, in the figure's unit."""
    per_cpu_second: list[float] = field(default_factory=list)
    """How much was done in a second of the servers' own work: waiting for the disk and for others left out."""
    p99_ms: list[float] = field(default_factory=list)
    """Of single requests."""
    peak_mib: list[float] = field(default_factory=list)
    generator_busy: list[float] = field(default_factory=list)
    refused: int = 0
    requests: int = 0

    @property
    def median(self) -> float:
        """The median round."""
        return statistics.median(self.values)

    @property
    def failed(self) -> bool:
        """Whether so much was refused that its value says nothing."""
        return self.refused > self.requests / 100


@dataclass
class Entry:
    """A contender in one figure."""

    side: Side
    running: Running
    go: Callable[[int], Load]
    """Do a round, told by its number from 0."""
    count: Callable[[Load], float]
    """How many things a round did, for what each costs."""


@dataclass(frozen=True)
class Round:
    """What was found in one round."""

    load: Load
    count: float
    cpu_seconds: float


@dataclass(frozen=True)
class Bar:
    """What the product promises: a share of what another does, or an absolute value."""

    against: Literal["reference", "durable peer", "peer", "itself", "nothing"]
    """The best peer of the kind; every durable peer is a peer. "itself" compares the figure's largest value with its
    smallest, "nothing" takes ours as it is."""
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Verdict:
    """Whether a bar is held; `held` is None where nothing could be compared."""

    said: str
    held: bool | None


@dataclass
class Figure:
    """What was measured, by contender."""

    name: str
    unit: str
    more_is_better: bool
    bars: Sequence[Bar]
    sides: list[Side] = field(default_factory=list)
    others_cores: list[float] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def ours(self) -> Side:
        """The product."""
        return next(side for side in self.sides if side.kind == OURS)

    @property
    def clean(self) -> bool:
        """Whether nobody else was working meanwhile."""
        return max(self.others_cores, default=0.0) <= MOST_CORES

    def best(self, against: str) -> Side | None:
        """The best contender of a kind, if one was measured."""
        kinds = ("peer", "durable peer") if against == "peer" else (against,)
        found = [side for side in self.sides if side.kind in kinds and side.values and not side.failed]
        return (max if self.more_is_better else min)(found, key=lambda side: side.median, default=None)

    def verdicts(self) -> list[Verdict]:
        """Each bar, with what was found."""
        return [self._verdict(bar) for bar in self.bars]

    def told(self) -> dict[str, Any]:
        """Everything as JSON."""
        medians = {side.name: side.median for side in self.sides if side.values}
        bars = [asdict(verdict) for verdict in self.verdicts()]
        return {**asdict(self), "clean": self.clean, "medians": medians, "verdicts": bars}

    def _verdict(self, bar: Bar) -> Verdict:
        if bar.against == "itself":
            values = [side.median for side in self.sides]
            found, name = max(values) / min(values), "× the lowest"
        elif bar.against == "nothing":
            found, name = self.ours.median, self.unit
        else:
            other = self.best(bar.against)
            if other is None:
                return Verdict(f"no {bar.against} was measured", None)
            found, name = self.ours.median / other.median, f"× {other.name}"
        if bar.least is not None:
            return Verdict(f"{found:.2f} {name} (bar: at least {bar.least:g})", found >= bar.least)
        assert bar.most is not None
        return Verdict(f"{found:.2f} {name} (bar: at most {bar.most:g})", found <= bar.most)


def measure(
    figure: Figure,
    entries: Sequence[Entry],
    rounds: int,
    value: Callable[[Round], float],
    idle: Sequence[Running] = (),
) -> Figure:
    """All contenders, round by round in turns; who goes first moves on.

    `idle` are contenders that run beside them and do nothing: what they use is no stranger's.
    """
    figure.sides += [entry.side for entry in entries]
    known = [pid for one in [*idle, *(entry.running for entry in entries)] for pid in one.pids]
    for turn in range(rounds):
        first = turn % len(entries)
        for entry in [*entries[first:], *entries[:first]]:
            noise = Noise(known)
            entry.running.forget()
            load = entry.go(turn)
            done = Round(load, entry.count(load), max(entry.running.cpu_seconds(), 0.01))
            figure.others_cores.append(noise.cores())
            _note(entry, done, value(done))
    return figure


def _note(entry: Entry, done: Round, value: float) -> None:
    side, load = entry.side, done.load
    side.values.append(value)
    side.per_cpu_second.append(done.count / done.cpu_seconds)
    side.p99_ms.append(percentile(load.latencies, 0.99) * 1000)
    side.peak_mib.append(entry.running.peak_mib())
    side.generator_busy.append(load.busy)
    side.refused += load.refused
    side.requests += load.requests


def per_second(done: Round) -> float:
    """A rate, by the clock."""
    return done.count / done.load.seconds


def cpu_microseconds(done: Round) -> float:
    """What one thing costs of the servers' processor time."""
    return done.cpu_seconds / done.count * 1e6
