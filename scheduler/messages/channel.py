"""The port to what carries a message to a person. One contract suite runs on every channel (tests/messages)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one address."""

    key: str
    """Idempotency key: the same for every attempt at the same message."""
    kind: str
    route: str
    """`sms`, `email` or `wechat`: what kind of address it is."""
    address: str
    language: str
    subject: str
    body: str
    values: Mapping[str, str] = {}
    """The facts by name, for a provider that keeps the words itself."""
    sms_template: str = ""
    """What that provider calls the words; empty: it does not know any."""


class Rejected(Exception):
    """The channel will never take this letter; the message is one sentence without the address."""


class Unreachable(Exception):
    """Nobody knows whether the channel took it, or it said that it would later: the same key again, after a pause."""


class Channel(Protocol):
    """May block for as long as it likes: whoever calls keeps a deadline."""

    name: str

    def send(self, letter: Letter) -> str:
        """Hand it over; returns the channel's own reference, which may be empty. Raises Rejected, Unreachable.

        A channel that honours the key hands it over once, however often it is asked.
        """
