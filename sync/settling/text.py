"""Prose: merged three ways against the text that its author saw."""

from __future__ import annotations

from sync.clock import SEQUENTIAL, SUPERSEDED
from sync.fault import line
from sync.settling.meeting import BadForm, Meeting, Settled, applied, stays
from sync.text_merge import merge_text
from sync.value_type import fault


def text(m: Meeting) -> Settled:
    """Both changes where they do not overlap; else the standing text, for the inbox."""
    text, start = text_and_start(m)
    standing = m.standing or ""
    joined = merge_text(start, standing, text)
    problem = fault(m.field.type, text if joined is None else joined, m.name)
    if problem:
        raise BadForm(problem)
    if joined is None:
        if m.relation is SUPERSEDED:
            return Settled(outcome="superseded", reason="superseded")
        return stays(m, "conflict", "text_overlaps", open=True, losing=text)
    if joined == standing and m.clock is not None:
        return Settled(outcome="same")
    if joined == text:
        return applied(m, joined)
    return Settled(outcome="merged", reason="text_merged", value=joined)


def text_and_start(m: Meeting) -> tuple[str, str]:
    """The new text and the one that it was made from; raises `BadForm`."""
    match m.incoming:
        case str(text):
            return text, (m.standing or "") if m.relation is SEQUENTIAL else ""
        case {"text": str(text), "base": str(start), **rest} if not rest:
            return text, start
        case _:
            raise BadForm(line("no_text_edit", m.name))
