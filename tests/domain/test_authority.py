"""Who may speak: every yes and every no, judged as of authoring."""

from __future__ import annotations

import pytest

from domain import place
from domain.authority import CREATORS, DELETERS
from domain.commands import decide, dispatch, order, parts, visit
from domain.commands.draft import Drafted, create, delete, update
from domain.declaration import SCHEMA
from sync.outcome import Result
from sync.push import Refused
from sync.record import Record
from tests.domain.world import ADDRESS, NOW, Desk, Phone, World

W1 = "work_order/W1"


def reasons(results: list[Result]) -> list[str]:
    return [one.reason for one in results if one.status == "parked"]


def refused(desk: Desk, *drafts: Drafted) -> list[str]:
    with pytest.raises(Refused) as caught:
        desk.give(list(drafts))
    return reasons(caught.value.results)


def note(id: str, **more: object) -> Drafted:
    return create("note", id, W1, text="x", **more)


def test_every_entity_says_who_makes_it() -> None:
    assert set(CREATORS) == set(SCHEMA.entities)
    assert set(DELETERS) <= set(SCHEMA.entities)


@pytest.mark.parametrize(
    "entity", ["note", "media", "stock_move", "time_entry", "sign_off", "step_result", "conflict", "history"]
)
def test_facts_and_signatures_are_deleted_by_nobody(entity: str) -> None:
    assert entity not in DELETERS


def test_auditor_reads_only(world: World) -> None:
    auditor = Desk(world, "auditor")
    assert refused(auditor, note("N1")) == ["not_your_role"]
    assert refused(auditor, update(world["work_order", "W1"], priority="high")) == ["not_your_role"]


@pytest.mark.parametrize(
    ("role", "draft"),
    [
        ("expert", create("visit", "V9", W1, work_order="W1", technician="ta")),
        ("intake", create("shift", "D9", "self/ta", technician="ta", starts_at=NOW, ends_at=NOW)),
        ("dispatcher", create("part", "P9", place.SHARDS["part"], code="P9", name={"en": "x"}, price_fen=1)),
        ("dispatcher", create("time_entry", "S9", W1, visit="VA", kind="work", starts={"at": NOW})),
        ("storekeeper", create("work_order", "W9", "work_order/W9", site="S1", customer="C1", opened_at=NOW)),
        ("intake", create("technician", "tc", "self/tc", number="1", name={"en": "x"})),
        ("dispatcher", create("history", "I9", "site/S1", asset="A1")),
    ],
)
def test_other_roles_do_not_make_it(world: World, role: str, draft: Drafted) -> None:
    world.assign()
    assert refused(Desk(world, role), draft) == ["not_your_role"]


def test_technician_writes_what_belongs_to_their_own_visit(world: World) -> None:
    mine = world.assign()
    world.a.do(visit.step(mine, "arrive", at=NOW))
    world.a.do([note("N1", visit="VA"), note("N2")])
    world.a.do(visit.answer_step(mine, template="ft-1", step="leak", answer="yes"))
    world.a.do([create("time_entry", "T1", W1, visit="VA", kind="work", starts={"at": NOW})])
    world.a.do([create("solution_option", "O1", W1, visit="VA", title="clean")])
    world.a.do([create("demonstration", "G1", W1, visit="VA", point="defrost")])
    assert reasons(world.a.sync()) == []


def test_technician_does_not_write_on_another_ones_visit(world: World) -> None:
    world.assign()
    other = world.assign("VB", "tb")
    world.a.do([note("N1", visit="VB"), update(other, findings="x")])
    world.a.do(visit.answer_step(other, template="ft-1", step="leak", answer="yes"))
    world.a.do([create("visit", "VB", W1, work_order="W1", technician="ta")])
    assert reasons(world.a.sync()) == ["not_your_visit"] * 4


def test_foreign_job_site_and_profile_are_not_held(world: World) -> None:
    world.assign()
    world.b.do([note("N1"), update(world["work_order", "W1"], priority="high")])
    world.b.do([update(world["contact", "K1"], phone="1"), update(world["technician", "ta"], phone="1")])
    assert reasons(world.b.sync()) == ["not_entitled"] * 4


def test_technician_does_not_take_a_foreign_job(world: World) -> None:
    world.b.do([create("visit", "VB", W1, work_order="W1", technician="tb")])
    world.b.do([create("visit", "VC", W1, work_order="W1", technician="ta")])
    assert reasons(world.b.sync()) == ["not_entitled", "not_your_visit"]
    assert world.held("tb") & {W1, "site/S1"} == set()


def test_technician_corrects_what_stands_at_a_site_they_hold(world: World) -> None:
    world.assign()
    world.a.do([update(world["contact", "K1"], phone="13911112222")])
    world.a.do([update(world["asset", "A1"], serial="SL2418A00124-5", installed_on="2024-05-01")])
    world.a.do([create("asset", "A2", "site/S1", site="S1", equipment="RF")])
    assert reasons(world.a.sync()) == []
    assert world["contact", "K1"].fields["phone"] == "13911112222"


def test_site_correction_made_before_the_job_was_lost_counts(world: World) -> None:
    mine = world.assign()
    world.a.do([update(world["contact", "K1"], phone="13911112222")])
    world.dispatcher.give(dispatch.withdraw(mine, reason="x"))
    assert reasons(world.a.sync()) == []
    assert reasons(world.a.give([update(world["contact", "K1"], phone="13955556666")])) == ["not_entitled"]


def test_what_belongs_to_the_dispatcher_becomes_a_request(world: World) -> None:
    world.assign()
    (result,) = world.a.give([update(world["work_order", "W1"], priority="high")])
    assert (result.status, result.reason) == ("conflict", "requested")
    assert world["work_order", "W1"].fields.get("priority") is None


def test_technician_makes_no_masters(world: World) -> None:
    site = create("site", "S2", "site/S2", number="S2", customer="C1", address=ADDRESS, zone="Asia/Shanghai")
    world.a.do([site, delete(world["work_order", "W1"])])
    world.a.do([create("part", "P9", place.SHARDS["part"], code="P9", name={"en": "x"}, price_fen=1)])
    assert reasons(world.a.sync()) == ["not_your_role"] * 3


def test_record_in_a_place_that_its_fields_contradict_waits(world: World) -> None:
    world.assign()
    second = {"number": "S2", "customer": "C1", "address": ADDRESS, "zone": "Asia/Shanghai"}
    world.system.give([create("site", "S2", "site/S2", **second)])
    world.a.do([create("asset", "A9", "site/S1", site="S2", equipment="RF")])
    world.a.do([create("work_order", "W9", "work_order/W8", site="S1", customer="C1", opened_at=NOW)])
    world.a.do([create("part", "P9", "catalogue/knowledge", code="P9", name={"en": "x"}, price_fen=1)])
    assert reasons(world.a.sync()) == ["wrong_aggregate"] * 3


def test_nothing_lies_in_an_order_that_does_not_exist(world: World) -> None:
    world.a.do([create("note", "N1", "work_order/W404", text="x")])
    assert reasons(world.a.sync()) == ["unknown_reference"]


def test_customer_answers_and_nothing_else(world: World) -> None:
    mine = world.assign()
    world.customer.give([update(mine, customer_answer={"at": NOW, "answer": "yes"})])
    assert refused(world.customer, update(mine, findings="x")) == ["not_your_role"]
    assert refused(world.customer, note("N1")) == ["not_your_role"]


def test_dispatcher_who_is_a_technician_too_speaks_as_one_on_their_own_visit_alone(world: World) -> None:
    world.assign()
    both = Phone(world, "td", ("dispatcher", "technician"))
    both.do([update(world["visit", "VA"], findings="x"), update(world["visit", "VA"], expected_minutes=60)])
    assert reasons(both.sync()) == ["not_your_visit"]
    assert world["visit", "VA"].fields["expected_minutes"] == 60


def test_garbage_in_a_reference_waits_and_breaks_nothing(world: World) -> None:
    world.assign()
    world.a.do([note("N1", visit={"a": 1}), note("N2", visit=7), note("N3", visit="no such visit!")])
    world.a.do([note("N4")])
    assert reasons(world.a.sync()) == ["invalid_value"] * 3


# Decisions about conflicts.


def request_of(world: World) -> str:
    world.assign()
    world.a.give([update(world["work_order", "W1"], priority="high")])
    (conflict,) = world.conflicts()
    return conflict.id


def test_owner_decides_a_request_and_the_one_who_asked_does_not(world: World) -> None:
    conflict = world["conflict", request_of(world)]
    assert reasons(world.a.give(decide.decide(conflict, "losing"))) == ["not_your_role"]
    world.dispatcher.give(decide.decide(conflict, "losing"))
    assert world["work_order", "W1"].fields["priority"] == "high"


def forged(world: World) -> Record:
    """A settled conflict about the document of a sign-off."""
    mine = world.assign()
    sign_off = create(
        "sign_off",
        "SO1",
        W1,
        visit=mine.id,
        outcome="signed",
        signed_at=NOW,
        document="{}",
        document_sha256="0" * 64,
        statement="{}",
    )
    world.a.give([sign_off])
    world.supervisor.give([update(world["sign_off", "SO1"], document="forged")])
    (conflict,) = world.conflicts(state="settled")
    return conflict


@pytest.mark.parametrize("choose", ["losing", "other"])
def test_nobody_decides_signed_content_away_the_system_included(world: World, choose: str) -> None:
    conflict = forged(world)
    value = "anything" if choose == "other" else None
    for desk in (world.dispatcher, world.supervisor, world.system):
        assert refused(desk, *decide.decide(conflict, choose, value=value)) == ["immutable"]
    assert world["sign_off", "SO1"].fields["document"] == "{}"


def test_the_system_may_let_signed_content_stand(world: World) -> None:
    world.system.give(decide.decide(forged(world), "standing"))
    assert [one.fields["state"] for one in world.conflicts(state="decided")] == ["decided"]


# The gates.


def test_order_is_not_closed_while_something_is_missing(world: World) -> None:
    world.assign()
    closing = order.close(world["work_order", "W1"], at=NOW, outcome="solved", anything_else="nothing")
    assert refused(world.dispatcher, *closing) == ["not_ready_to_close"]


def test_fact_is_never_held_up_by_a_gate(world: World) -> None:
    mine = world.assign()
    assert reasons(world.a.give(visit.step(mine, "complete", at=NOW))) == []
    assert world["visit", "VA"].fields["exec_state"] == "done"


def test_another_ones_van_is_not_the_technicians(world: World) -> None:
    move = parts.move_parts(
        move="M1", kind="transfer", part="P1", quantity=1, from_location="V1", at=NOW, by="tb"
    )
    assert reasons(world.b.give(move)) == ["not_entitled"]
    assert reasons(world.a.give(move)) == []
