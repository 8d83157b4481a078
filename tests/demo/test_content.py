"""The demo company's content: sound at any hour, the same for the same arguments, and every check able to fail."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.demo.content.check import CHECKS, findings
from server.demo.content.customers import customer_base
from server.demo.content.history import closed_year
from server.demo.content.load import load_content
from server.demo.content.moments import minute_from, text
from server.demo.content.today import open_days
from server.demo.content.world import World, build_world

NOON = datetime(2026, 11, 24, 4, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def noon() -> World:
    return build_world(NOON)


@pytest.fixture
def world(noon: World) -> World:
    """A copy that the test may damage."""
    return World(
        copy.deepcopy(noon.content),
        copy.deepcopy(noon.base),
        copy.deepcopy(noon.year),
        copy.deepcopy(noon.open),
        noon.now,
    )


@pytest.mark.parametrize(
    "now",
    [
        NOON,
        datetime(2026, 11, 28, 18, 30, tzinfo=UTC),  # two in the morning of a Sunday
        datetime(2026, 11, 30, 15, 59, tzinfo=UTC),  # a minute before midnight
        datetime(2026, 11, 30, 16, 0, tzinfo=UTC),  # midnight
        datetime(2028, 2, 29, 1, 0, tzinfo=UTC),  # a leap day
        datetime(2027, 10, 3, 9, 0, tzinfo=UTC),  # a Sunday afternoon
    ],
    ids=str,
)
def test_content_is_consistent_at_any_hour(now: datetime) -> None:
    assert findings(build_world(now)) == {}


def test_same_arguments_give_the_same_rows(noon: World) -> None:
    again = build_world(NOON)
    assert (again.base, again.year, again.open) == (noon.base, noon.year, noon.open)


def test_another_seed_gives_other_customers(noon: World) -> None:
    assert customer_base(noon.content, noon.today, seed=1) != noon.base


def test_promised_amounts_are_there(noon: World) -> None:
    assert len(noon.base["customers"]) == 500
    assert len(noon.year["work_orders"]) == 2500
    assert 100 <= len(noon.open["work_orders"]) <= 150


def test_todays_questions_wait_for_an_expert_and_one_is_urgent(noon: World) -> None:
    cases = noon.open["expert_cases"]
    assert cases
    assert all(case["answered_at"] is None for case in cases)
    assert [case["expert"] is None for case in cases].count(True) >= 1
    assert all(case["expert"] or case["urgent"] for case in cases)


def test_all_content_is_generated_within_three_seconds() -> None:
    started = time.process_time()
    content = load_content()
    base = customer_base(content, NOON.date())
    open_days(content, base, closed_year(content, base, NOON), NOON)
    assert time.process_time() - started < 3


def test_technician_with_an_expired_certificate_gets_no_new_air_conditioner(noon: World) -> None:
    assets = {row["id"]: row["equipment"] for row in noon.base["assets"]}
    orders = {row["id"]: row for row in noon.open["work_orders"]}
    given = [
        assets[orders[row["work_order"]]["asset"]]
        for row in noon.open["visits"]
        if row["technician"] == "wu.zq" and minute_from(row["window_start"]) > NOON.timestamp() / 60
    ]
    assert "AC" not in given


def _spoil_overlap(world: World) -> None:
    first, second = world.year["visits"][:2]
    second.update(technician=first["technician"], travel_started_at=first["travel_started_at"])


def _spoil_shift(world: World) -> None:
    visit = world.year["visits"][5]
    visit["travel_started_at"] = text(minute_from(visit["travel_started_at"]) - 600)


def _spoil_used_part(world: World) -> None:
    move = next(row for row in world.year["stock_moves"] if row["kind"] == "consumption")
    move["part"] = next(
        row["code"] for row in world.content.parts if row["group"] != "pp" and row["code"] != move["part"]
    )


def _spoil_rates(world: World) -> None:
    for rating in world.year["ratings"]:
        rating["stars"] = 5


def _charged(world: World) -> dict:
    return next(
        row["charge"]
        for row in world.year["work_orders"]
        if row["charge"] and len(row["charge"]["lines"]) > 2
    )


def _judged(world: World) -> dict:
    return next(row["warranty"] for row in world.year["work_orders"] if row["warranty"])


def _numeric_answer(world: World) -> dict:
    steps = [step for checklist in world.content.checklists for step in checklist["steps"]]
    return next(step["answer"] for step in steps if step["answer"]["type"] == "number")


def _spoil_moved(world: World) -> None:
    next(row for row in world.open["visits"] if row["moved"])["moved"]["reason"] = ""


def _spoil_ahead(world: World) -> None:
    world.open["visits"] = [row for row in world.open["visits"] if row["travel_started_at"]]


SPOILERS: dict[str, Callable[[World], object]] = {
    "sizes": lambda world: world.content.parts.pop(),
    "codes_unique": lambda world: world.content.skills.append(world.content.skills[0]),
    "names_bilingual": lambda world: world.content.parts[0]["name"].update(en="压缩机"),
    "no_floats": lambda world: world.base["sites"][0].update(lat_e6=31.2),
    "parts_fit": lambda world: world.content.parts[0]["models"].append("XX-1"),
    "prices_believable": lambda world: world.content.parts[0].update(price_fen=-1),
    "articles_sound": lambda world: world.content.articles[0]["causes"][0].update(part_groups=["wings"]),
    "checklists_sound": lambda world: _numeric_answer(world).update(min=9, max=9),
    "people_sound": lambda world: world.content.technicians[0].update(van="VAN-XX"),
    "phones_fictional": lambda world: world.base["contacts"][0].update(phone="13812345678"),
    "customer_references": lambda world: world.base["assets"][0].update(site="gone"),
    "sites_in_territory": lambda world: world.base["sites"][0].update(lat_e6=0),
    "assets_dated": lambda world: world.base["assets"][0].update(shipped_on="2030-01-01"),
    "serials_valid": lambda world: world.base["assets"][0].update(serial="SL2418A00123-0"),
    "order_references": lambda world: world.year["work_orders"][0].update(
        contact=world.base["contacts"][-1]["id"]
    ),
    "technicians_right": lambda world: [row.update(technician="jin.yh") for row in world.year["visits"][:20]],
    "visits_in_shift": _spoil_shift,
    "visits_apart": _spoil_overlap,
    "dates_in_order": lambda world: world.year["work_orders"][0].update(triaged_at="2020-01-01T00:00:00Z"),
    "parts_used_fit": _spoil_used_part,
    "stock_balanced": lambda world: next(
        row for row in world.year["stock_moves"] if row["kind"] == "consumption"
    ).update(quantity=99),
    "charges_right": lambda world: _charged(world).update(due_fen=1),
    "warranty_follows": lambda world: _judged(world).update(until="1999-01-01"),
    "year_closed": lambda world: world.year["work_orders"][0].update(state="new"),
    "rates_believable": _spoil_rates,
    "titles_same_fault": lambda world: world.open["work_orders"][0].update(
        title={"zh": "不制冷", "en": "Weak dental suction"}
    ),
    "plans_changed": _spoil_moved,
    "plans_ahead": _spoil_ahead,
    "clashes_there": lambda world: world.open["clashes"].pop(),
    "phones_heard": lambda world: world.open["phones"][0].update(heard_at="2020-01-01T00:00:00Z"),
    "every_state_open": lambda world: [row.update(state="new") for row in world.open["work_orders"]],
}


def test_every_check_has_a_defect_that_it_must_find() -> None:
    assert set(SPOILERS) == set(CHECKS)


@pytest.mark.parametrize("name", SPOILERS)
def test_check_finds_its_defect(world: World, name: str) -> None:
    assert list(CHECKS[name](world)) == []
    SPOILERS[name](world)
    damaged = World(world.content, world.base, world.year, world.open, world.now)
    assert list(CHECKS[name](damaged))


def test_full_test_cannot_be_skipped(noon: World) -> None:
    full = next(row for row in noon.content.checklists if row["code"] == "full_test")
    assert not full["skippable"]
    assert all(step["waiver_needs_reason"] for step in full["steps"])


def test_unreadable_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "company.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"company\.json"):
        load_content(tmp_path)
