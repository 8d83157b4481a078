"""Numbers that people read out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.numbers import is_order_number, order_number, provisional_number

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
numbers = st.builds(order_number, st.text(min_size=1), st.just("2026-01-31"))


def test_number_follows_from_the_record_alone() -> None:
    assert order_number("0199-a", "2026-01-31") == order_number("0199-a", "2026-01-31T23:59:00Z")
    assert order_number("0199-a", "2026-01-31") != order_number("0199-b", "2026-01-31")


def test_a_hundred_thousand_orders_of_one_day_differ() -> None:
    assert len({order_number(f"order-{n}", "2026-01-31") for n in range(100_000)}) == 100_000


@given(numbers)
def test_own_numbers_are_recognised_in_any_case_and_spacing(number: str) -> None:
    assert is_order_number(number) and is_order_number(f" {number.lower()} ")


@given(numbers, st.integers(3, 17), st.sampled_from(ALPHABET))
def test_one_wrong_symbol_is_noticed(number: str, place: int, symbol: str) -> None:
    if number[place] == "-" or number[place] == symbol:
        return
    assert not is_order_number(number[:place] + symbol + number[place + 1 :])


@given(numbers, st.integers(10, 16))
def test_exchanged_neighbours_are_noticed(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    # Luhn cannot tell the first symbol beside the last of its alphabet from the two exchanged.
    if swapped == number or {number[place], number[place + 1]} == {ALPHABET[0], ALPHABET[-1]}:
        return
    assert not is_order_number(swapped)


def test_garbage_is_no_number() -> None:
    assert not any(map(is_order_number, ("", "SO", "SO-1-2-3", "SO-260131-7K3M9QXI-C", "T017-260131-1")))


def test_provisional_number_names_technician_day_and_place_in_the_day() -> None:
    assert provisional_number("017", "2026-01-31", 2) == "T017-260131-2"
