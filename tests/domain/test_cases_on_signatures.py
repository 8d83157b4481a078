"""Cases 7 and 8: what comes after the work was done or signed."""

from __future__ import annotations

from typing import Any

from domain.commands import expert, visit
from domain.commands.draft import create, update
from tests.domain.cases import W1, sign
from tests.domain.world import NOW, World

# 7. Verdict after completion.


def test_7_late_verdict_is_kept_and_stop_work_becomes_an_urgent_call_back(world: World) -> None:
    mine = world.assign()
    world.a.give(expert.ask_expert(mine, case="E1", question="noise?", at=NOW, by="ta"))
    world.a.give([*visit.step(mine, "finish", at=NOW), *visit.step(mine, "complete", at=NOW)])
    world.expert.give(
        expert.answer_case(
            world["expert_case", "E1"],
            verdict="D1",
            expert="ex",
            at=NOW,
            cause="cracked",
            stop_work=True,
            stop_reason="leak of R290",
        )
    )
    assert world["verdict", "D1"].fields["stop_work"] is True
    assert world["expert_case", "E1"].fields["state"] == "answered"
    assert world["visit", "VA"].fields["exec_state"] == "done"
    assert world.items() == ["urgent_call_back"]


def test_7_technician_acknowledges_and_cannot_clear_stop_work(world: World) -> None:
    mine = world.assign()
    world.a.give(expert.ask_expert(mine, case="E1", question="noise?", at=NOW, by="ta"))
    world.expert.give(
        expert.answer_case(
            world["expert_case", "E1"], verdict="D1", expert="ex", at=NOW, cause="cracked", stop_work=True
        )
    )
    assert world.items() == []
    world.a.sync()
    verdict = world["verdict", "D1"]
    world.a.give([*expert.acknowledge_verdict(verdict, at=NOW), update(verdict, stop_work=False)])
    after = world["verdict", "D1"].fields
    assert after["stop_work"] is True and after["acknowledged"]["at"] == NOW


START: dict[str, Any] = {"kind": "work", "starts": {"at": NOW}}


# 8. Office edit after the signature.


def test_8_office_edit_after_the_signature_is_an_amendment_and_the_original_stays(world: World) -> None:
    mine = world.assign()
    option = create("solution_option", "O1", W1, visit="VA", title="clean", price=price(30000))
    world.a.give([option, *visit.step(mine, "finish", at=NOW), *sign(world, document='{"total": 30000}')])
    results = world.supervisor.give([update(world["solution_option", "O1"], title="clean and oil")])
    assert results[0].status == "conflict", "a technician's field: the office's word is a request"
    world.a.sync()
    results = world.a.give([update(world["solution_option", "O1"], price=price(28000))])
    assert results[0].flags == ("after_signature",)
    (amendment,) = world.of(W1, "amendment")
    assert (amendment.fields["was"]["total_fen"], amendment.fields["value"]["total_fen"]) == (30000, 28000)
    assert world["sign_off", "SO1"].fields["document"] == '{"total": 30000}'
    assert world["sign_off", "SO1"].fields["state"] == "amended"
    assert world.items() == ["sign_again"]


def test_8_signed_content_never_changes(world: World) -> None:
    world.assign()
    world.a.give(sign(world))
    for desk in (world.dispatcher, world.supervisor, world.system):
        desk.give([update(world["sign_off", "SO1"], document="forged")])
    assert world["sign_off", "SO1"].fields["document"] == "{}"


def test_8_edit_that_the_signer_had_not_seen_is_an_amendment_too(world: World) -> None:
    mine = world.assign()
    world.a.give([update(mine, solution="replaced fan")])
    world.a.do(sign(world))
    (request,) = [
        one
        for one in [*world.dispatcher.give([update(world["visit", "VA"], solution="replaced motor")])]
        if one.status == "conflict"
    ]
    assert request.reason == "requested"
    world.system.give([update(world["visit", "VA"], solution="replaced motor")])
    world.a.sync()
    assert [one.fields["field"] for one in world.of(W1, "amendment")] == ["solution"]


def test_8_late_fact_is_flagged_and_asks_for_no_new_signature(world: World) -> None:
    mine = world.assign()
    world.a.give(sign(world))
    late = [update(mine, cause="found the notes"), create("time_entry", "T1", W1, visit="VA", **START)]
    assert [one.flags for one in world.a.give(late)] == [("after_signature",)] * 2
    assert world.of(W1, "amendment") == [] and world.items() == []


def test_8_signing_again_settles_the_amendments(world: World) -> None:
    mine = world.assign()
    world.a.give([update(mine, solution="replaced fan"), *sign(world)])
    world.a.give([update(mine, solution="replaced motor")])
    world.a.give(sign(world, id="SO2", signs_again="SO1"))
    assert [one.fields["state"] for one in world.of(W1, "amendment")] == ["signed"]
    assert world["sign_off", "SO1"].fields["state"] == "signed_again"
    assert world["visit", "VA"].fields["sign_off"] == "SO2"


def price(total: int) -> dict[str, int]:
    return {"parts_fen": 0, "labour_fen": total, "total_fen": total}
