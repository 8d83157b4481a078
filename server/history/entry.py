"""One line of a history, as the wire and the command line tell it."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who did it. Both names are in the reader's language."""

    id: str
    name: str
    role: str
    """The role in which it was done."""
    role_name: str


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """By what it came: `phone`, `desk`, `import` or `system`."""

    kind: str
    device: str
    name: str
    """What a phone's user calls it; else what the kind is called."""


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """The conflict that a change led to, as it stands now."""

    id: str
    state: str
    """`open`, `settled` (by the rule of the field) or `decided`."""
    chosen: str | None = None
    """What was decided: `standing`, `losing` or `other`."""
    decided_by: Person | None = None
    decided_at: str | None = None


class FieldChange(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What became of one field."""

    field: str
    name: str
    """The field's name in the reader's language."""
    before: Any | UnsetType = UNSET
    """The value that was replaced; absent where nothing was."""
    given: Any = None
    """What the operation said, such as {"event": "arrive"}."""
    after: Any | UnsetType = UNSET
    """The value that stood afterwards; absent where an erasure has taken what would tell."""
    outcome: str = "applied"
    reason: str = ""
    sentence: str = ""
    """Name, values and reason in one sentence."""
    conflict: Settlement | None = None


class HistoryEntry(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One change of one record. Of an erased one only the number, and that it was there."""

    n: int
    """Place in the aggregate's chain, from 1."""
    sentence: str
    erased: bool = False
    operation: str = ""
    """The operation's id: with it the phone's receipts and the ledger name the same change."""
    entity: str = ""
    record: str = ""
    action: str = ""
    """`create`, `update` or `delete`."""
    ver: int = 0
    authored_at: str | None = None
    """What the author's clock showed; null where it is not known any more."""
    received_at: str = ""
    by: Person | None = None
    via: Origin | None = None
    outcome: str = ""
    """`applied`, `merged` (a rule decided) or `conflict` (a person decides)."""
    flags: tuple[str, ...] = ()
    follows: str = ""
    """Id of the operation that caused this one; empty: a person did it."""
    decides: str = ""
    """Id of the conflict whose decision this carries out."""
    fields: list[FieldChange] = []


class History(msgspec.Struct, kw_only=True):
    """What happened to an aggregate, or to one record in it, the oldest first; and whether its chain holds."""

    aggregate: str
    verified: bool
    """Whether every link of the aggregate's chain holds, from the first entry to the end that the aggregate names."""
    broken_at: list[int]
    """Numbers of the entries where it does not."""
    sentence: str
    """The same in words."""
    entries: int
    """How many the whole chain has."""
    erased: int
    """How many of them are erased; of those it is not known any more whose record they were about."""
    head: str
    """Hash of the last entry, in hexadecimal: noted down, it shows later that nothing before it was changed."""
    items: list[HistoryEntry]
