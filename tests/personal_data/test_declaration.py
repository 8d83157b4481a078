"""What is personal is declared, and nothing that a person can write is forgotten."""

from __future__ import annotations

import pytest

from domain.declaration import SCHEMA
from domain.personal import without_personal
from domain.policies_print import rows
from sync.value_type import fault
from tests.personal_data.secrets import KINDS, NEEDLES, filled, texts, value

CODES_UP_TO = 64
"""Shorter texts are ids, codes and numbers."""
NOT_PERSONAL = {
    "asset.model",
    "asset.serial",
    "media.about",
    "media.content_type",
    "media.fault.sentence",
    "media.found.content_type",
    "media.renditions[].content_type",
    "service_report.template",
    "sign_off.signature",
    "stock_move.serial",
    "warranty_term.rule",
    "work_order.warranty_verdict.rule",
}
"""Longer ones that name a machine, a rule or a format."""
NAMES = {"customer.name", "site.name", "contact.name", "contact.phone", "service_request.from_name"}
SAID = [
    (path, kind, personal)
    for entity, declared in KINDS.items()
    for name, field in declared.fields.items()
    for path, kind, personal in texts(field.type, f"{entity}.{name}")
]


def test_every_text_of_a_customers_records_is_personal_or_known_to_be_none() -> None:
    unmarked = {path for path, kind, personal in SAID if not personal and kind.longest > CODES_UP_TO}
    assert unmarked - NOT_PERSONAL == set()


def test_names_numbers_and_whatever_has_any_form_are_personal() -> None:
    marked = {path for path, _, personal in SAID if personal}
    assert marked >= NAMES
    assert {path for path, kind, _ in SAID if kind.kind == "json"} <= marked


@pytest.mark.parametrize("entity", sorted(KINDS))
def test_what_is_taken_out_leaves_a_record_that_fits_and_nothing_to_take_out(entity: str) -> None:
    declared = SCHEMA.entities[entity].fields
    fields = {name: value(field.type) for name, field in declared.items()}
    gone = without_personal(entity, fields)
    left = {**fields, **gone}
    assert not any(needle in repr(left) for needle in NEEDLES)
    assert without_personal(entity, left) == {}
    assert [fault(declared[name].type, one, name) for name, one in gone.items() if one is not None] == [
        None for one in gone.values() if one is not None
    ]
    assert all(left[name] is not None for name, field in declared.items() if field.required)


@pytest.mark.parametrize("entity", sorted(KINDS))
def test_an_operation_loses_its_values_whatever_form_they_have(entity: str) -> None:
    said = filled(entity) | {"nobody_knows_this_field": NEEDLES[0]}
    left = {**said, **without_personal(entity, said)}
    assert not any(needle in repr(left) for needle in NEEDLES)


def test_the_printed_declaration_tells_what_is_personal() -> None:
    told = {f"{row.entity}.{row.field}": row.personal for row in rows(SCHEMA)}
    assert told["contact.phone"] == "all"
    assert told["visit.option_chosen"] == "by_name"
    assert told["work_order.number"] == ""
