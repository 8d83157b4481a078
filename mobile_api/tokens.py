"""Access tokens: who holds one is that device, for a quarter of an hour.

`base64url(JSON [device, user, expires_at]) . base64url(HMAC-SHA256)`. Nothing is stored for them: a revocation works
through the device row, which is read on every request.
"""

from __future__ import annotations

import hashlib
import hmac

import msgspec

from mobile_api.clock import Clock
from mobile_api.derived_key import derived_key, from_base64url, to_base64url

_MOST_REMEMBERED = 50_000


class Bearer(msgspec.Struct, frozen=True, array_like=True):
    """What a token says."""

    device: str
    user: str
    expires_at: int
    """Seconds since 1970 in UTC."""


_decode = msgspec.json.Decoder(Bearer).decode


class AccessTokens:
    """Issues tokens and recognises its own. A token that was found genuine once is remembered until it expires."""

    def __init__(self, secret: str, lifetime_seconds: int, clock: Clock) -> None:
        self.lifetime_seconds = lifetime_seconds
        self._key = derived_key(secret, "access token")
        self._clock = clock
        self._genuine: dict[bytes, Bearer] = {}

    def issue(self, device: str, user: str) -> str:
        """A token from now on."""
        bearer = Bearer(device, user, int(self._clock()) + self.lifetime_seconds)
        said = to_base64url(msgspec.json.encode(bearer))
        return f"{said}.{self._mac(said)}"

    def read(self, token: bytes) -> Bearer | None:
        """What a genuine token says, expired or not; None for anything else."""
        found = self._genuine.get(token)
        if found is None and (found := self._verified(token)) is not None:
            if len(self._genuine) >= _MOST_REMEMBERED:
                self._genuine.clear()
            self._genuine[token] = found
        return found

    def is_current(self, bearer: Bearer) -> bool:
        """Whether the token has not expired yet."""
        return bearer.expires_at > self._clock()

    def _verified(self, token: bytes) -> Bearer | None:
        if not token.isascii():
            return None
        said, _, mac = token.decode().partition(".")
        if not hmac.compare_digest(mac, self._mac(said)):
            return None
        return _decode(from_base64url(said))

    def _mac(self, said: str) -> str:
        return to_base64url(hmac.digest(self._key, said.encode(), hashlib.sha256))
