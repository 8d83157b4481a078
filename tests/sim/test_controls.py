"""The simulator goes red on each planted flaw, and names the promise that it breaks."""

from __future__ import annotations

import pytest

from sim.fault import KINDS
from sim.many import Clusters
from sim.run import Case, Outcome, play
from tests.sim.flawed import FLAWS

MOST_SEEDS = 30
BREAKS: dict[str, set[int]] = {
    "naive cursor": {2, 3, 6, 9},
    "dropped dedupe": {1, 4},
    "clock-ordered merge": {0, 7},
    "eviction with pending work": {1},
    "overlay by acked seq": {3},
    "parked operation over a later one": {0, 7},
    "credential lost with its reply": {0, 9},
    "overwritten unseen": {0},
    "a right that has ended": {2, 5},
    "bytes acknowledged too early": {10},
}


def hunt(most_seeds: int = MOST_SEEDS) -> Outcome | None:
    """The first run that goes red, on a short tape."""
    with Clusters() as clusters:
        for seed in range(most_seeds):
            found = play(Case(seed=seed, ops=120, db="memory"), clusters)
            if found.invariant is not None:
                return found
    return None


@pytest.mark.parametrize("flaw", sorted(FLAWS))
def test_a_flaw_is_found(flaw: str, monkeypatch: pytest.MonkeyPatch) -> None:
    FLAWS[flaw](monkeypatch)
    found = hunt()
    assert found is not None, f"{MOST_SEEDS} seeds, and nobody noticed"
    assert found.invariant in BREAKS[flaw], found.sentence


def test_every_kind_of_fault_is_known_by_one_name() -> None:
    assert len(set(KINDS)) == len(KINDS)
