"""A CSV file as rows with line numbers, in whichever encoding a spreadsheet wrote it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from server.importing.header import check_header
from server.importing.kind import Column
from server.importing.wrong import Unreadable

_ENCODINGS = {"utf-8-sig": "UTF-8", "gb18030": "GB 18030"}
"""What spreadsheets write; GB 18030 is Excel's choice on a Chinese machine."""
_MARKS_OF_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_MARK_OF_ZIP = b"PK\x03\x04"
MOST_BYTES = 256 * 1024 * 1024
STRICT = True
"""A quote that is never closed would else swallow the rest of the file as one cell."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line that it begins on (the header is line 1), and its cells without blanks around."""

    line: int
    cells: Sequence[str]
    places: Mapping[str, int]
    """Where each column's cell is."""

    def __getitem__(self, column: str) -> str:
        place = self.places.get(column)
        return self.cells[place] if place is not None and place < len(self.cells) else ""

    @property
    def extra(self) -> str:
        """What stands beyond the last column, joined; empty for a sound row."""
        return ", ".join(cell for cell in self.cells[len(self.places) :] if cell)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file with a sound header. `rows` may be walked again: a row is kept no longer than it is looked at."""

    name: str
    encoding: str
    """As people call it."""
    text: str
    places: Mapping[str, int]

    def rows(self) -> Iterator[Row]:
        """Every row that is not empty. Raises Unreadable."""
        reader = csv.reader(_lines(self.text), strict=STRICT)
        next(reader)
        begins = reader.line_num + 1
        try:
            for cells in reader:
                line, begins = begins, reader.line_num + 1
                plain = [cell.replace("\r\n", "\n").replace("\r", "\n").strip() for cell in cells]
                if any(plain):
                    yield Row(line, plain, self.places)
        except csv.Error as error:
            raise Unreadable(
                f"{self.name}, line {reader.line_num}: {error}.",
                f"{self.name} 第 {reader.line_num} 行无法读取。",
            ) from None


def read_sheet(file: Path, columns: Sequence[Column]) -> Sheet:
    """The file. Raises Unreadable for one that is missing, empty, in an unknown encoding, or has a wrong header."""
    encoding, text = _text(file)
    try:
        header = [name.strip().lower() for name in next(csv.reader(_lines(text), strict=STRICT), [])]
    except csv.Error as error:
        raise Unreadable(f"{file}, line 1: {error}.", f"{file} 第 1 行无法读取。") from None
    if not any(header):
        first = ", ".join(column.name for column in columns)
        raise Unreadable(
            f"{file} is empty: its first line must name the columns ({first}), each further line is one row.",
            f"{file} 为空：第一行应为列名（{first}），其后每行一条记录。",
        )
    check_header(header, columns)
    return Sheet(str(file), _ENCODINGS[encoding], text, {name: place for place, name in enumerate(header)})


def _lines(text: str) -> io.StringIO:
    # Line ends inside a quoted cell are the cell's own, so nothing may translate them before the reader has seen them.
    return io.StringIO(text, newline="")


def _text(file: Path) -> tuple[str, str]:
    try:
        if file.stat().st_size > MOST_BYTES:
            most = MOST_BYTES >> 20
            raise Unreadable(
                f"{file} is larger than {most} MiB; split it.", f"{file} 超过 {most} MiB，请拆分。"
            )
        data = file.read_bytes()
    except OSError as error:
        raise Unreadable(f"{file} cannot be read: {error.strerror}.", f"无法读取 {file}。") from None
    if data.startswith((*_MARKS_OF_UTF_16, _MARK_OF_ZIP)) or b"\0" in data:
        raise _unknown_form(file)
    for encoding in _ENCODINGS:
        try:
            return encoding, data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unknown_form(file)


def _unknown_form(file: Path) -> Unreadable:
    return Unreadable(
        f"{file} is neither UTF-8 nor GB 18030 text; in the spreadsheet choose “Save as”, “CSV UTF-8”.",
        f"{file} 不是 UTF-8 或 GB 18030 编码的文本；请在电子表格中选择“另存为”“CSV UTF-8”。",
    )
