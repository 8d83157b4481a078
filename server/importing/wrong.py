"""What is wrong with a cell, a row or a file: said in both languages, because files come from both kinds of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

_SHOWN_CHARACTERS = 80
_MOST_CHOICES = 20


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence, without what it is about and without a full stop."""

    en: str
    zh: str

    def __str__(self) -> str:
        return f"{self.en} / {self.zh}"


class WrongCell(ValueError):
    """A cell that cannot be taken."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.said = Said(en, zh)


@dataclass(frozen=True, slots=True)
class Bad:
    """Why a row cannot be imported. `line` is where the row begins; the header is line 1."""

    line: int
    column: str
    value: str
    said: Said

    def __str__(self) -> str:
        shown = " ".join(self.value.split())
        if len(shown) > _SHOWN_CHARACTERS:
            shown = f"{shown[:_SHOWN_CHARACTERS]}…"
        return f'line {self.line}, column {self.column}: "{shown}" {self.said}'


class Unreadable(Exception):
    """The file as a whole cannot be imported; the message is one sentence in each language."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(f"{en} / {zh}")


def unknown_code(kind: Said, code: str, known: Sequence[str]) -> Said:
    """There is no such code; with the one that was meant, or those that there are."""
    near = get_close_matches(code, known, n=1)
    if near:
        return Said(
            f"is no known {kind.en}; did you mean {near[0]}?", f"不是已知的{kind.zh}，是否应为 {near[0]}？"
        )
    if not known:
        return Said(
            f"is no known {kind.en}; none is there yet", f"不是已知的{kind.zh}，系统中尚无任何{kind.zh}"
        )
    shown = ", ".join(known[:_MOST_CHOICES]) + (" …" if len(known) > _MOST_CHOICES else "")
    return Said(f"is no known {kind.en}; known are {shown}", f"不是已知的{kind.zh}，已知的有 {shown}")
