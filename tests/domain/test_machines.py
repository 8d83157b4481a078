"""The state machines are total, and say what field people expect."""

from __future__ import annotations

import pytest

from domain import machines
from sync.policy import CONFLICT, KEEP_BOTH, Machine, machine_faults

ALL = {name: value for name, value in vars(machines).items() if isinstance(value, Machine)}


@pytest.mark.parametrize("name", sorted(ALL))
def test_machine_answers_every_event_in_every_state(name: str) -> None:
    assert machine_faults(ALL[name]) == []


@pytest.mark.parametrize("name", sorted(ALL))
def test_event_that_is_true_already_changes_nothing(name: str) -> None:
    machine = ALL[name]
    for event, state in machine.events.items():
        assert machine.table[state][event] == state


@pytest.mark.parametrize(
    ("state", "event", "outcome"),
    [
        ("received", "arrive", "on_site"),
        ("accepted", "arrive", "on_site"),
        ("accepted", "finish", "work_done"),
        ("working", "pause", "paused"),
        ("paused", "resume", "working"),
        ("work_done", "start", "working"),
        ("working", "complete", "done"),
        ("accepted", "sign_off", "signed_off"),
        ("signed_off", "finish", KEEP_BOTH),
        ("work_done", "complete", "done"),
        ("incomplete", "start", "working"),
        ("no_access", "arrive", "on_site"),
        ("done", "arrive", KEEP_BOTH),
        ("done", "start", KEEP_BOTH),
        ("signed_off", "travel", KEEP_BOTH),
        ("on_site", "travel", KEEP_BOTH),
        ("declined", "arrive", CONFLICT),
        ("declined", "accept", "accepted"),
    ],
)
def test_execution(state: str, event: str, outcome: str) -> None:
    assert machines.EXECUTION.table[state][event] == outcome


@pytest.mark.parametrize(
    ("state", "event", "outcome"),
    [
        ("planned", "dispatch", "dispatched"),
        ("dispatched", "withdraw", "withdrawn"),
        ("withdrawn", "dispatch", CONFLICT),
        ("cancelled", "dispatch", CONFLICT),
        ("cancelled", "reinstate", "dispatched"),
        ("withdrawn", "reinstate", "dispatched"),
        ("cancelled", "withdraw", "cancelled"),
    ],
)
def test_dispatch(state: str, event: str, outcome: str) -> None:
    assert machines.DISPATCH.table[state][event] == outcome


def test_no_order_of_media_events_takes_a_verified_original_back() -> None:
    row = machines.MEDIA.table["verified"]
    assert {row[event] for event in machines.MEDIA.events if event != "quarantine"} == {"verified"}


def test_answer_is_kept_when_the_case_is_closed() -> None:
    assert machines.EXPERT_CASE.table["closed"]["answer"] == KEEP_BOTH
