"""Checkpoints (C2SP tlog-checkpoint): the text of a note that names a log, its size and its root."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error

import msgspec

from sync.log.note import NoNote, split_note

_ROOT_BYTES = 32


class Checkpoint(msgspec.Struct, frozen=True):
    """One state of a log."""

    origin: str
    """The log's name, which is its key's name too."""
    size: int
    root: bytes

    def text(self) -> str:
        """The body of the note."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def read_checkpoint(note: str) -> tuple[Checkpoint, str, list[str]]:
    """(what it names, its text, its signature lines). Raises `NoNote`."""
    text, lines = split_note(note)
    origin, _, rest = text.partition("\n")
    size, _, encoded = rest.removesuffix("\n").partition("\n")
    try:
        found = Checkpoint(origin, int(size) if size.isascii() and size.isdigit() else -1, b64decode(encoded))
    except (Error, ValueError) as problem:
        raise NoNote(f"this is no checkpoint: {problem}") from problem
    if len(found.root) != _ROOT_BYTES or found.text() != text:
        raise NoNote("this is no checkpoint in its one spelling")
    return found, text, lines
