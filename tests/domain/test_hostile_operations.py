"""Whatever an app sends, the rules never fail: it is taken, or it waits with a reason."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.commands.draft import Drafted
from domain.declaration import SCHEMA
from domain.place import COMPANY, SHARDS
from sync.operation import Action
from sync.policy import Append, Counter, Machine, SetUnion
from sync.schema import Field
from sync.value_type import ValueType
from tests.domain.world import NOW, WINDOW, Phone, World

KNOWN = {
    "work_order": ("W1", "work_order/W1"),
    "visit": ("VA", "work_order/W1"),
    "site": ("S1", "site/S1"),
    "contact": ("K1", "site/S1"),
    "asset": ("A1", "site/S1"),
    "customer": ("C1", "customer/C1"),
    "technician": ("ta", "self/ta"),
    "stock_location": ("V1", "stock/V1"),
    "part": ("P1", "catalogue/parts"),
}
"""Records that exist from the beginning."""
PLACES = {
    "work_order": "work_order/W1",
    "site": "site/S1",
    "self": "self/ta",
    "stock": "stock/V1",
    "customer": "customer/C1",
    "company": "company/network",
    "catalogue": "catalogue/parts",
    "*": "work_order/W1",
}
BUSY = (
    ["visit"] * 8
    + ["work_order"] * 4
    + ["stock_move", "sign_off", "media", "step_result", "solution_option"] * 3
)
"""Kinds of record from which much follows: tried more often."""
NEW = st.sampled_from(["n1", "n2", "n3"])
GARBAGE = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.text(max_size=3), st.just({}), st.just([]), NEW
)


def fitting(kind: ValueType) -> st.SearchStrategy[Any]:
    """Values of a type."""
    match kind.kind:
        case "choice":
            return st.sampled_from(kind.choices)
        case "ref":
            known = st.just(KNOWN[kind.entity][0]) if kind.entity in KNOWN else NEW
            return st.one_of(known, known, NEW)
        case "instant":
            return st.sampled_from([NOW, *WINDOW.values()])
        case "date":
            return st.just("2026-03-02")
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(kind.least or 0, (kind.least or 0) + 3)
        case "bilingual":
            return st.just({"zh": "x"})
        case "list":
            assert kind.items is not None
            return st.lists(fitting(kind.items), max_size=2)
        case "group":
            return st.fixed_dictionaries({name: fitting(member) for name, member in kind.members.items()})
        case _:
            return st.text(max_size=3)


def incoming(field: Field) -> st.SearchStrategy[Any]:
    """Mostly what the policy asks for, sometimes anything."""
    match field.policy:
        case Machine(events=events):
            proper: st.SearchStrategy[Any] = st.sampled_from(sorted(events)).map(
                lambda event: {"event": event}
            )
        case Counter():
            proper = st.integers(-3, 3).map(lambda by: {"inc": by})
        case SetUnion() | Append():
            proper = fitting(field.type).map(lambda elements: {"add": elements})
        case _:
            proper = fitting(field.type)
    return st.one_of(*[proper] * 9, GARBAGE)


@st.composite
def drafts(draw: st.DrawFn) -> Drafted:
    name = draw(st.sampled_from([*sorted(SCHEMA.entities), *BUSY]))
    fields = SCHEMA.entities[name].fields
    known = name in KNOWN
    actions: list[Action] = (
        ["update"] * 8 + ["create", "delete"] if known else ["create"] * 6 + ["update"] * 3
    )
    action = draw(st.sampled_from(actions))
    needed = [field for field in fields if fields[field].required]
    more = draw(st.lists(st.sampled_from(sorted(fields)), max_size=4))
    names = [] if action == "delete" else sorted({*more, *(needed if action == "create" else [])})
    there, place = KNOWN.get(
        name, ("n1", SHARDS.get(name) or COMPANY.get(name) or PLACES[SCHEMA.entities[name].root])
    )
    lost = draw(st.sampled_from([False] * 19 + [True]))
    return Drafted(
        entity=name,
        record=draw(st.one_of(*[st.just(there)] * (8 if known else 1), NEW)),
        aggregate=draw(st.sampled_from(sorted(PLACES.values()))) if lost else place,
        set={one: draw(incoming(fields[one])) for one in names},
        action=action,
    )


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(st.lists(st.tuples(st.sampled_from(["technician", "desk"]), drafts()), min_size=10, max_size=25))
def test_no_operation_breaks_a_rule(given: list[tuple[str, Drafted]]) -> None:
    world = World()
    world.assign()
    world.assign("VB", "tb")
    phones = {
        "technician": world.a,
        "desk": phone(world, "pd", "dispatcher", "intake", "storekeeper", "supervisor", "expert", "admin"),
    }
    for who, draft in given:
        for result in phones[who].give([draft]):
            assert result.reason != "poisoned", (draft, result)


def phone(world: World, user: str, *roles: str) -> Phone:
    return Phone(world, user, roles)
