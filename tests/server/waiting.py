"""Waiting for what a running server does by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

LONGEST_SECONDS = 30.0
Seen = TypeVar("Seen")


def until(read: Callable[[], Seen], fits: Callable[[Seen], object]) -> Seen:
    """What is read, as soon as it is as expected."""
    end = time.monotonic() + LONGEST_SECONDS
    while not fits(found := read()):
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found
