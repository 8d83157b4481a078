"""The clock of a field, and when an operation is concurrent with it (openapi/sync-protocol.md, section 5)."""

from __future__ import annotations

from enum import Enum

import msgspec


class Clock(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Which operation's value stands in a field: the aggregate version that it made, and its author."""

    ver: int
    device: str
    seq: int
    by: str
    """The role in which the author wrote; decides under the owner policy."""


class Base(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the author saw: the aggregate's version in one epoch. Fixed at authoring, never rewritten."""

    epoch: str
    ver: int


class Relation(Enum):
    """How an operation stands to the value that it meets."""

    SEQUENTIAL = "sequential"
    CONCURRENT = "concurrent"
    SUPERSEDED = "superseded"
    """The same device has already written a later value."""


SEQUENTIAL, CONCURRENT, SUPERSEDED = Relation.SEQUENTIAL, Relation.CONCURRENT, Relation.SUPERSEDED
"""The same by name: a member read through its class costs ten times as much, and every field asks."""

FOLLOW_UPS_PER_OPERATION = 1024
"""A follow-up's seq is its cause's seq times this, plus its place; its device is `~` and its cause's device."""


def _origin(clock: Clock) -> tuple[str, int]:
    """The operation that a person made: what follows from one's own operation is one's own word."""
    if clock.device.startswith("~"):
        return clock.device[1:], clock.seq // FOLLOW_UPS_PER_OPERATION
    return clock.device, clock.seq


def relation(
    standing: Clock | None, base: Base, device: str, seq: int, epoch: str, current_ver: int
) -> Relation:
    """Judge one field. Phone time plays no part.

    `current_ver` is the aggregate's version before this transaction. The same device is judged first: its own
    order is known whatever its base says.
    """
    if standing is None:
        return SEQUENTIAL
    origin, origin_seq = _origin(standing)
    if origin == device:
        return SUPERSEDED if origin_seq > seq else SEQUENTIAL
    if base.epoch != epoch or base.ver > current_ver:
        return CONCURRENT
    return CONCURRENT if standing.ver > base.ver else SEQUENTIAL
