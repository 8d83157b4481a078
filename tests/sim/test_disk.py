"""The disk of a phone: after a power cut in a commit the store has all of it or nothing, and all that was before."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from doorstep_client.store import Store
from sim.disk import Death, Disk, PhoneDied


def wrote(store: Store, number: int) -> None:
    with store.transaction():
        store.put(**{f"n{number}": "x" * 3000})


def found(disk: Disk, most: int) -> int:
    """How many of the numbered values are there; none may be missing before the last one."""
    store = Store(disk.path, disk.connect)
    assert store.one("PRAGMA integrity_check") == ("ok",)
    there = [store.get(f"n{number}", str) is not None for number in range(most)]
    store.close()
    assert there == sorted(there, reverse=True)
    return sum(there)


@pytest.mark.parametrize("death", ["before", "after", "torn"])
@pytest.mark.parametrize("seed", range(12))
def test_a_death_in_a_commit_costs_that_commit_at_most(tmp_path: Path, seed: int, death: Death) -> None:
    dice = random.Random(seed)
    disk = Disk(tmp_path / "phone")
    store = Store(disk.path, disk.connect)
    at = dice.randint(1, 8)
    disk.die_at(at, death, dice)
    with pytest.raises(PhoneDied):
        for number in range(10):
            wrote(store, number)
    store.close()
    kept = {"before": {at - 1}, "after": {at}, "torn": {at - 1, at}}[death]
    assert found(disk, 10) in kept


def test_a_torn_commit_is_sometimes_lost_and_sometimes_not(tmp_path: Path) -> None:
    outcomes = set()
    for seed in range(40):
        disk = Disk(tmp_path / str(seed))
        store = Store(disk.path, disk.connect)
        wrote(store, 0)
        disk.die_at(1, "torn", random.Random(seed))
        with pytest.raises(PhoneDied):
            wrote(store, 1)
        store.close()
        outcomes.add(found(disk, 2))
    assert outcomes == {1, 2}


def test_a_full_disk_refuses_a_commit_and_keeps_what_was(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "phone")
    store = Store(disk.path, disk.connect)
    wrote(store, 0)
    disk.fill(1)
    with pytest.raises(Exception, match="full"):
        wrote(store, 1)
    wrote(store, 1)
    store.close()
    assert found(disk, 2) == 2
