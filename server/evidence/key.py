"""The key of the log, and the arithmetic by which files are judged (docs/decisions/0019)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domain.evidence.case import Arithmetic
from mobile_api.derived_key import derived_key
from mobile_api.device_key import PublicKeyInvalid
from mobile_api.device_signature import is_es256
from sync.log.checkpoint import Checkpoint
from sync.log.note import NoteKey, is_name, signature_line, signed_note


@dataclass(frozen=True, slots=True)
class LogKey:
    """Signs for each log in the log's own name."""

    private: Ed25519PrivateKey

    def public(self) -> bytes:
        """The 32 bytes that everybody may know."""
        return self.private.public_key().public_bytes_raw()

    def named(self, origin: str) -> NoteKey:
        """As it is published."""
        return NoteKey(origin, self.public())

    def line(self, origin: str, text: str) -> str:
        """The signature line under a text."""
        return signature_line(text, self.named(origin), self.private.sign)

    def checkpoint(self, state: Checkpoint) -> str:
        """The signed note of a state; of the same state always the same."""
        return signed_note(state.text(), self.line(state.origin, state.text()))


def log_key(secret: str) -> LogKey:
    """The key that belongs to DOORSTEP_SECRET."""
    return LogKey(Ed25519PrivateKey.from_private_bytes(derived_key(secret, "log")))


def log_host(base_url: str) -> str:
    """How logs that begin here are named: the address that people use, without its scheme."""
    parts = urlsplit(base_url)
    name = f"{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
    return name if is_name(name) else "doorstep"


def is_ed25519(public: bytes, signed: bytes, signature: bytes) -> bool:
    """See `sync.log.note.IsSigned`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _is_es256(public_key: bytes, signed: bytes, signature: bytes) -> bool:
    try:
        return is_es256(public_key, signed, signature)
    except PublicKeyInvalid:
        return False


ARITHMETIC = Arithmetic(_is_es256, is_ed25519)
