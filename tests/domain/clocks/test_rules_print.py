"""The printed rules are complete, and the published page is the printed one."""

from __future__ import annotations

import json
from pathlib import Path

from domain.clocks.defaults import BOOK, CLOCKS
from domain.clocks.rules_print import as_json, as_markdown, as_text, rows

PAGE = Path(__file__).parents[3] / "docs" / "clock-rules.md"


def test_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_markdown(BOOK)


def test_every_clock_is_on_the_page_in_both_languages() -> None:
    page = as_markdown(BOOK)
    assert all(f"## {clock.en} · {clock.zh}" in page for clock in CLOCKS.values())


def test_every_rule_is_a_line() -> None:
    assert len(as_text(BOOK).splitlines()) == len(BOOK.rules) + 1 == len(rows(BOOK)) + 1


def test_json_tells_limits_by_name() -> None:
    found = json.loads(as_json(BOOK))
    repair = next(rule for rule in found["book"]["rules"] if rule["clock"] == "repair")
    assert repair["limit"] == {"type": "working_days", "days": 3}
    assert [year["year"] for year in found["holidays"]] == [2024, 2025, 2026]
