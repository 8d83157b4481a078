"""A device signs `sha256(body) || nonce` with ES256: it proves itself without a token, and without a clock."""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from mobile_api.derived_key import from_base64url
from mobile_api.device_key import read_public_key

_HALF = 32
_ES256 = ec.ECDSA(hashes.SHA256())


def signed_bytes(body: bytes, nonce: str) -> bytes:
    """What is signed: 32 bytes of hash over the body (decompressed, as sent), then the nonce's ASCII characters."""
    return hashlib.sha256(body).digest() + nonce.encode()


def is_signed(public_key: bytes, signature: str, body: bytes, nonce: str) -> bool:
    """Whether the signature (base64url of 64 bytes, r then s) is the key's, over this body and this nonce."""
    try:
        raw = from_base64url(signature)
    except ValueError:
        return False
    return is_es256(public_key, signed_bytes(body, nonce), raw)


def is_es256(public_key: bytes, signed: bytes, signature: bytes) -> bool:
    """Whether the signature (64 bytes, r then s) is the key's over these bytes."""
    if len(signature) != 2 * _HALF:
        return False
    r, s = int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
    try:
        read_public_key(public_key).verify(encode_dss_signature(r, s), signed, _ES256)
    except InvalidSignature:
        return False
    return True
