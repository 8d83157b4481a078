"""Three-way merge of prose (openapi/sync-protocol.md, section 6.8).

Each side's change is one replaced span of the base, found by cutting the common beginning and then the common end.
Spans that neither overlap nor touch are both applied. It is simple enough to be written again from three sentences,
which every client must.
"""

from __future__ import annotations


def span(base: str, changed: str) -> tuple[int, int, str]:
    """`(start, end, replacement)` such that `base[:start] + replacement + base[end:] == changed`, in code points."""
    limit = min(len(base), len(changed))
    start = 0
    while start < limit and base[start] == changed[start]:
        start += 1
    tail = 0
    while tail < limit - start and base[-1 - tail] == changed[-1 - tail]:
        tail += 1
    return start, len(base) - tail, changed[start : len(changed) - tail]


def merge_text(base: str, standing: str, incoming: str) -> str | None:
    """The joined text, or None when both changed the same passage."""
    if standing in (base, incoming):
        return incoming
    if incoming == base:
        return standing
    ours = span(base, standing)
    theirs = span(base, incoming)
    first, second = (ours, theirs) if ours[:2] <= theirs[:2] else (theirs, ours)
    if first[1] >= second[0]:
        return None
    return base[: first[0]] + first[2] + base[first[1] : second[0]] + second[2] + base[second[1] :]
