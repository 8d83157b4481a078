"""Erased customers in a file beside the database: a lost database does not take it along, and no backup lacks it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from server.db.erasures import Erasure
from server.private_files import private_file, private_folder

NAME = "erasures.jsonl"


class ErasuresFile:
    """One line of JSON per begun erasure: an id, when, by whom and a code; no personal data."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, erasure: Erasure) -> None:
        """Write a line, durably. Repeated, it is written again, which does no harm. Raises OSError."""
        private_folder(self.path.parent)
        private_file(self.path)
        with self.path.open("ab") as file:
            file.write(msgspec.json.encode(erasure) + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def read(self) -> list[Erasure]:
        """All, the oldest first, each customer once; a last line that a crash has cut is left out. Raises OSError."""
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        return united(_decoded(lines))


def united(erasures: Iterable[Erasure]) -> list[Erasure]:
    """Each customer once, by the first word about it."""
    found: dict[str, Erasure] = {}
    for one in erasures:
        found.setdefault(one.customer, one)
    return list(found.values())


def _decoded(lines: Iterable[bytes]) -> Iterable[Erasure]:
    for line in lines:
        try:
            yield msgspec.json.decode(line, type=Erasure)
        except msgspec.DecodeError:
            continue
