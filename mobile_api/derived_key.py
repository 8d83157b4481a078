"""One secret, many keys: what is signed for one purpose is worth nothing for another."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode


def derived_key(secret: str, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose."""
    return hmac.digest(secret.encode(), f"doorstep {purpose}".encode(), hashlib.sha256)


def to_base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """The inverse of `to_base64url`; raises ValueError on anything that it would not have written."""
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_base64url(data) != text:
        raise ValueError("not base64url")
    return data
