"""The standalone verifier's own curves say what a library says."""

from __future__ import annotations

import random

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mobile_api.device_key import checked_public_key, jwk_of
from mobile_api.device_signature import is_es256
from server.evidence.key import is_ed25519
from tests.evidence.standalone import ed25519, es256
from tests.server.signing import es256 as sign_es256

_ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ROUNDS = 12


def _flipped(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]


def test_ed25519_says_what_the_library_says() -> None:
    dice = random.Random(20_260_302)
    for _ in range(ROUNDS):
        key = Ed25519PrivateKey.from_private_bytes(dice.randbytes(32))
        public, signed = key.public_key().public_bytes_raw(), dice.randbytes(dice.randrange(90))
        signature = key.sign(signed)
        larger = int.from_bytes(signature[32:], "little") + _ED25519_ORDER
        cases = [
            (public, signed, signature),
            (_flipped(public, dice), signed, signature),
            (public, signed + b".", signature),
            (public, signed, _flipped(signature, dice)),
            (public, signed, signature[:32] + larger.to_bytes(32, "little")),
            (public, signed, signature[:-1]),
            (public[:-1], signed, signature),
            (b"\xff" * 32, signed, signature),
        ]
        assert ed25519.is_signed(*cases[0])
        assert [ed25519.is_signed(*one) for one in cases] == [is_ed25519(*one) for one in cases]


def test_es256_says_what_the_library_says() -> None:
    dice = random.Random(20_260_303)
    for _ in range(ROUNDS):
        key = ec.derive_private_key(dice.randrange(1, _P256_ORDER), ec.SECP256R1())
        numbers = key.public_key().public_numbers()
        x, y = (one.to_bytes(32, "big") for one in (numbers.x, numbers.y))
        jwk = checked_public_key(dict(jwk_of(key.public_key())))
        signed = dice.randbytes(dice.randrange(90))
        signature = sign_es256(key, signed)
        r, s = signature[:32], int.from_bytes(signature[32:], "big")
        signatures = [
            signature,
            _flipped(signature, dice),
            r + (_P256_ORDER - s).to_bytes(32, "big"),
            r + bytes(32),
            bytes(32) + signature[32:],
            r + _P256_ORDER.to_bytes(32, "big"),
            b"\xff" * 64,
            signature[:-1],
        ]
        assert es256.is_signed(x, y, signed, signature)
        assert [es256.is_signed(x, y, signed, one) for one in signatures] == [
            is_es256(jwk, signed, one) for one in signatures
        ]
        assert not es256.is_signed(x, y, signed + b".", signature)
        assert not es256.is_signed(y, x, signed, signature)
