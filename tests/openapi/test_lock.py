"""Document, structures and vectors change together, and only with a decision about the protocol's number."""

from __future__ import annotations

import copy

import pytest

from openapi.lock import current, decide, locked, undecided


def test_a_change_of_the_wire_waits_for_a_decision() -> None:
    problem = undecided(current(), locked())
    assert not problem, problem


@pytest.mark.parametrize("name", ["structures", "sync-protocol.md", "vectors/merge.json"])
def test_any_change_says_what_to_decide(name: str) -> None:
    changed = copy.deepcopy(current())
    changed["hashes"][name] = "0" * 64
    sentence = undecided(changed, locked())
    assert name in sentence and "--compatible" in sentence and "--next" in sentence


def test_a_vanished_file_is_a_change() -> None:
    less = copy.deepcopy(current())
    del less["hashes"]["vectors/push.json"]
    assert "vectors/push.json" in undecided(less, locked())


def test_a_new_number_needs_the_number_to_be_raised() -> None:
    now = current()
    assert decide("--next", now, now)
    assert not decide("--next", {**now, "protocol": now["protocol"] + 1}, now)
    assert decide("--compatible", {**now, "protocol": now["protocol"] + 1}, now)
    assert not decide("--compatible", now, now)
