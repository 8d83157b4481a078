"""Server nonces that a device key signs. Stateless: time, randomness and an HMAC that binds both to one device.

A nonce from an authenticated answer is *earned*: it proves, even to a database that was restored from before the
enrolment, that the device once was one of ours. A nonce from a refusal is not.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

import msgspec

from mobile_api.clock import Clock
from mobile_api.derived_key import derived_key, from_base64url, to_base64url

RandomBytes = Callable[[int], bytes]
"""Unpredictable bytes, as `os.urandom` gives them."""

_TIME, _RANDOM, _MAC = 6, 9, 16
_DAY_MS = 86_400_000


class Nonce(msgspec.Struct, frozen=True):
    """What a nonce says."""

    issued_ms: int
    """Milliseconds since 1970 in UTC."""
    earned: bool


class Nonces:
    """Issues nonces and recognises its own."""

    def __init__(self, secret: str, lifetime_days: int, clock: Clock, random_bytes: RandomBytes) -> None:
        self._key = derived_key(secret, "nonce")
        self._lifetime_ms = lifetime_days * _DAY_MS
        self._clock = clock
        self._random_bytes = random_bytes

    def issue(self, device: str, *, earned: bool, not_before_ms: int = 0) -> str:
        """A nonce for one device. It is newer than `not_before_ms` even if this server's clock was set back."""
        issued_ms = max(int(self._clock() * 1000), not_before_ms + 1)
        said = issued_ms.to_bytes(_TIME, "big") + self._random_bytes(_RANDOM) + bytes([earned])
        return to_base64url(said + self._mac(device, said))

    def read(self, nonce: str, device: str) -> Nonce | None:
        """What a nonce says that was given to this device and is still good; None for anything else."""
        try:
            data = from_base64url(nonce)
        except ValueError:
            return None
        said, mac = data[:-_MAC], data[-_MAC:]
        if len(said) != _TIME + _RANDOM + 1 or not hmac.compare_digest(mac, self._mac(device, said)):
            return None
        issued_ms = int.from_bytes(said[:_TIME], "big")
        if issued_ms < self._clock() * 1000 - self._lifetime_ms:
            return None
        return Nonce(issued_ms, bool(said[-1]))

    def _mac(self, device: str, said: bytes) -> bytes:
        return hmac.digest(self._key, said + device.encode(), hashlib.sha256)[:_MAC]
