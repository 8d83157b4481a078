"""A folder with one readable file per message: what a house without any channel has, and what the demo shows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from scheduler.messages.channel import Letter, Rejected, Unreachable
from server.private_files import private_folder

_HEAD = ("Kind", "Route", "To", "Language", "Subject")
_END = ".txt"


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it lies in the folder."""

    key: str
    kind: str
    route: str
    to: str
    language: str
    subject: str
    body: str


class MessageFolder:
    """See `scheduler.messages.channel.Channel`. Honours the key: it is the file's name."""

    name = "folder"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, letter: Letter) -> str:
        """Write the file, whole or not at all; one that is there already stays as it is. Raises Unreachable."""
        if not letter.key.replace("-", "").isalnum():
            raise Rejected("the key is no file name")
        file = self.folder / f"{letter.key}{_END}"
        values = (letter.kind, letter.route, letter.address, letter.language, letter.subject)
        head = "".join(f"{name}: {_line(value)}\n" for name, value in zip(_HEAD, values, strict=True))
        try:
            private_folder(self.folder)
            if not file.exists():
                draft = file.with_suffix(f".{os.getpid()}.part")
                draft.write_text(f"{head}\n{letter.body}\n", encoding="utf-8")
                draft.replace(file)
        except OSError as error:
            raise Unreachable(f"the folder cannot be written: {error.strerror}") from error
        return file.name

    def forget(self, key: str) -> None:
        """Delete a message's file, if there is one. Raises OSError."""
        if key.replace("-", "").isalnum():
            (self.folder / f"{key}{_END}").unlink(missing_ok=True)

    def filed(self) -> Iterator[Filed]:
        """What lies there, the newest first."""
        files = self.folder.glob(f"*{_END}") if self.folder.is_dir() else ()
        for file in sorted(files, key=lambda one: (-one.stat().st_mtime_ns, one.name)):
            head, _, body = file.read_text(encoding="utf-8").partition("\n\n")
            said = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
            kind, route, to, language, subject = (said.get(name, "") for name in _HEAD)
            yield Filed(
                key=file.name.removesuffix(_END),
                kind=kind,
                route=route,
                to=to,
                language=language,
                subject=subject,
                body=body.rstrip("\n"),
            )


def _line(value: str) -> str:
    return " ".join(value.split())
