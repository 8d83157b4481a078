"""What the story says: a line for each expectation, what happened, and a table of the cases at the end."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, TextIO

from tests.story.words import in_words

Language = Literal["en", "zh"]
Say = tuple[str, str]
"""A sentence in English and in Chinese."""

DAY = 0
"""The case number under which the day itself is told."""

_EXPECTED: Say = ("expected", "预期")
_HAPPENED: Say = ("happened", "实际")
_NOT_TO_ITS_END: Say = ("the case runs to its end", "本案例执行完毕")


@dataclass
class Chapter:
    """One case, or the day, and what held in it."""

    number: int
    title: Say
    held: int = 0
    failed: int = 0
    broke: bool = False
    """It could not be played to its end."""

    @property
    def holds(self) -> bool:
        """A case in which nothing was checked does not hold."""
        return self.held > 0 and not self.failed and not self.broke


@dataclass
class Transcript:
    """Prints while the story goes on, and keeps count."""

    language: Language
    out: TextIO
    chapters: dict[int, Chapter] = field(default_factory=dict)

    def open(self, number: int, title: Say) -> None:
        """A case that is to be played: from now on the story fails unless it holds."""
        self.chapters[number] = Chapter(number, title)

    def heading(self, say: Say) -> None:
        """A part of the day."""
        self._print(f"\n── {self._said(say)} " + "─" * max(3, 96 - _width(self._said(say))))

    def tell(self, number: int, say: Say) -> None:
        """What somebody does."""
        self._print(f"{self._name(number)}   {self._said(say)}")

    def expect(self, number: int, about: Say, wanted: Any, happened: Any) -> bool:
        """One expectation: it holds when what happened is what was wanted. Returns whether it does."""
        chapter, holds = self.chapters[number], bool(wanted == happened)
        if holds:
            chapter.held += 1
        else:
            chapter.failed += 1
        self._line(number, about, in_words(wanted, self.language), in_words(happened, self.language), holds)
        return holds

    @contextmanager
    def playing(self, number: int) -> Iterator[None]:
        """Whatever stops a case is told as its failure; the others go on."""
        chapter = self.chapters[number]
        try:
            yield
        except Exception as problem:
            chapter.broke = True
            self._line(
                number,
                _NOT_TO_ITS_END,
                in_words(True, self.language),
                f"{type(problem).__name__}: {problem}{_place(problem)}",
                False,
            )

    def is_playable(self, number: int) -> bool:
        """Whether nothing has stopped the case yet."""
        return not self.chapters[number].broke

    def table(self) -> None:
        """All cases with their counts."""
        self.heading(("the cases", "案例总表"))
        for number, chapter in sorted(self.chapters.items()):
            mark = "✓" if chapter.holds else "✗"
            total = chapter.held + chapter.failed
            ending = ("" if not chapter.broke else self._said((" · stopped", " · 中断"))) or (
                "" if total else self._said((" · nothing was checked", " · 未作任何检查"))
            )
            self._print(
                f"{self._name(number)} {mark} {chapter.held:>3}/{total:<3} {self._said(chapter.title)}{ending}"
            )

    def count(self, about: Say, number: Any) -> None:
        """A line of the closing figures."""
        label = self._said(about)
        self._print(f"  {label}{' ' * max(1, 44 - _width(label))}{number}")

    def say(self, say: Say) -> None:
        """A plain sentence."""
        self._print(self._said(say))

    @property
    def all_held(self) -> bool:
        """Whether every case was played and held."""
        return bool(self.chapters) and all(one.holds for one in self.chapters.values())

    def _line(self, number: int, about: Say, wanted: str, happened: str, holds: bool) -> None:
        mark = "✓" if holds else "✗"
        self._print(
            f"{self._name(number)} {mark} {self._said(_EXPECTED)} {self._said(about)}: {wanted}"
            f" · {self._said(_HAPPENED)} {happened}"
        )

    def _name(self, number: int) -> str:
        if number == DAY:
            return self._said(("day    ", "当天   "))
        return f"{self._said(('case', '案例'))} {number:>2}"

    def _said(self, say: Say) -> str:
        return say[0] if self.language == "en" else say[1]

    def _print(self, line: str) -> None:
        print(line, file=self.out, flush=True)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _place(problem: BaseException) -> str:
    """Where in the story it stopped, so that it can be found."""
    trace, found = problem.__traceback__, ""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if "/tests/story/" in file and "transcript" not in file:
            found = f" ({file.rpartition('/tests/story/')[2]}:{trace.tb_lineno})"
        trace = trace.tb_next
    return found
