"""One kind of file: its columns, and what a row becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from domain.identity import derived_id
from server.importing.cell import Parse
from server.importing.table import Bad, Row


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `refers_to`: its cell is the code of such a record, which becomes the record's id."""

    name: str
    meaning: str
    parse: Parse
    required: bool = False
    refers_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A record as a row wants it. A field of None is left alone."""

    entity: str
    id: str
    aggregate: str
    fields: Mapping[str, Any]


class Known(Protocol):
    """What is there already."""

    def id_of(self, entity: str, code: str) -> str | None:
        """Id of the record that people know by this code (number, or serial number for equipment)."""
        ...

    def fields_of(self, entity: str, id: str) -> Mapping[str, Any] | None:
        """Its live fields; None when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Cells:
    """A row's parsed cells: None where the cell is empty."""

    line: int
    values: Mapping[str, Any]
    known: Known

    def __getitem__(self, column: str) -> Any:
        return self.values.get(column)

    def own_id(self, entity: str, code: str) -> str:
        """The id of this row's record: the known one's, else one that follows from the code."""
        return self.known.id_of(entity, code) or derived_id(entity, code)

    def words(self, name: str) -> dict[str, str] | None:
        """The columns name_zh and name_en as one bilingual text."""
        both = {language: self[f"{name}_{language}"] for language in ("zh", "en")}
        return {language: said for language, said in both.items() if said} or None


class RowProblem(Exception):
    """A row whose cells are right alone and wrong together."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(f"{column}: {reason}")
        self.column = column
        self.reason = reason


Make = Callable[[Cells], Sequence[Wanted]]


@dataclass(frozen=True, slots=True)
class ImportKind:
    """Columns and making. `key`: the column whose code names the row; twice in a file is a mistake."""

    name: str
    key: str
    columns: Sequence[Column]
    make: Make = field(repr=False)

    def parsed(self, row: Row, known: Known) -> tuple[Cells, list[Bad]]:
        """The row's cells, and everything that is wrong with them."""
        values: dict[str, Any] = {}
        bad: list[Bad] = []
        for column in self.columns:
            cell = row[column.name]
            if not cell:
                if column.required:
                    bad.append(Bad(row.line, column.name, "is needed"))
                continue
            try:
                values[column.name] = self._value(column, cell, known)
            except ValueError as wrong:
                bad.append(Bad(row.line, column.name, str(wrong)))
        return Cells(row.line, values, known), bad

    @staticmethod
    def _value(column: Column, cell: str, known: Known) -> Any:
        value = column.parse(cell)
        if not column.refers_to:
            return value
        found = known.id_of(column.refers_to, value)
        if found is None:
            raise ValueError(f"there is no {column.refers_to.replace('_', ' ')} {value!r}")
        return found
