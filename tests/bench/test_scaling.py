"""The simulation of a day: what it is fed with is found in the results, and more people need more machines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import scaling
from bench.scaling import COMPANIES, Costs, Day, arrivals, measured, simulate, table

COSTS = Costs(
    poll=300e-6, poll_in_postgres=100e-6, operation=120e-6, operation_in_postgres=100e-6, record_pulled=3e-6
)


def _figure(name: str, **members: object) -> dict[str, object]:
    return {"name": name, "sides": [{"kind": "ours", "per_cpu_second": [100.0, 300.0, 200.0]}], **members}


_ALONE = {"one process": {"server_microseconds": 50, "postgres_microseconds": 40}}
RUN = {
    "figures": [
        _figure("first pull"),
        _figure("push of eight phones on one PostgreSQL", facts=_ALONE),
        _figure("poll with nothing new on one PostgreSQL", facts=_ALONE),
    ]
}


def test_every_operation_of_the_day_arrives_once() -> None:
    day = Day()
    minutes = list(arrivals(1000, day))
    assert sum(one.operations for one in minutes) == pytest.approx(1000 * day.operations)
    assert sum(one.media for one in minutes) == pytest.approx(1000 * day.media)
    assert sum(one.records for one in minutes) == pytest.approx(1000 * day.records_pulled)


def test_ten_times_the_people_need_about_ten_times_the_processes() -> None:
    small, large = simulate(100_000, COSTS), simulate(1_000_000, COSTS)
    assert large.busiest_server_cores == pytest.approx(10 * small.busiest_server_cores)
    assert small.processes < large.processes <= 10 * small.processes


def test_too_few_processes_fall_behind_and_catch_up() -> None:
    told = simulate(1_000_000, COSTS)
    assert 0 < told.minutes_behind < 24 * 60


def test_the_costs_are_read_from_a_run() -> None:
    costs = measured(RUN)
    assert (costs.record_pulled, costs.poll, costs.operation_in_postgres) == (1 / 200, 50e-6, 40e-6)


def test_the_table_has_a_column_for_each_company() -> None:
    head = table([simulate(one, COSTS) for one in COMPANIES], COSTS).splitlines()[2]
    assert head == "| technicians | 10,000 | 100,000 | 1,000,000 |"


def test_the_page_keeps_what_stands_around_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, results = tmp_path / "page.md", tmp_path / "RESULTS.json"
    page.write_text("before\n<!-- python -m bench.scaling -->\nold\n<!-- end -->\nafter\n")
    results.write_text(json.dumps(RUN))
    monkeypatch.setattr(scaling, "RESULTS", results)
    for _ in range(2):
        scaling.write_into(page)
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("\nafter\n")
    assert text.count("| technicians |") == 1 and "old" not in text
