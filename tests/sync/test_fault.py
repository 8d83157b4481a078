"""A value's fault keeps its code, its field and what would be taken, and is a sentence in both languages."""

from __future__ import annotations

import re

import pytest

from sync.fault import FAULTS, Fault, line, read
from sync.value_type import Kind, ValueType, fault

_ABOUT = {"limit": "12", "allowed": "low, normal", "name": "a name: (odd)", "entity": "site"}
TEXT = ValueType(kind="text", optional=False, longest=3)


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_is_read_back_from_its_line(code: str) -> None:
    about = _ABOUT.get(FAULTS[code].takes, "")
    for field in ("", "tier", "entries[2].id", "odd: name.x"):
        assert read(line(code, field, about)) == Fault(code, field, about)


@pytest.mark.parametrize(
    "text", ["", "work_order wo-1", "tier: no_such_code", "tier: too_long", "tier: too_long(x)"]
)
def test_what_tells_no_fault_is_none(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_is_a_sentence_in_both_languages(code: str) -> None:
    one = Fault(code, "tier", _ABOUT.get(FAULTS[code].takes, ""))

    assert re.fullmatch(r"tier .*\.", one.sentence("en")) and not re.search("[一-鿿]", one.sentence("en"))
    assert re.fullmatch(r"“tier”.*。", one.sentence("zh")) and re.search("[一-鿿]", one.phrase("zh"))


WRONG: list[tuple[Kind, object, str]] = [
    ("text", 1, "not_text"),
    ("integer", "1", "not_integer"),
    ("boolean", 0, "not_boolean"),
    ("instant", "today", "not_instant"),
    ("date", "2026-13-01", "not_date"),
    ("choice", "c", "not_one_of"),
    ("ref", "", "not_reference"),
    ("group", [], "not_object"),
    ("group", {"more": 1}, "unknown_member"),
    ("group", {}, "empty"),
    ("group", {"inner": "four"}, "too_long"),
    ("list", {}, "not_list"),
    ("list", ["a"] * 9, "too_many"),
    ("bilingual", {}, "not_bilingual"),
    ("bytes", 1, "not_text"),
]


@pytest.mark.parametrize(("kind", "value", "code"), WRONG)
def test_a_value_that_does_not_fit_is_named_with_a_code(kind: Kind, value: object, code: str) -> None:
    declared = ValueType(
        kind=kind, choices=("a", "b"), entity="site", members={"inner": TEXT}, items=TEXT, longest=8
    )

    told = read(fault(declared, value, "field") or "")

    assert told is not None and told.code == code
    assert told.field in ("field", "field.inner")


def test_a_program_gets_what_would_be_taken() -> None:
    assert Fault("not_one_of", "tier", "vip, standard").members() == {
        "fault": "not_one_of",
        "allowed": ["vip", "standard"],
    }
    assert Fault("too_long", "note", "400").members() == {"fault": "too_long", "limit": 400}
