"""Verify, as the server will, what WebCrypto signed: ES256 as r || s over sha256(body) || nonce."""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64decode
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def public_key(jwk: dict[str, str]) -> ec.EllipticCurvePublicKey:
    """The P-256 public key of a JWK; ValueError when the point is not on the curve."""
    x, y = (int.from_bytes(urlsafe_b64decode(jwk[axis] + "=="), "big") for axis in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def verifies(jwk: dict[str, str], signature: str, body: str, nonce: bytes) -> bool:
    """Whether `signature` (base64, exactly 64 bytes) is the key's over this body and nonce."""
    raw = b64decode(signature)
    if len(raw) != 64:
        return False
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    try:
        public_key(jwk).verify(der, sha256(body.encode()).digest() + nonce, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def is_high(signature: str) -> bool:
    """Whether s is in the upper half: then (r, n − s) is a second valid signature of the same bytes."""
    return int.from_bytes(b64decode(signature)[32:], "big") > ORDER // 2
