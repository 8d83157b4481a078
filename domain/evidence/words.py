"""The verdict in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from domain.evidence.sentences import (
    FAULTS,
    FAULTY,
    HOLDS,
    LINES,
    NOT_PROVEN,
    OUTCOMES,
    PROVEN,
    SIGN_OFF,
    SIGNATURE_OPEN,
    STATUS,
    WHOLE_FILE,
    Pair,
)
from domain.evidence.verdict import Line, Verdict
from domain.verification import REASONS


def told(verdict: Verdict, language: str) -> Iterator[str]:
    """The verdict as lines of text, in `en` or `zh`."""
    if verdict.faults:
        yield _in(FAULTY, language)
        for fault in verdict.faults:
            yield f"- {_filled(FAULTS[fault.code], fault.facts, language)}"
        return
    yield _in(HOLDS if verdict.holds() else SIGNATURE_OPEN, language)
    for one in verdict.sign_offs:
        yield ""
        status = _in(STATUS[one.status], language)
        yield _in(SIGN_OFF, language).format(sign_off=one.sign_off, status=status)
        yield from _block(one.proven, one.not_proven, language)
    yield ""
    yield _in(WHOLE_FILE, language)
    yield from _block(verdict.proven, verdict.not_proven, language)


def _block(proven: tuple[Line, ...], not_proven: tuple[Line, ...], language: str) -> Iterator[str]:
    for title, lines in ((PROVEN, proven), (NOT_PROVEN, not_proven)):
        if lines:
            yield f"  {_in(title, language)}"
        for line in lines:
            yield f"  - {_filled(LINES[line.code], line.facts, language)}"


def _filled(pair: Pair, facts: Mapping[str, str | int], language: str) -> str:
    said = dict(facts)
    if "reason" in said:
        said["reason"] = _in(REASONS.get(str(said["reason"]), ("", "")), language)
    if "outcome" in said:
        said["outcome"] = _in(OUTCOMES[str(said["outcome"])], language)
    return _in(pair, language).format(**said)


def _in(pair: Pair, language: str) -> str:
    return pair[1] if language == "zh" else pair[0]
