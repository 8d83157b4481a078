"""What can go wrong, which of it does in this run, and how often it did."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable

NETWORK = (
    "drop",
    "duplicate",
    "reorder",
    "delay",
    "truncate",
    "half_open",
    "lost_acknowledgement",
    "partition",
    "cut",
)
PHONE = (
    "crash",
    "torn_write",
    "full_disk",
    "clock_jump",
    "reboot",
    "reinstall",
    "clone",
    "eviction",
    "revocation",
)
DEPOT = ("depot_full", "depot_power")
OFFICE = (
    "reassign",
    "reschedule",
    "cancel",
    "delete",
    "correct",
    "resolve",
    "template",
    "deploy",
    "restore",
    "poison",
)
KINDS = (*NETWORK, *PHONE, *DEPOT, *OFFICE)


class Weather:
    """The swarm: each run has its own selection of faults, so that none hides another."""

    def __init__(self, on: Iterable[str]) -> None:
        self.on = frozenset(on)
        self.happened: Counter[str] = Counter()
        self.calm = False

    @classmethod
    def of(cls, dice: random.Random) -> Weather:
        """Each kind is on in a third to two thirds of all runs; one run in nineteen knows no fault at all."""
        likely = dice.choice((0.0, *([0.35, 0.5, 0.65] * 6)))
        on = {kind for kind in KINDS if dice.random() < likely}
        return cls(on)

    def happens(self, kind: str, dice: random.Random, likely: float) -> bool:
        """Whether it goes wrong now; counted where it does."""
        if not self.may(kind, dice, likely):
            return False
        self.happened[kind] += 1
        return True

    def may(self, kind: str, dice: random.Random, likely: float) -> bool:
        """Whether it may go wrong soon; whoever lets it counts it when it does."""
        return not self.calm and kind in self.on and dice.random() < likely
