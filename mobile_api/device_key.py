"""The public half of a device key: P-256, as a JWK. The private half never leaves the phone."""

from __future__ import annotations

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from mobile_api.derived_key import from_base64url, to_base64url
from sync import canonical

_COORDINATE = 32


class PublicKeyInvalid(ValueError):
    """The JWK is not the public key of a point on P-256; the message is the code of what is wrong with it."""


class PublicJwk(msgspec.Struct, frozen=True):
    """The members of an EC JWK that name the key (RFC 7638); others, such as `ext`, are let pass and not kept."""

    kty: str
    crv: str
    x: str
    y: str


def checked_public_key(jwk: dict[str, object]) -> bytes:
    """Canonical bytes of the key, its coordinates proven to lie on the curve. Raises `PublicKeyInvalid`."""
    if "d" in jwk:
        raise PublicKeyInvalid("private")
    try:
        known = msgspec.convert(jwk, PublicJwk)
    except msgspec.ValidationError:
        raise PublicKeyInvalid("members") from None
    if (known.kty, known.crv) != ("EC", "P-256"):
        raise PublicKeyInvalid("curve")
    _point(known)
    return canonical.encode(known)


def read_public_key(data: bytes) -> ec.EllipticCurvePublicKey:
    """The key from bytes that `checked_public_key` made."""
    return _point(msgspec.json.decode(data, type=PublicJwk))


def jwk_of(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """The JWK of a P-256 public key, as a client sends it."""
    numbers = key.public_numbers()
    x, y = (to_base64url(number.to_bytes(_COORDINATE, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def _point(jwk: PublicJwk) -> ec.EllipticCurvePublicKey:
    try:
        x, y = from_base64url(jwk.x), from_base64url(jwk.y)
    except ValueError:
        raise PublicKeyInvalid("base64url") from None
    if len(x) != _COORDINATE or len(y) != _COORDINATE:
        raise PublicKeyInvalid("length")
    try:
        return ec.EllipticCurvePublicNumbers(
            int.from_bytes(x, "big"), int.from_bytes(y, "big"), ec.SECP256R1()
        ).public_key()
    except ValueError:
        raise PublicKeyInvalid("point") from None
