"""What a phone knows about time: measured at exchanges, carried on by the clock that nobody can set."""

from __future__ import annotations

import pytest

from doorstep_client import Phone
from doorstep_client.clock import Reading, SystemClock, instant, milliseconds
from doorstep_client.identifier import uuid7
from doorstep_client.time_evidence import Measured, evidence, measure
from tests.client.clock import MORNING, HeldClock
from tests.client.server import Server


def at(wall_ms: int, mono_ms: int, boot: str = "b") -> Reading:
    return Reading(wall_ms, mono_ms, boot)


def test_the_offset_is_measured_at_the_middle_of_the_round_trip():
    last = measure(at(1_000_000, 500), at(1_000_400, 900), server_ms=1_060_200)
    found = evidence(at(1_000_400, 900), last)
    assert (found.offset_ms, found.error_ms) == (60_000, 200)


def test_setting_the_wall_clock_changes_the_offset_and_not_the_truth():
    last = measure(at(1_000_000, 500), at(1_000_000, 500), server_ms=1_000_000)
    found = evidence(at(9_000_000, 1_500), last)
    assert milliseconds(found.wall) + (found.offset_ms or 0) == 1_001_000


def test_the_error_bound_grows_with_the_drift_of_a_quartz():
    last = Measured(at(0, 0), 0, error_ms=50)
    assert evidence(at(0, 36_000_000), last).error_ms == 50 + 3600


def test_after_a_restart_the_last_offset_is_told_without_a_bound():
    last = measure(at(1_000_000, 500), at(1_000_000, 500), server_ms=1_060_000)
    found = evidence(at(2_000_000, 3, boot="other"), last)
    assert (found.offset_ms, found.error_ms, found.boot) == (60_000, None, "other")


def test_a_device_that_never_exchanged_tells_no_offset():
    found = evidence(at(MORNING, 7), None)
    assert (found.wall, found.offset_ms, found.error_ms) == ("2026-01-31T09:00:00.000Z", None, None)


def test_an_exchange_across_a_restart_measures_nothing():
    assert measure(at(0, 500), at(0, 10, boot="other"), server_ms=0) is None


def test_operations_carry_the_evidence_of_their_moment(phone: Phone, server: Server, clock: HeldClock):
    clock.wall_ms -= 120_000
    operation = phone.author("job", "j1", set={"phone": "200"}).operation
    assert operation.at.offset_ms == 120_000 and operation.at.error_ms == 0
    clock.pass_seconds(100)
    assert phone.author("job", "j1", set={"phone": "200"}).operation.at.error_ms == 10


def test_freshness_is_told_as_unknown_after_a_restart(phone: Phone, clock: HeldClock):
    clock.pass_seconds(42 * 60)
    assert phone.freshness().age_ms == 42 * 60_000
    clock.boot = "boot-2"
    assert phone.freshness().age_ms is None
    assert phone.freshness().server_time == "2026-01-31T09:00:00.000Z"


def test_instants_read_back_as_they_were_written():
    assert milliseconds(instant(MORNING + 7)) == MORNING + 7
    with pytest.raises(ValueError, match="no zone"):
        milliseconds("2026-01-31T09:00:00")


def test_the_machines_monotonic_clock_does_not_go_back():
    clock = SystemClock()
    first, second = clock.read(), clock.read()
    assert first.boot == second.boot and second.mono_ms >= first.mono_ms


def test_ids_are_version_7_and_sort_by_time():
    early, late = uuid7(MORNING, lambda n: b"\xff" * n), uuid7(MORNING + 1, lambda n: b"\x00" * n)
    assert early[14] == "7" and early[19] in "89ab" and early < late
    assert late == "019c1347-d281-7000-8000-000000000000"
