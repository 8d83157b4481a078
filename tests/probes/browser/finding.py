"""One measured answer, and whether the decision may go on resting on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`holds` is None where the answer is only a figure to know, not a ground of the decision."""

    number: int
    question: str
    answer: str
    holds: bool | None = None


def table(findings: Iterable[Finding]) -> str:
    """The findings as a Markdown table, ordered by number."""
    marks = {True: "yes", False: "**NO**", None: ""}
    rows = [
        f"| {one.number} | {one.question} | {one.answer} | {marks[one.holds]} |"
        for one in sorted(findings, key=_number)
    ]
    return "\n".join(["| | asked | answer | holds |", "|---|---|---|---|", *rows])


def _number(finding: Finding) -> int:
    return finding.number
