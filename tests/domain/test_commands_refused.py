"""What only the rules can see: nonsense of a desk is refused at the door, a fact from the field never is."""

from __future__ import annotations

from typing import Any

import pytest

from domain.commands import dispatch, parts, visit
from domain.commands.draft import Drafted, create, delete, update
from domain.identity import stock_level_id
from domain.place import SHARDS, stock
from domain.refusals import REFUSALS, field_and_fact
from sync.operation import InvalidOperation
from sync.push import Refused
from sync.reasons import REASONS
from tests.domain.world import NOW, World

BACKWARDS = {"starts_at": "2026-03-02T11:00:00Z", "ends_at": "2026-03-02T09:00:00Z"}


def reason(world: World, drafts: list[Drafted]) -> tuple[str, str]:
    """Code and detail with which the dispatcher's command is refused."""
    with pytest.raises(Refused) as refused:
        world.dispatcher.give(drafts)
    (wrong,) = [one for one in refused.value.results if one.status == "parked"]
    return wrong.reason, wrong.detail


def test_a_technicians_use_of_what_is_not_there_is_kept(world: World) -> None:
    mine = world.assign()

    used = parts.use_part(mine, move="M1", part="P1", quantity=9, from_location="V1", at=NOW, by="ta")

    assert [one.status for one in world.a.give(used)] == ["applied"]
    assert world["stock_level", stock_level_id("V1", "P1")].fields["balance"] == -9


def test_a_technicians_move_without_a_job_is_kept_below_zero(world: World) -> None:
    moved = parts.move_parts(
        move="M1", kind="issue", part="P1", quantity=2, from_location="V1", at=NOW, by="ta"
    )

    assert [one.status for one in world.a.give(moved)] == ["applied"]
    with pytest.raises(Refused, match="not_enough_there"):
        world.storekeeper.give(
            parts.move_parts(
                move="M2", kind="issue", part="P1", quantity=2, from_location="V1", at=NOW, by="sk"
            )
        )


def test_what_was_agreed_on_site_is_kept_even_backwards(world: World) -> None:
    mine = world.assign()

    said = visit.agree_on_site(mine, at=NOW, **BACKWARDS)

    assert [one.status for one in world.a.give(said)] == ["applied"]


def test_the_system_writes_what_it_must(world: World) -> None:
    world.system.give([update(world["work_order", "W1"], requested_window=BACKWARDS)])

    assert world["work_order", "W1"].fields["requested_window"] == BACKWARDS


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"contract": "none"}, ("no_such_record", "contract: none")),
        ({"requested_window": BACKWARDS}, ("ends_too_early", "requested_window.ends_at")),
        ({"required_skills": {"add": ["x"]}}, ("unknown_skill", "required_skills: x")),
    ],
    ids=["reference", "span", "skill"],
)
def test_a_desks_update_is_judged_too(world: World, fields: dict[str, Any], wanted: tuple[str, str]) -> None:
    assert reason(world, [update(world["work_order", "W1"], **fields)]) == wanted


def test_what_the_same_command_makes_is_there(world: World) -> None:
    """All drafts of one command are judged in one transaction, each on what the ones before it have made."""
    skill = create("skill", "K", SHARDS["skill"], code="x", name={"zh": "新"})
    wanted = update(world["work_order", "W1"], required_skills={"add": ["x"]})

    world.system.give([skill])
    world.dispatcher.give([wanted])

    assert world["work_order", "W1"].fields["required_skills"] == ["x"]


def test_removing_a_skill_that_the_catalogue_lost_is_right(world: World) -> None:
    order = world["work_order", "W1"]
    world.system.give([update(order, required_skills={"add": ["gone"]})])

    world.dispatcher.give([update(world["work_order", "W1"], required_skills={"remove": ["gone"]})])

    assert not world["work_order", "W1"].fields["required_skills"]


@pytest.mark.parametrize("value", [None, 7, "", {}, [], {"add": 7}, {"add": [7, {}]}, {"starts_at": 7}])
@pytest.mark.parametrize(
    "field", ["asset", "required_skills", "requested_window", "site", "verified_contact"]
)
def test_a_value_of_the_wrong_form_breaks_no_check(world: World, field: str, value: Any) -> None:
    order = world["work_order", "W1"]
    draft = Drafted(entity="work_order", record=order.id, aggregate=order.aggregate, set={field: value})

    try:
        world.dispatcher.give([draft])
    except Refused as refused:
        assert refused.results[0].reason in {"invalid_value", "no_such_record", "unknown_skill"}


@pytest.mark.parametrize("kind", [None, 7, {}, "count", "use"])
def test_a_move_of_the_wrong_form_breaks_no_check(world: World, kind: Any) -> None:
    fields = {"kind": kind, "part": "P1", "quantity": {}, "from_location": "V1"}
    draft = Drafted(entity="stock_move", record="M1", aggregate=stock("V1"), set=fields, action="create")

    with pytest.raises(Refused, match=r"invalid_value|missing_field"):
        world.storekeeper.give([draft])


def test_a_move_without_a_place_is_refused_before_it_is_drafted() -> None:
    with pytest.raises(InvalidOperation, match="place_missing"):
        parts.move_parts(move="M1", kind="return", part="P1", quantity=1, at=NOW, by="sk")


def test_refusals_have_names_of_their_own_and_two_languages() -> None:
    assert REFUSALS.keys().isdisjoint(REASONS)
    for english, chinese in REFUSALS.values():
        assert [name in english for name in ("{field}", "{fact}")] == [
            name in chinese for name in ("{field}", "{fact}")
        ]
        assert any("一" <= letter <= "鿿" for letter in chinese)


@pytest.mark.parametrize(
    ("code", "detail", "wanted"),
    [
        ("no_such_record", "asset: a:b", ("asset", "a:b")),
        ("ends_too_early", "window.ends_at", ("window.ends_at", "")),
        ("unknown_reference", "site: s", ("site: s", "")),
    ],
)
def test_a_refusal_tells_its_field_and_what_it_found(code: str, detail: str, wanted: tuple[str, str]) -> None:
    assert field_and_fact(code, detail) == wanted


def test_parts_to_bring_are_those_of_the_catalogue(world: World) -> None:
    mine = world.assign(to_carry=["P1"])

    assert reason(world, [update(mine, to_carry={"add": ["P1", "P-none"]})]) == (
        "unknown_part",
        "to_carry: P-none",
    )


def test_what_a_replaced_visit_had_to_bring_travels_with_the_job(world: World) -> None:
    mine = world.assign(to_carry=["P1"])
    world.system.give([delete(world["part", "P1"])])

    moved = dispatch.reassign(mine, new_visit="VB", technician="tb", reason="x")

    assert [one.status for one in world.dispatcher.give(moved)] == ["applied", "applied"]
