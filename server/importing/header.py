"""The first line of a file names its columns: each once, each known, every needed one there."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from server.importing.kind import Column
from server.importing.wrong import Unreadable

_OTHER_SEPARATORS = {";": "a semicolon", "\t": "a tab", "，": "a Chinese comma", "|": "a bar"}


def check_header(header: Sequence[str], columns: Sequence[Column]) -> None:
    """Raises Unreadable, with the name that was probably meant. `header` is in lower case."""
    names = [column.name for column in columns]
    _check_separator(header, names)
    for place, name in enumerate(header, start=1):
        if name not in names:
            raise _unknown(name, place, columns)
        if header.index(name) + 1 != place:
            raise Unreadable(f"The column {name} is there twice.", f"列 {name} 出现了两次。")
    missing = [column for column in columns if column.required and column.name not in header]
    if missing:
        one = missing[0]
        raise Unreadable(
            f"The first line must name the column {one.name} ({one.meaning}) It has: {', '.join(header)}.",
            f"第一行缺少列 {one.name}（{one.zh}）现有：{'、'.join(header)}。",
        )


def _check_separator(header: Sequence[str], names: Sequence[str]) -> None:
    if len(header) != 1 or header[0] in names:
        return
    for separator, called in _OTHER_SEPARATORS.items():
        if any(part.strip().strip('"') in names for part in header[0].split(separator)[:-1]):
            raise Unreadable(
                f"The cells are separated by {called}; save the file with commas.",
                "单元格之间不是英文逗号；请以英文逗号分隔保存文件。",
            )


def _unknown(name: str, place: int, columns: Sequence[Column]) -> Unreadable:
    if not name:
        return Unreadable(f"Column {place} has no name in the first line.", f"第一行第 {place} 列没有列名。")
    meant = _meant(name, columns)
    if meant is not None:
        return Unreadable(
            f"The column {name!r} is not known here; did you mean {meant.name} ({meant.meaning})?",
            f"列“{name}”无法识别，是否应为 {meant.name}（{meant.zh}）？",
        )
    known = ", ".join(column.name for column in columns)
    return Unreadable(
        f"The column {name!r} is not known here; known are {known}.",
        f"列“{name}”无法识别，可用的列有：{known}。",
    )


def _meant(name: str, columns: Sequence[Column]) -> Column | None:
    plain = name.replace(" ", "_").replace("-", "_")
    by_name = {column.name: column for column in columns}
    # A person may write the column as `--columns` explains it, in either language.
    said = {column.zh.rstrip("。").partition("，")[0]: column for column in columns}
    said |= {column.meaning.lower().rstrip("."): column for column in columns}
    for names in (by_name, said):
        for asked in (plain, name):
            near = get_close_matches(asked, names, n=1, cutoff=0.5)
            if near:
                return names[near[0]]
    inside = [column for text, column in said.items() if name in text or text in name]
    return inside[0] if inside else None
