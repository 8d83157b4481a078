"""What is to be done later: asked for by a rule, written in the transaction of the change that needs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

LONGEST_INSTANT = len("2026-01-31T08:00:00.000Z")

Outcome = Literal["done", "late", "missed"]
"""On time; later than it was due; or not at all, because the fact had passed."""
State = Literal["pending", "done", "late", "missed", "cancelled", "dead"]
"""`dead`: set aside with its error. Only a pending one is ever tried, and no other is pending again."""


class Reminder(msgspec.Struct, frozen=True, kw_only=True):
    """Act on a subject at a time. It replaces what was asked for the same subject and kind at lower revisions.

    Asking again at the same revision changes nothing. Instants have milliseconds, so that they compare as texts.
    """

    subject: str
    """`entity/id`."""
    kind: str
    revision: int
    """The version of the aggregate that the asking change makes."""
    due_at: str = ""
    """Empty: at once. A rule has no clock, so the engine fills in the time of the transaction."""
    past_at: str
    """When the fact happens: from then on the effect must not come any more."""

    def __post_init__(self) -> None:
        for instant in filter(None, (self.due_at, self.past_at)):
            if len(instant) != LONGEST_INSTANT or not instant.endswith("Z"):
                raise ValueError(f"not an instant with milliseconds: {instant!r}")


class Forgotten(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for a subject and kind, up to this revision, is needed no more."""

    subject: str
    kind: str
    revision: int


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """The effect of a claimed reminder is in this very transaction."""

    subject: str
    kind: str
    revision: int
    fence: int
    """As the claim gave it: whoever claimed later has a greater one."""
    outcome: Outcome
    at: str = ""
    """The time on the clock that counts; empty: the database's own."""


class ReminderRow(msgspec.Struct, frozen=True, kw_only=True):
    """A reminder as it is stored."""

    subject: str
    kind: str
    revision: int
    due_at: str
    past_at: str
    state: State = "pending"
    claimable_at: str
    """Nobody claims it before: its time, the end of a lease, or of a pause after a failure."""
    fence: int = 0
    """How often it was claimed; the number of the last claim."""
    attempts: int = 0
    error: str = ""
    """What the last attempt failed with."""


class Overtaken(Exception):
    """The reminder was cancelled, settled or claimed by somebody else: nothing of its effect was written."""


class Entangled(Exception):
    """Of several effects one says something of another's reminder: each must be written by itself, in its turn."""


ReminderKey = tuple[str, str, int]
"""(subject, kind, revision)."""


def asked(reminder: Reminder) -> ReminderRow:
    """The row of a reminder that nobody has tried yet."""
    return ReminderRow(
        subject=reminder.subject,
        kind=reminder.kind,
        revision=reminder.revision,
        due_at=reminder.due_at,
        past_at=reminder.past_at,
        claimable_at=reminder.due_at,
    )


def as_of(word: Reminder | Forgotten, now: str) -> Reminder | Forgotten:
    """A rule's word in a transaction at this time.

    Written down after the fact, as by an import, it only cancels what was asked for before.
    """
    if not isinstance(word, Reminder):
        return word
    if word.past_at <= now:
        return Forgotten(subject=word.subject, kind=word.kind, revision=word.revision)
    return word if word.due_at else msgspec.structs.replace(word, due_at=_with_milliseconds(now))


def _with_milliseconds(instant: str) -> str:
    whole, _, fraction = instant[:-1].partition(".")
    return f"{whole}.{fraction[:3]:0<3}Z"


def check_apart(settles: Sequence[Settlement], words: Sequence[Reminder | Forgotten]) -> None:
    """Raise Entangled where effects that share a transaction also say what becomes of a reminder among them."""
    said = {(word.subject, word.kind) for word in words}
    if len(settles) > 1 and any((one.subject, one.kind) in said for one in settles):
        raise Entangled(", ".join(sorted({one.subject for one in settles})))


def may_settle(row: ReminderRow | None, settlement: Settlement) -> bool:
    """Whether a stored reminder takes this effect: pending, mine, and before the fact unless it says "missed"."""
    if row is None or row.state != "pending" or row.fence != settlement.fence:
        return False
    return settlement.outcome == "missed" or settlement.at < row.past_at
