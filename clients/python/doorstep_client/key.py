"""The device key: P-256, made on the device, never leaving it. It signs exchanges when the access token has expired."""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256


class Key(Protocol):
    """Whatever holds the device key: a file, a keystore, a test."""

    def public_jwk(self) -> dict[str, str]:
        """The public key as a JWK of the curve P-256."""

    def sign(self, message: bytes) -> bytes:
        """ES256 over the message: r || s, 64 bytes."""


class DeviceKey:
    """A P-256 key in memory."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private

    @classmethod
    def generate(cls) -> DeviceKey:
        """A fresh key from the system's randomness."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def in_file(cls, path: Path) -> DeviceKey:
        """The key kept in a file (PKCS #8, PEM, readable by its owner only); a fresh one is written, durably, if
        there is none."""
        try:
            loaded = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except FileNotFoundError:
            key = cls.generate()
            key._write(path)
            return key
        if not isinstance(loaded, ec.EllipticCurvePrivateKey) or not isinstance(loaded.curve, ec.SECP256R1):
            raise ValueError(f"{path} holds no P-256 key")
        return cls(loaded)

    def public_jwk(self) -> dict[str, str]:
        """The public key as a JWK of the curve P-256."""
        numbers = self._private.public_key().public_numbers()
        return {"kty": "EC", "crv": "P-256", "x": _coordinate(numbers.x), "y": _coordinate(numbers.y)}

    def sign(self, message: bytes) -> bytes:
        """ES256 over the message: r || s, 64 bytes."""
        r, s = decode_dss_signature(self._private.sign(message, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def _write(self, path: Path) -> None:
        pem = self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        draft = path.with_name(path.name + ".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)


def signature(key: Key, body: bytes, nonce: str) -> str:
    """The value of `Doorstep-Signature`: over the SHA-256 of the body as JSON (before compression) and the nonce."""
    return base64url(key.sign(sha256(body).digest() + nonce.encode()))


def base64url(data: bytes) -> str:
    """Base64 for URLs, without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _coordinate(value: int) -> str:
    return base64url(value.to_bytes(32, "big"))
