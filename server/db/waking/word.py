"""What one process tells the others: the payload of a NOTIFY."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

CHANNEL = "doorstep_changes"
MOST_BYTES = 7_900
"""PostgreSQL takes payloads shorter than 8,000 bytes."""


class Word(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Aggregates that have changed, by commits of the process `by`."""

    by: str
    aggregates: list[str] = []
    everything: bool = False
    """More than can be named, or nobody knows what."""


def everything(by: str) -> list[str]:
    """The payload that makes all others look again."""
    return [_encode(Word(by=by, everything=True)).decode()]


def words(by: str, aggregates: Iterable[str]) -> list[str]:
    """As few payloads as name all these aggregates."""
    return [_encode(Word(by=by, aggregates=part)).decode() for part in _parts(by, aggregates)]


def heard(payload: str) -> Word:
    """What a payload says; one that this release does not understand says that everything may have changed."""
    try:
        return msgspec.json.decode(payload, type=Word)
    except msgspec.DecodeError:
        return Word(by="", everything=True)


_encode = msgspec.json.Encoder().encode


def _parts(by: str, aggregates: Iterable[str]) -> Iterator[list[str]]:
    room = MOST_BYTES - len(_encode(Word(by=by, aggregates=[""])))
    part: list[str] = []
    used = 0
    for one in aggregates:
        size = len(_encode(one)) + 1
        if part and used + size > room:
            yield part
            part, used = [], 0
        part.append(one)
        used += size
    if part:
        yield part
