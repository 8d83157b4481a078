"""One kind of file: its columns, and what a row becomes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from domain.identity import derived_id
from server.importing.cell import Parse
from server.importing.wrong import Bad, Said, WrongCell

_SPREADSHEET_ERRORS = frozenset({"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"})
_ENTITIES = {
    "customer": Said("customer", "客户"),
    "site": Said("site", "站点"),
    "asset": Said("equipment", "设备"),
    "outlet": Said("outlet", "网点"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `meaning` and `zh` explain it; `past`: a day or time that has begun already.

    `refers_to`: its cell is the code of such a record, which becomes the record's id.
    """

    name: str
    meaning: str
    zh: str
    parse: Parse
    required: bool = False
    refers_to: str = ""
    past: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A record as a row wants it. A field of None is left alone; `only_new`: one that is there already, too."""

    entity: str
    id: str
    aggregate: str
    fields: Mapping[str, Any]
    only_new: bool = False


class TwoOfThem(Exception):
    """A code that belongs to several records already."""


class Known(Protocol):
    """What is there already."""

    def prepare(self, codes: Mapping[str, Sequence[str]]) -> None:
        """The next rows name these codes, by entity: look them up together, and forget those before."""
        ...

    def id_of(self, entity: str, code: str) -> str | None:
        """Id of the record that people know by this code (number, or serial number). Raises TwoOfThem."""
        ...

    def fields_of(self, entity: str, id: str) -> Mapping[str, Any] | None:
        """Its live fields; None when there is none."""
        ...

    def all_fields(self, keys: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], Mapping[str, Any]]:
        """Live fields of those of the (entity, id) that there are, looked up together."""
        ...

    def skills(self) -> Sequence[str]:
        """Codes of the skills in the catalogue."""
        ...

    def models(self) -> Mapping[str, Collection[str]]:
        """Equipment type → models, as far as the catalogue's parts, articles and checklists name them."""
        ...


class RowLike(Protocol):
    """A row of a file."""

    @property
    def line(self) -> int: ...

    @property
    def extra(self) -> str: ...

    def __getitem__(self, column: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Cells:
    """A row's parsed cells: None where the cell is empty. `bad` collects what is wrong with it."""

    row: RowLike
    values: Mapping[str, Any]
    known: Known
    bad: list[Bad] = field(default_factory=list)

    def __getitem__(self, column: str) -> Any:
        return self.values.get(column)

    def refuse(self, column: str, said: Said) -> None:
        """A cell that is right alone, and wrong beside the others or what is there already."""
        self.bad.append(Bad(self.row.line, column, self.row[column], said))

    def own_id(self, entity: str, code: str) -> str:
        """The id of this row's record: the known one's, else one that follows from the code."""
        return self.known.id_of(entity, code) or derived_id(entity, code)

    def words(self, name: str) -> dict[str, str] | None:
        """The columns name_zh and name_en as one bilingual text."""
        both = {language: self[f"{name}_{language}"] for language in ("zh", "en")}
        return {language: said for language, said in both.items() if said} or None


Make = Callable[[Cells], Sequence[Wanted]]


@dataclass(frozen=True, slots=True)
class ImportKind:
    """Columns and making. `entity` is what a row is, and `key` the column whose code names it.

    `same`: what two spellings of a key have in common; the same key twice in a file is a mistake.
    """

    name: str
    entity: str
    key: str
    columns: Sequence[Column]
    make: Make = field(repr=False)
    same: Callable[[str], str] = field(default=str, repr=False)

    def asked(self, rows: Sequence[RowLike]) -> dict[str, list[str]]:
        """The codes that these rows name, by entity."""
        codes: dict[str, list[str]] = {self.entity: [row[self.key] for row in rows]}
        for column in self.columns:
            if column.refers_to:
                codes.setdefault(column.refers_to, []).extend(row[column.name] for row in rows)
        return codes

    def parsed(self, row: RowLike, known: Known, now: datetime) -> Cells:
        """The row's cells, and everything that is wrong with them. `now` is in the company's zone."""
        values: dict[str, Any] = {}
        cells = Cells(row, values, known)
        if row.extra:
            beyond = Said(
                "stands beyond the last column; a comma inside a cell needs quotes around the cell",
                "超出最后一列；单元格内有逗号时须用引号括起",
            )
            cells.bad.append(Bad(row.line, "(none)", row.extra, beyond))
        for column in self.columns:
            cell = row[column.name]
            try:
                if cell:
                    values[column.name] = _value(column, cell, known, now)
                elif column.required:
                    raise WrongCell("is needed", "为必填项")
            except WrongCell as wrong:
                cells.refuse(column.name, wrong.said)
        return cells


def _value(column: Column, cell: str, known: Known, now: datetime) -> Any:
    if cell in _SPREADSHEET_ERRORS:
        raise WrongCell("is a spreadsheet's error, not a value", "是电子表格的错误提示，不是有效值")
    value = column.parse(cell)
    if column.past and _begins_after(value, now):
        raise WrongCell("lies in the future", "是将来的日期或时间")
    if not column.refers_to:
        return value
    kind = _ENTITIES[column.refers_to]
    try:
        found = known.id_of(column.refers_to, value)
    except TwoOfThem:
        raise two_of_them(kind) from None
    if found is None:
        raise WrongCell(f"is the code of no {kind.en} here", f"不是已有{kind.zh}的编号")
    return found


def _begins_after(value: str, now: datetime) -> bool:
    if "T" in value:
        return value > now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value > now.date().isoformat()


def two_of_them(kind: Said) -> WrongCell:
    """The code is given twice already."""
    return WrongCell(
        f"is the code of more than one {kind.en} here; settle that at a desk first",
        f"在系统中对应多个{kind.zh}，请先在办公端处理",
    )


def own_kind(entity: str) -> Said:
    """What people call a record of this entity."""
    return _ENTITIES.get(entity, Said(entity.replace("_", " "), "记录"))


def chunks(rows: Iterator[Any], size: int) -> Iterator[list[Any]]:
    """The rows, so many at a time."""
    chunk: list[Any] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
