"""The most specific rule wins, whatever the order, and a run keeps the book of its start."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.clocks.defaults import BOOK, CLOCKS, EXCUSES, PAUSES, contract_rules
from domain.clocks.limit import Elapsed, Limit, WorkingDays
from domain.clocks.rules import Case, Match, Rule, RuleBook, book_at, check, choose

PREMIUM_24, PREMIUM_72 = Elapsed(24 * 60), Elapsed(72 * 60)


def book(version: int, *rules: Rule, year: int = 2024) -> RuleBook:
    return RuleBook(version=version, in_force_from=datetime(year, 1, 1, tzinfo=UTC), rules=rules)


def rule(minutes: int, **when: object) -> Rule:
    return Rule(clock="triage", when=msgspec.convert(when, Match), limit=Elapsed(minutes), warn_minutes=0)


@pytest.mark.parametrize(
    ("case", "limit"),
    [
        (Case(), WorkingDays(3)),
        (Case(severity="major", level="basic"), WorkingDays(3)),
        (Case(severity="ordinary", level="premium"), PREMIUM_24),
        (Case(severity="major", level="premium"), PREMIUM_72),
        (Case(severity="urgent", level="premium"), PREMIUM_24),
        (Case(severity="major", level="premium", contract="c1"), Elapsed(48 * 60)),
        (Case(severity="ordinary", level="premium", contract="c1"), Elapsed(12 * 60)),
        (Case(severity="major", level="premium", contract="c2"), PREMIUM_72),
    ],
    ids=["any", "basic", "premium", "premium_major", "premium_urgent", "own_major", "own", "another"],
)
def test_the_most_specific_repair_rule_wins(case: Case, limit: Limit) -> None:
    own = book(2, *BOOK.rules, *contract_rules("c1", ordinary_hours=12, major_hours=48))
    found = choose(own, "repair", case)
    assert found is not None and found.limit == limit


def test_a_word_in_a_contract_goes_before_any_number_of_general_ones() -> None:
    rules = [rule(1, contract="c1"), rule(2, tier="vip", severity="urgent", channel="phone", level="premium")]
    case = Case(contract="c1", tier="vip", severity="urgent", channel="phone", level="premium")
    assert choose(book(1, *rules), "triage", case) == rules[0]


def test_nothing_is_promised_where_no_rule_fits() -> None:
    assert choose(BOOK, "urgent_expert", Case(severity="ordinary")) is None
    assert choose(BOOK, "follow_up_first", Case(severity="ordinary", tier="standard")) is None


def test_two_rules_for_the_same_cases_are_refused() -> None:
    with pytest.raises(ValueError, match="same cases"):
        book(1, rule(1, tier="vip"), rule(2, tier="vip"))


words = st.sampled_from(["", "a", "b"])
matches = st.builds(
    Match, contract=words, always_on=st.booleans(), level=words, tier=words, severity=words, channel=words
)
cases = st.builds(
    Case, contract=words, always_on=st.booleans(), level=words, tier=words, severity=words, channel=words
)


@settings(max_examples=150, deadline=None)
@given(st.lists(matches, max_size=12, unique=True), cases, st.integers())
def test_the_choice_is_total_and_does_not_depend_on_the_order(
    whens: list[Match], case: Case, seed: int
) -> None:
    rules = [Rule(clock="triage", when=when, limit=Elapsed(1), warn_minutes=0) for when in whens]
    shuffled = random.Random(seed).sample(rules, len(rules))
    found = choose(book(1, *rules), "triage", case)
    assert found == choose(book(1, *shuffled), "triage", case)
    assert (found is None) == (not any(when.holds(case) for when in whens))


def test_a_run_keeps_the_book_of_its_start() -> None:
    first, second = book(1, rule(60)), book(2, rule(30), year=2026)
    assert book_at([first, second], datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)) == first
    assert book_at([first, second], datetime(2026, 1, 1, tzinfo=UTC)) == second
    assert book_at([first, second], datetime(2020, 1, 1, tzinfo=UTC)) == first
    with pytest.raises(ValueError, match="not in order"):
        book_at([second, first], datetime(2026, 1, 1, tzinfo=UTC))


def test_the_shipped_book_is_consistent() -> None:
    check(BOOK, CLOCKS)
    assert {one.clock for one in BOOK.rules} == set(CLOCKS)
    assert {reason for one in BOOK.rules for reason in one.pauses} <= set(PAUSES)
    assert {reason for one in BOOK.rules for reason in one.excuses} <= set(EXCUSES)


def test_a_book_that_cannot_be_is_named() -> None:
    with pytest.raises(ValueError, match="no clock is named"):
        check(book(1, rule(1)), {})
    with pytest.raises(ValueError, match="positive"):
        check(book(1, rule(0)), CLOCKS)
