"""The declaration is sound, and is the owner table of the product."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.declaration import SCHEMA
from sync.policy import Append, Counter, Immutable, LwwWithInbox, SetUnion
from sync.schema import Schema, faults
from sync.value_type import ValueType

ENTITIES = [
    "customer",
    "contact",
    "site",
    "asset",
    "warranty_term",
    "service_contract",
    "service_request",
    "work_order",
    "visit",
    "assignment",
    "technician",
    "skill",
    "certificate",
    "territory",
    "shift",
    "checklist_template",
    "step_result",
    "media",
    "expert_case",
    "annotation",
    "verdict",
    "solution_option",
    "part",
    "stock_location",
    "stock_level",
    "stock_move",
    "time_entry",
    "demonstration",
    "sign_off",
    "service_report",
    "note",
    "knowledge_article",
    "conflict",
    "history",
    "amendment",
    "master_change",
    "phone_digest",
    "inbox_item",
    "outlet",
    "notification",
    "message_template",
]

OWNERS = {
    ("dispatcher",): """work_order.priority visit.window visit.dispatch_state visit.dispatch_reason
        work_order.cancellation customer.tier work_order.tier visit.job_role""",
    ("technician",): """visit.exec_state visit.arrived visit.work_started visit.work_finished visit.findings
        visit.cause visit.solution step_result.answer step_result.waiver visit.option_chosen demonstration.shown
        demonstration.customer_did_it""",
    ("customer",): "visit.customer_answer visit.customer_choice service_report.rating",
    ("intake",): "work_order.severity work_order.symptom work_order.kind service_request.read_back",
    ("storekeeper",): "part.price_fen part.name stock_level.least",
    ("expert",): "verdict.cause verdict.next_steps verdict.parts verdict.stop_work",
    ("system",): """work_order.number work_order.state visit.confirmation visit.appointment
        work_order.warranty_verdict warranty_term.ends_on stock_level.balance media.state visit.sign_off""",
}
SHARED = "contact.phone site.address site.access_notes asset.serial asset.installed_on asset.commissioned_on"
NEVER_CHANGED = ("note", "time_entry", "stock_move", "annotation")


def paths(table: str) -> list[tuple[str, str]]:
    return [(entity, field) for entity, field in (path.split(".") for path in table.split())]


def test_declaration_has_no_faults() -> None:
    assert faults(SCHEMA) == []


def test_every_entity_of_field_work_is_declared() -> None:
    assert sorted(SCHEMA.entities) == sorted(ENTITIES)


@pytest.mark.parametrize("owner", OWNERS, ids="+".join)
def test_owner_wins_in_what_the_product_says_is_theirs(owner: tuple[str, ...]) -> None:
    for entity, field in paths(OWNERS[owner]):
        assert SCHEMA.entities[entity].fields[field].owner == owner, f"{entity}.{field}"


def test_nobody_writes_what_the_system_owns() -> None:
    for entity_name, entity in SCHEMA.entities.items():
        for field_name, field in entity.fields.items():
            if field.owner == ("system",):
                assert field.others == "refuse", f"{entity_name}.{field_name}"


def test_shared_fields_keep_both_words_and_use_the_inbox() -> None:
    for entity, field in paths(SHARED):
        declared = SCHEMA.entities[entity].fields[field]
        assert isinstance(declared.policy, LwwWithInbox) and not declared.owner, f"{entity}.{field}"


@pytest.mark.parametrize("entity", NEVER_CHANGED)
def test_ledgers_only_grow(entity: str) -> None:
    assert all(isinstance(field.policy, Immutable) for field in SCHEMA.entities[entity].fields.values())


def test_signed_content_is_frozen() -> None:
    fields = SCHEMA.entities["sign_off"].fields
    beside = [name for name, field in fields.items() if not isinstance(field.policy, Immutable)]
    assert beside == ["state", "verification"]
    assert all((fields[name].owner, fields[name].others) == (("system",), "refuse") for name in beside)


def test_technician_of_a_visit_never_changes() -> None:
    assert isinstance(SCHEMA.entities["visit"].fields["technician"].policy, Immutable)


def test_stop_work_can_be_cleared_by_experts_alone() -> None:
    stop_work = SCHEMA.entities["verdict"].fields["stop_work"]
    assert (stop_work.owner, stop_work.others) == (("expert",), "refuse")


def test_things_that_mean_something_only_together_share_one_clock() -> None:
    assert set(SCHEMA.entities["visit"].fields["window"].type.members) == {"starts_at", "ends_at"}
    assert {"line", "city", "lat_e6", "lon_e6"} <= set(SCHEMA.entities["site"].fields["address"].type.members)


def test_every_reference_names_a_declared_entity() -> None:
    for path, kind in types(SCHEMA):
        if kind.kind == "ref":
            assert kind.entity in SCHEMA.entities, path


def test_lists_and_sets_fit_their_policies() -> None:
    for entity in SCHEMA.entities.values():
        for field in entity.fields.values():
            assert field.type.kind == "list" or not isinstance(field.policy, SetUnion | Append)
            assert field.type.kind == "integer" or not isinstance(field.policy, Counter)


def test_declaration_survives_the_wire() -> None:
    assert Schema.from_json(SCHEMA.to_json()) == SCHEMA


def types(schema: Schema) -> Iterator[tuple[str, ValueType]]:
    for entity_name, entity in schema.entities.items():
        for field_name, field in entity.fields.items():
            yield from within(f"{entity_name}.{field_name}", field.type)


def within(path: str, kind: ValueType) -> Iterator[tuple[str, ValueType]]:
    yield path, kind
    for name, member in kind.members.items():
        yield from within(f"{path}.{name}", member)
    if kind.items is not None:
        yield from within(f"{path}[]", kind.items)
