"""The same request, sent again because its answer was lost, must have one effect: its operations keep their ids."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request

from server.desk.problems import IdempotencyKeyInUse, IdempotencyKeyReused, IdempotencyKeyUnreadable
from sync.value_type import is_identifier

MOST_OPERATIONS = 64
"""So many operations one request of a desk makes at most."""
_ASKED = "request:"
"""What `Operation.decides` begins with where a request with a key made the operation."""

NewId = Callable[[], str]


class RequestIds:
    """Ids for the records and operations of one request: derived from its key, or fresh ones without a key."""

    def __init__(self, request: Request[Any, Any, Any], account: str, body: bytes, new_id: NewId) -> None:
        """Raises IdempotencyKeyUnreadable."""
        key = request.headers.get("Idempotency-Key", "")
        if key and not is_identifier(key):
            raise IdempotencyKeyUnreadable()
        self.is_repeatable = bool(key)
        self.seed = f"{account}\n{request.method}\n{request.url.path}\n{key}"
        self.asked = f"{_ASKED}{_fingerprint(body)}" if key else ""
        """What was asked under the key; it is kept with the operations."""
        self._new_id = new_id
        self._made = 0

    def operation(self, place: int) -> str:
        """The id of the request's operation at this place, from 0."""
        return self._derived(f"operation {place}") if self.is_repeatable else self._new_id()

    def record(self) -> str:
        """The id of the next record that the request creates."""
        self._made += 1
        return self._derived(f"record {self._made}") if self.is_repeatable else self._new_id()

    def check_same(self, asked: str) -> None:
        """Raises IdempotencyKeyReused where the key stood for something else; operations of old tell nothing."""
        if asked.startswith(_ASKED) and asked != self.asked:
            raise IdempotencyKeyReused()

    def _derived(self, what: str) -> str:
        digest = hashlib.sha256(f"{self.seed}\n{what}".encode()).digest()
        return _as_version_8(digest[:16])


class Running:
    """Keys whose request this process is working on. Another process's is held up by the lock of the desk's row."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seeds: set[str] = set()

    @contextmanager
    def alone(self, ids: RequestIds) -> Iterator[None]:
        """Nobody else works under this key meanwhile. Raises IdempotencyKeyInUse."""
        if not ids.is_repeatable:
            yield
            return
        with self._lock:
            if ids.seed in self._seeds:
                raise IdempotencyKeyInUse()
            self._seeds.add(ids.seed)
        try:
            yield
        finally:
            with self._lock:
                self._seeds.discard(ids.seed)


def _fingerprint(body: bytes) -> str:
    """A hash of what is asked for: spaces and order do not count, nor does the base.

    Who lost the answer may have read the form again before asking once more: it is still the same request.
    """
    try:
        asked = msgspec.json.decode(body)
        if isinstance(asked, dict):
            asked.pop("base", None)
        body = msgspec.json.encode(asked, order="deterministic")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass  # No JSON, or none that can be sorted: the bytes themselves are what was asked.
    return hashlib.sha256(body).hexdigest()


def _as_version_8(digest: bytes) -> str:
    """A UUID that says of itself that it was made from a hash (RFC 9562)."""
    value = int.from_bytes(digest, "big")
    value = value & ~(0xF << 76) | 0x8 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))
