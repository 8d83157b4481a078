"""Signed notes (C2SP signed-note): a text, and below an empty line the signatures of named keys.

Only Ed25519 (kind 1) is made and read here; lines of other keys, such as witnesses', are let pass.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable, Iterable

import msgspec

_ED25519 = b"\x01"
_ID_BYTES, _KEY_BYTES, _SIGNATURE_BYTES = 4, 32, 64
_LONGEST = 100_000

Sign = Callable[[bytes], bytes]
"""Signed bytes → Ed25519 signature of 64 bytes."""
IsSigned = Callable[[bytes, bytes, bytes], bool]
"""(public key of 32 bytes, signed bytes, signature of 64) → whether it is that key's Ed25519 signature."""


class NoNote(ValueError):
    """The text is no signed note, or no key; the message says why."""


class NoteKey(msgspec.Struct, frozen=True):
    """A public key with its name."""

    name: str
    """What it signs for, such as doorstep.example.com/log/1f0c."""
    public: bytes

    def id(self) -> bytes:
        """The four bytes by which a signature says whose it is."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_ID_BYTES]

    def encoded(self) -> str:
        """`name+id+key`, as tools for notes take it."""
        return f"{self.name}+{self.id().hex()}+{b64encode(_ED25519 + self.public).decode()}"


def read_key(text: str) -> NoteKey:
    """The inverse of `NoteKey.encoded`. Raises `NoNote`."""
    name, _, rest = text.partition("+")
    id, _, encoded = rest.partition("+")
    raw = _base64(encoded)
    if not is_name(name) or len(raw) != 1 + _KEY_BYTES or raw[:1] != _ED25519:
        raise NoNote("this is no Ed25519 key of a note")
    key = NoteKey(name, raw[1:])
    if key.id().hex() != id:
        raise NoNote("the key's id is not that of its name and bytes")
    return key


def is_name(name: str) -> bool:
    """Whether a key may be called so."""
    return bool(name) and name.isprintable() and not any(one.isspace() or one == "+" for one in name)


def signature_line(text: str, key: NoteKey, sign: Sign) -> str:
    """The line that signs a text, which ends with a line feed."""
    return f"— {key.name} {b64encode(key.id() + sign(text.encode())).decode()}"


def signed_note(text: str, line: str) -> str:
    """The whole note."""
    return f"{text}\n{line}\n"


def split_note(note: str) -> tuple[str, list[str]]:
    """A note's text and its signature lines. Raises `NoNote`."""
    text, _, signatures = note.rpartition("\n\n")
    if not text or not signatures.endswith("\n") or len(note) > _LONGEST:
        raise NoNote("this is no signed note")
    return text + "\n", signatures[:-1].split("\n")


def signer(text: str, line: str, keys: Iterable[NoteKey], is_signed: IsSigned) -> NoteKey | None:
    """Whose signature a line is; None: nobody's of these, or not over this text."""
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    try:
        raw = _base64(encoded)
    except NoNote:
        return None
    if dash != "—" or len(raw) != _ID_BYTES + _SIGNATURE_BYTES:
        return None
    for key in keys:
        if (key.name, key.id()) == (name, raw[:_ID_BYTES]):
            return key if is_signed(key.public, text.encode(), raw[_ID_BYTES:]) else None
    return None


def _base64(text: str) -> bytes:
    try:
        raw = b64decode(text, validate=True)
    except (Error, ValueError) as problem:
        raise NoNote(f"not base64: {problem}") from problem
    if b64encode(raw).decode() != text:
        raise NoNote("not base64 in its one spelling")
    return raw
