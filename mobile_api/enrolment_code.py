"""One-time enrolment codes: ten characters that survive being read aloud, stored as a keyed digest alone."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

from mobile_api.derived_key import derived_key
from mobile_api.nonces import RandomBytes

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U."""
LENGTH = 10
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new_code(random_bytes: RandomBytes) -> str:
    """A fresh code of 50 random bits, written `XXXXX-XXXXX`."""
    text = "".join(ALPHABET[byte & 31] for byte in random_bytes(LENGTH))
    return f"{text[:5]}-{text[5:]}"


def code_digest(code: str, secret: str) -> str:
    """The digest by which storage knows a code, whether typed in lower case, without its dash, or with O for 0."""
    plain = unicodedata.normalize("NFKC", code).upper().translate(_MISREAD)
    return hmac.new(derived_key(secret, "enrolment code"), plain.encode(), hashlib.sha256).hexdigest()
