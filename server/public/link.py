"""Links in messages: signed for one message and one purpose; the address names nothing and nobody."""

from __future__ import annotations

import hashlib
import hmac
import re

from mobile_api.derived_key import derived_key, from_base64url, to_base64url

PATH = "/c/"
_SIGNATURE_BYTES = 16
_ID = re.compile(r"message-([0-9a-f]{32})")


class Links:
    """Makes and reads them. Whether one has expired or was used is told by what it points to."""

    def __init__(self, secret: str, base_url: str) -> None:
        self._key = derived_key(secret, "customer answer link")
        self._base_url = base_url

    def url(self, notification: str) -> str:
        """The address for a message. Raises ValueError for an id that no message has."""
        found = _ID.fullmatch(notification)
        if found is None:
            raise ValueError("not the id of a message")
        body = bytes.fromhex(found[1])
        return f"{self._base_url}{PATH}{to_base64url(body + self._signature(body))}"

    def read(self, token: str) -> str | None:
        """The message's id; None for a token that was never given out."""
        try:
            given = from_base64url(token)
        except ValueError:
            return None
        body, signature = given[:-_SIGNATURE_BYTES], given[-_SIGNATURE_BYTES:]
        if len(body) != 16 or not hmac.compare_digest(signature, self._signature(body)):
            return None
        return f"message-{body.hex()}"

    def _signature(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, hashlib.sha256)[:_SIGNATURE_BYTES]
