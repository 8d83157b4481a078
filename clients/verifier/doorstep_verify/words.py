"""The verdict in words."""

from __future__ import annotations

from collections.abc import Iterator

from doorstep_verify.checks import Facts
from doorstep_verify.sentences import (
    FAULTS,
    FAULTY,
    HOLDS,
    LINES,
    NOT_PROVEN,
    OUTCOMES,
    PROVEN,
    REASONS,
    SIGN_OFF,
    SIGNATURE_OPEN,
    STATUS,
    WHOLE_FILE,
    Pair,
)
from doorstep_verify.verdict import Line, Verdict


def told(verdict: Verdict, language: str) -> Iterator[str]:
    """The verdict as lines of text, in `en` or `zh`."""
    if verdict.faults:
        yield _in(FAULTY, language)
        for code, facts in verdict.faults:
            yield f"- {_filled(FAULTS[code], facts, language)}"
        return
    yield _in(HOLDS if verdict.holds() else SIGNATURE_OPEN, language)
    for one in verdict.sign_offs:
        yield ""
        status = _in(STATUS[one.status], language)
        yield _in(SIGN_OFF, language).format(sign_off=one.sign_off, status=status)
        yield from _block(one.proven, one.open, language)
    yield ""
    yield _in(WHOLE_FILE, language)
    yield from _block(verdict.proven, verdict.open, language)


def _block(proven: list[Line], open: list[Line], language: str) -> Iterator[str]:
    for title, lines in ((PROVEN, proven), (NOT_PROVEN, open)):
        if lines:
            yield f"  {_in(title, language)}"
        for code, facts in lines:
            yield f"  - {_filled(LINES[code], facts, language)}"


def _filled(pair: Pair, facts: Facts, language: str) -> str:
    said = dict(facts)
    if "reason" in said:
        said["reason"] = _in(REASONS.get(said["reason"], ("", "")), language)
    if "outcome" in said:
        said["outcome"] = _in(OUTCOMES[said["outcome"]], language)
    return _in(pair, language).format(**said)


def _in(pair: Pair, language: str) -> str:
    return pair[1] if language == "zh" else pair[0]
