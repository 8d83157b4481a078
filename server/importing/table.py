"""A CSV file as rows with line numbers, in whichever encoding a spreadsheet wrote it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_ENCODINGS = ("utf-8-sig", "gb18030")
"""What spreadsheets write; GB 18030 is Excel's choice on a Chinese machine."""
MOST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bad:
    """Why a row cannot be imported."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line that it begins on (the header is line 1), and its cells by column, without blanks around."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


class Unreadable(Exception):
    """The file as a whole cannot be imported; the message is one sentence."""


def read_rows(file: Path, columns: Sequence[str], required: Sequence[str]) -> Iterator[Row]:
    """The rows of a file. Raises Unreadable for a missing file, an unknown encoding, a wrong header."""
    reader = csv.reader(io.StringIO(_text(file), newline=""))
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check_header(header, columns, required)
        begins = reader.line_num + 1
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if any(cell.strip() for cell in cells):
                values = [cell.strip() for cell in cells]
                yield Row(line, dict(zip(header, values, strict=False)))
    except csv.Error as error:
        raise Unreadable(f"{file}, line {reader.line_num}: {error}.") from None


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Unreadable(f"{file} is larger than {MOST_BYTES >> 20} MiB; split it.")
        data = file.read_bytes()
    except OSError as error:
        raise Unreadable(f"{file} cannot be read: {error.strerror}.") from None
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(f"{file} is neither UTF-8 nor GB 18030; save it as CSV UTF-8.")


def _check_header(header: Sequence[str], columns: Sequence[str], required: Sequence[str]) -> None:
    missing = [name for name in required if name not in header]
    if missing:
        raise Unreadable(f"The first line must name the column {missing[0]}; it has {', '.join(header)}.")
    unknown = [name for name in header if name not in columns]
    if unknown:
        raise Unreadable(f"The column {unknown[0]!r} is not known here; known are {', '.join(columns)}.")
    twice = [name for name in header if list(header).count(name) > 1]
    if twice:
        raise Unreadable(f"The column {twice[0]} is there twice.")
