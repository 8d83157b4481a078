"""The same request, sent again because its answer was lost, must have one effect: its operations keep their ids."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar import Request

from server.desk.problems import IdempotencyKeyUnreadable
from sync.value_type import is_identifier

MOST_OPERATIONS = 64
"""So many operations one request of a desk makes at most."""

NewId = Callable[[], str]


class RequestIds:
    """Ids for the records and operations of one request: derived from its key, or fresh ones without a key."""

    def __init__(self, request: Request[Any, Any, Any], account: str, new_id: NewId) -> None:
        """Raises IdempotencyKeyUnreadable."""
        key = request.headers.get("Idempotency-Key", "")
        if key and not is_identifier(key):
            raise IdempotencyKeyUnreadable()
        self.is_repeatable = bool(key)
        self._seed = f"{account}\n{request.method}\n{request.url.path}\n{key}"
        self._new_id = new_id
        self._made = 0

    def operation(self, place: int) -> str:
        """The id of the request's operation at this place, from 0."""
        return self._derived(f"operation {place}") if self.is_repeatable else self._new_id()

    def record(self) -> str:
        """The id of the next record that the request creates."""
        self._made += 1
        return self._derived(f"record {self._made}") if self.is_repeatable else self._new_id()

    def _derived(self, what: str) -> str:
        digest = hashlib.sha256(f"{self._seed}\n{what}".encode()).digest()
        return _as_version_8(digest[:16])


def _as_version_8(digest: bytes) -> str:
    """A UUID that says of itself that it was made from a hash (RFC 9562)."""
    value = int.from_bytes(digest, "big")
    value = value & ~(0xF << 76) | 0x8 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))
