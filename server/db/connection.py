"""The narrow door through which this package's query functions speak to either database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from server.db.bulk import Upsert
from server.db.statement import Statement

T = TypeVar("T")


class Connection(Protocol):
    """A connection inside a transaction."""

    def rows(self, statement: Statement, /, **values: Any) -> list[tuple[Any, ...]]:
        """Run a statement and return all its rows."""
        ...

    def row(self, statement: Statement, /, **values: Any) -> tuple[Any, ...] | None:
        """Run a statement and return its first row."""
        ...

    def run(self, statement: Statement, /, **values: Any) -> int:
        """Run a statement and return how many rows it changed."""
        ...

    def put_rows(self, upsert: Upsert, rows: Sequence[tuple[Any, ...]], /) -> None:
        """Insert or replace many rows."""
        ...


class Database(Protocol):
    """Where query functions get their transactions. Every failure to reach the database is StoreUnavailable."""

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one durable transaction; its exception rolls back and is raised.

        `work` may run more than once, so it changes nothing but the database.
        """
        ...

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one consistent reading."""
        ...
