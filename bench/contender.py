"""What every peer can be asked, in the dialect of its own HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from bench.processes import Running
from bench.rows import Row


class Contender(Protocol):
    """A running server that keeps rows and gives them out. Each answers in the form that it is quickest in."""

    name: str
    running: Running

    def fill(self, rows: Sequence[Row]) -> None:
        """Store many rows before anything is measured, by whatever way is quickest."""

    def push(self, rows: Sequence[Row]) -> bytes:
        """The request that stores these new rows durably, if it can."""

    def pull(self) -> list[bytes]:
        """The requests by which a phone that has nothing gets every row; learned by asking once."""

    def position(self) -> str:
        """Where a phone stands that has everything."""

    def since(self, position: str, most: int = 1000) -> bytes:
        """The request for the rows that came after a position."""


class Peer(Protocol):
    """Another product: how it is installed, and how it is started."""

    name: str
    """With its version and where it keeps its rows."""

    def install(self) -> None:
        """Have it in its folder, as locked; quick when it is there. Raises when it cannot be had."""

    def serving(self, folder: Path) -> AbstractContextManager[Contender]:
        """Start it on the servers' core with an empty database in `folder`; end it afterwards."""
