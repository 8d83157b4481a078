"""The port that bounds how much one sender, or one place that media belongs to, may fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from media.gate import Principal
from media.refusal import QuotaReached

DEVICE = "device"
"""Scope of the room that a device has for its unfinished uploads."""


@dataclass(frozen=True, slots=True)
class Room:
    """What one upload may take at most, within one scope. `left_bytes` is at least 0."""

    scope: str
    limit_bytes: int
    left_bytes: int


class UploadQuota(Protocol):
    """Tells how much room there is. Asked when an upload is created, grows, or its length is settled."""

    def rooms(self, principal: Principal, media_id: str | None, upload_id: str | None) -> Sequence[Room]:
        """The rooms for an upload of this media, whose own bytes (`upload_id`) are not counted against it.

        `media_id` is None for a piece, which belongs to no media yet. Runs in a worker thread; may read a
        database.
        """
        ...


class NoQuota:
    """`UploadQuota` without bounds."""

    def rooms(self, principal: Principal, media_id: str | None, upload_id: str | None) -> Sequence[Room]:
        """Never a room that could be too small."""
        return ()


def demand_room(rooms: Sequence[Room], length_bytes: int | None) -> None:
    """Raises QuotaReached when a room is too small; an unknown length needs one byte."""
    for room in rooms:
        if room.left_bytes < (1 if length_bytes is None else length_bytes):
            raise QuotaReached(room.scope, room.limit_bytes, room.left_bytes)


def least_room(rooms: Sequence[Room], most_bytes: int) -> int:
    """How many bytes all rooms take, and `most_bytes` at most."""
    return min([most_bytes, *(room.left_bytes for room in rooms)])
