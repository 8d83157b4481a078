"""What the peers have in common: rows go in by batches, and come out page by page after a position."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from bench.load import ask
from bench.rows import Row, parts

_FILL = 1000
Read = Callable[[Any], tuple[str, int]]
"""From a page's JSON: the position after it, and how many rows it holds."""


def fill_by_pushes(port: int, push: Callable[[Sequence[Row]], bytes], rows: Sequence[Row]) -> None:
    """Store the rows a thousand at a time."""
    for part in parts(rows, _FILL):
        ask(port, push(part))


def pages(
    port: int, since: Callable[[str, int], bytes], read: Read, start: str, page: int
) -> tuple[list[bytes], str]:
    """The requests that bring everything after a position, learned by asking, and the position at the end."""
    script, position = [], start
    while True:
        script.append(since(position, page))
        after, count = read(json.loads(ask(port, script[-1])))
        position = after if count else position
        if count < page:
            return script, position
