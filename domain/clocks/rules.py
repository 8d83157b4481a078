"""Clock rules: which limit holds for which case, in books with a version; a run keeps the version it began under."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise

import msgspec

from domain.clocks.limit import Limit


class Clock(msgspec.Struct, frozen=True):
    """A promise that is timed: its names, what starts it and what stops it."""

    zh: str
    en: str
    starts: str
    stops: str


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an order when a clock starts; empty: not known or none."""

    contract: str = ""
    """Id of the service contract."""
    always_on: bool = False
    """The contract promises 7×24."""
    level: str = ""
    tier: str = ""
    severity: str = ""
    channel: str = ""


class Match(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The cases that a rule is for; empty: any. Order of weight, the weightiest first."""

    contract: str = ""
    always_on: bool = False
    level: str = ""
    tier: str = ""
    severity: str = ""
    channel: str = ""

    def holds(self, case: Case) -> bool:
        """Whether a case is one of them."""
        return all(
            not wanted or wanted == found
            for wanted, found in zip(
                msgspec.structs.astuple(self), msgspec.structs.astuple(case), strict=True
            )
        )

    @property
    def weight(self) -> tuple[bool, ...]:
        """Greater: more specific. Two that hold for one case and weigh the same are equal."""
        return tuple(bool(wanted) for wanted in msgspec.structs.astuple(self))


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One promise for some cases."""

    clock: str
    when: Match = Match()
    limit: Limit
    warn_minutes: int
    """How long before the end a warning is due, in the limit's own time."""
    pauses: tuple[str, ...] = ()
    """Reasons that stop the time. Pauses with other reasons are kept and do not count."""
    excuses: tuple[str, ...] = ()
    """Reasons for which a supervisor may excuse a breach."""


class RuleBook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All rules, in one version. Raises ValueError where two rules are for the very same cases."""

    version: int
    in_force_from: datetime
    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        seen: set[tuple[str, Match]] = set()
        for rule in self.rules:
            if (rule.clock, rule.when) in seen:
                raise ValueError(f"two rules of {rule.clock} are for the same cases: {rule.when}")
            seen.add((rule.clock, rule.when))


def choose(book: RuleBook, clock: str, case: Case) -> Rule | None:
    """The most specific rule for a case; None: nothing is promised. The order of the rules does not matter.

    A contract of one's own goes before 7×24, that before the contract's level, then tier, severity, channel.
    """
    fitting = [rule for rule in book.rules if rule.clock == clock and rule.when.holds(case)]
    return max(fitting, key=lambda rule: rule.when.weight, default=None)


def book_at(books: Sequence[RuleBook], started_at: datetime) -> RuleBook:
    """The book in force when a clock started, at the least the first. Raises ValueError for books out of order."""
    for left, right in pairwise(books):
        if left.in_force_from >= right.in_force_from or left.version >= right.version:
            raise ValueError(f"rule books {left.version} and {right.version} are not in order")
    in_force = [book for book in books if book.in_force_from <= started_at]
    return in_force[-1] if in_force else books[0]


def check(book: RuleBook, clocks: Mapping[str, Clock]) -> None:
    """Raises ValueError for a rule of a clock that nobody declared, or times that cannot be."""
    for rule in book.rules:
        if rule.clock not in clocks:
            raise ValueError(f"no clock is named {rule.clock}")
        if rule.warn_minutes < 0 or any(number <= 0 for number in msgspec.structs.astuple(rule.limit)):
            raise ValueError(f"times of {rule.clock} must be positive")
