"""Rows of a log: its head, its leaves and its nodes, inside any transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from server.db.connection import Connection
from server.db.statement import Statement
from sync.log.tree import Node

_HEAD = Statement("SELECT log, origin, size, key, made_at FROM log_head WHERE log = :log")
_BEFORE = Statement(
    "SELECT log, origin, size, key, made_at FROM log_head WHERE log <> :log AND size > 0 "
    "ORDER BY made_at DESC, log DESC LIMIT 1"
)
_LEAVES = "SELECT log, place, data, receipt FROM log_leaf "
_ABOUT = Statement(f"{_LEAVES} WHERE subject = :subject ORDER BY log, place")
_OF_SUBJECT = Statement(f"{_LEAVES} WHERE log = :log AND subject = :subject ORDER BY place")
_AT = Statement(f"{_LEAVES} WHERE log = :log AND place = ANY(:places) ORDER BY place")
_NODES = Statement(
    "SELECT place, hash FROM log_node WHERE log = :log AND level = :level AND place = ANY(:places)"
)


class Head(msgspec.Struct, frozen=True):
    """How far a log has come."""

    log: str
    origin: str
    size: int
    key: str
    """The key that it names last."""
    begun_at: str


class LeafRow(msgspec.Struct, frozen=True):
    """A leaf as it is kept."""

    log: str
    place: int
    data: str
    receipt: str


def head_of(connection: Connection, log: str) -> Head | None:
    """The log of an epoch; None where nothing was ever logged."""
    row = connection.row(_HEAD, log=log)
    return None if row is None else Head(*row)


def head_before(connection: Connection, log: str) -> Head | None:
    """The log that was begun last, apart from this one."""
    row = connection.row(_BEFORE, log=log)
    return None if row is None else Head(*row)


def leaves_about(connection: Connection, subject: str) -> list[LeafRow]:
    """Leaves of all logs with this subject."""
    return [LeafRow(*row) for row in connection.rows(_ABOUT, subject=subject)]


def leaves_of(connection: Connection, log: str, subject: str) -> list[LeafRow]:
    """Leaves of one log with this subject, in order."""
    return [LeafRow(*row) for row in connection.rows(_OF_SUBJECT, log=log, subject=subject)]


def leaves_at(connection: Connection, log: str, places: Sequence[int]) -> list[LeafRow]:
    """The leaves at these places, in order."""
    return [LeafRow(*row) for row in connection.rows(_AT, log=log, places=list(places))]


def nodes_at(connection: Connection, log: str, wanted: Iterable[Node]) -> dict[Node, bytes]:
    """The hashes of these nodes."""
    by_level: dict[int, list[int]] = {}
    for level, place in wanted:
        by_level.setdefault(level, []).append(place)
    return {
        (level, place): bytes(hash)
        for level, places in sorted(by_level.items())
        for place, hash in connection.rows(_NODES, log=log, level=level, places=sorted(places))
    }
