"""Chance from one seed. Each step of a tape has dice of its own, so that taking a step out leaves all others alone."""

from __future__ import annotations

import random
from collections.abc import Callable


def dice(*names: object) -> random.Random:
    """Dice that fall alike for the same names."""
    return random.Random("/".join(map(str, names)))


def random_bytes(source: random.Random) -> Callable[[int], bytes]:
    """Stands in for `os.urandom`."""
    return source.randbytes
