"""Signed notes and checkpoints (C2SP signed-note and tlog-checkpoint), with Ed25519 keys."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from doorstep_verify import ed25519


class Bad(ValueError):
    """It is not what it should be, or not in its one spelling."""


class Key(NamedTuple):
    """A named public key."""

    name: str
    public: bytes

    def id(self) -> bytes:
        """The four bytes that stand before each of its signatures."""
        return hashlib.sha256(self.name.encode() + b"\n\x01" + self.public).digest()[:4]

    def text(self) -> str:
        """`name+id+key`."""
        encoded = base64.b64encode(b"\x01" + self.public).decode()
        return f"{self.name}+{self.id().hex()}+{encoded}"


class State(NamedTuple):
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes


def from_base64(text: str) -> bytes:
    """Raises `Bad`."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise Bad(str(problem)) from problem
    if base64.b64encode(raw).decode() != text:
        raise Bad("another spelling of base64")
    return raw


def key_from(text: str) -> Key:
    """The inverse of `Key.text`. Raises `Bad`."""
    name, _, rest = text.partition("+")
    raw = from_base64(rest.partition("+")[2])
    if len(raw) != 33 or raw[0] != 1 or not _may_name(name):
        raise Bad("no Ed25519 key")
    key = Key(name, raw[1:])
    if key.text() != text:
        raise Bad("the id is another key's")
    return key


def _may_name(name: str) -> bool:
    return bool(name) and name.isprintable() and not any(one.isspace() for one in name)


def who_signed(text: str, line: str, keys: Iterable[Key]) -> Key | None:
    """Whose the signature line under a text is, of these keys; None: nobody's."""
    parts = line.split(" ", 2)
    try:
        raw = from_base64(parts[2]) if len(parts) == 3 and parts[0] == "—" else b""
        signed = text.encode()
    except (Bad, UnicodeEncodeError):
        return None
    if len(raw) != 68:
        return None
    for key in keys:
        if key.name == parts[1] and key.id() == raw[:4]:
            return key if ed25519.is_signed(key.public, signed, raw[4:]) else None
    return None


def checkpoint_from(note: str) -> tuple[State, str, list[str]]:
    """(what it says, the signed text, the signature lines). Raises `Bad`."""
    body, _, signatures = note.rpartition("\n\n")
    if len(note) > 100_000 or not body or not signatures.endswith("\n"):
        raise Bad("no signed note")
    text = body + "\n"
    lines = body.split("\n")
    if len(lines) != 3 or not (lines[1].isascii() and lines[1].isdigit()) or len(lines[1]) > 18:
        raise Bad("no checkpoint")
    state = State(lines[0], int(lines[1]), from_base64(lines[2]))
    if len(state.root) != 32 or str(state.size) != lines[1]:
        raise Bad("no checkpoint")
    return state, text, signatures[:-1].split("\n")
