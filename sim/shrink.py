"""A shorter run that breaks the same promise: fewer steps of both tapes, fewer faults."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from sim.run import Case, Outcome

Play = Callable[[Case], Outcome]
MOST_SECONDS = 60.0


def shrink(found: Outcome, play: Play, most_seconds: float = MOST_SECONDS) -> Outcome:
    """The shortest that was found in the time: each try leaves a part out, and is kept when it still breaks."""
    return _Shrinker(found, play, time.monotonic() + most_seconds).run()


class _Shrinker:
    def __init__(self, found: Outcome, play: Play, until: float) -> None:
        self.best = found
        self._play = play
        self._until = until

    def run(self) -> Outcome:
        steps = tuple(range(self.best.steps + 1))
        self._try(replace(self.best.case, faults=self.best.on, work=steps, events=steps))
        if self.best.case.work is None:
            return self.best
        before = -1
        while before != self._size() and not self._is_late():
            before = self._size()
            self._thin("work")
            self._thin("events")
            self._thin("faults")
        return self.best

    def _size(self) -> int:
        case = self.best.case
        return len(case.work or ()) + len(case.events or ()) + len(case.faults or ())

    def _thin(self, name: str) -> None:
        kept: Sequence[object] = getattr(self.best.case, name) or ()
        size = max(1, len(kept) // 2)
        while size and not self._is_late():
            place = 0
            while place < len(kept) and not self._is_late():
                without = (*kept[:place], *kept[place + size :])
                if self._try(replace(self.best.case, **{name: without})):
                    kept = without
                else:
                    place += size
            size //= 2

    def _try(self, case: Case) -> bool:
        outcome = self._play(case)
        if outcome.invariant != self.best.invariant:
            return False
        self.best = outcome
        return True

    def _is_late(self) -> bool:
        return time.monotonic() > self._until
