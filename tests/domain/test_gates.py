"""What must be there before an order is closed: each gate's yes and no."""

from __future__ import annotations

from typing import Any

import pytest

from domain.commands import order, visit
from domain.commands.draft import create, update
from domain.gates import SENTENCES, Evidence, missing_for_closing, missing_on_visit
from domain.identity import step_result_id
from domain.place import SHARDS
from sync.clock import Clock
from sync.record import Record
from tests.domain.world import NOW, World

SOLVED = {"at": NOW, "outcome": "solved", "anything_else": "nothing"}
UNSOLVED = {
    "at": NOW,
    "outcome": "unsolved",
    "reason": "no part",
    "escalated_to": "R&D",
    "anything_else": "noted",
}
REQUIRED = {"id": "leak", "text": {"zh": "检漏"}, "required": True, "may_be_waived": True}
STRICT = {**REQUIRED, "id": "earth", "may_be_waived": False}
PHOTO = {**REQUIRED, "id": "plate", "evidence_required": True}


def row(entity: str, id: str, **fields: Any) -> Record:
    clock = Clock(1, "d", 1, "x")
    return Record(
        entity=entity, id=id, aggregate="work_order/W1", ver=1, created=clock, fields=fields, clocks={}
    )


def template(id: str, code: str, *steps: dict[str, Any]) -> Record:
    return row("checklist_template", id, code=code, version=1, steps=list(steps))


def result(step: str, of: str = "ft-1", **fields: Any) -> Record:
    return row("step_result", f"{of}-{step}", visit="VA", template=of, step=step, **fields)


def evidence(**more: Any) -> Evidence:
    """A fault order whose visit was done by the book; with some records replaced."""
    fields: dict[str, Any] = {
        "dispatch_state": "dispatched",
        "exec_state": "done",
        "checklists": ["ft-1"],
        "anything_else": {"asked_at": NOW},
        **more.pop("visit", {}),
    }
    given: dict[str, Any] = {
        "order": row("work_order", "W1", **{"kind": "fault", **more.pop("order", {})}),
        "visits": [row("visit", "VA", **fields)],
        "step_results": [result("leak", verdict="passed", answer="no")],
        "sign_offs": [row("sign_off", "SO1", visit="VA", outcome="signed")],
        "templates": {"ft-1": template("ft-1", "full_test", REQUIRED)},
        **more,
    }
    return Evidence(**given)


def codes(found: Evidence, closing: dict[str, Any] = SOLVED) -> list[str]:
    return [one.code for one in missing_for_closing(found, closing)]


def test_done_by_the_book_may_be_closed() -> None:
    assert codes(evidence()) == []


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"visit": {"exec_state": "working"}}, ["visit_open", "no_visit_done"]),
        ({"visit": {"dispatch_state": "withdrawn", "exec_state": "received"}}, ["no_visit_done"]),
        ({"visit": {"checklists": []}}, ["full_test"]),
        ({"step_results": []}, ["full_test"]),
        ({"step_results": [result("leak", verdict="failed")]}, ["full_test"]),
        ({"step_results": [result("leak", waiver={"reason": "no gas"})]}, []),
        ({"step_results": [result("leak", verdict="not_applicable")]}, []),
        ({"visit": {"checklists": []}, "order": {"kind": "training"}}, []),
        ({"sign_offs": []}, ["sign_off"]),
        ({"sign_offs": [row("sign_off", "S", visit="VA", outcome="refused")]}, ["sign_off_reason"]),
        ({"sign_offs": [row("sign_off", "S", visit="VA", outcome="absent", reason="gone")]}, []),
        ({"media": [row("media", "m", visit="VA", state="captured")]}, ["evidence"]),
        ({"media": [row("media", "m", visit="VA", state="partial", missing={"reason": "lost"})]}, []),
        ({"media": [row("media", "m", visit="VA", state="stored")]}, []),
        ({"media": [row("media", "m", visit="other", state="captured")]}, []),
        (
            {
                "media": [row("media", "m", visit="VA", state="captured")],
                "visit": {"evidence_missing": {"reason": "phone lost"}},
            },
            [],
        ),
        ({"amendments": [row("amendment", "a", state="proposed")]}, ["sign_again"]),
        ({"amendments": [row("amendment", "a", state="signed")]}, []),
    ],
)
def test_gate(given: dict[str, Any], missing: list[str]) -> None:
    assert codes(evidence(**given)) == missing


@pytest.mark.parametrize(
    ("results", "missing"),
    [
        ([], ["step", "step", "step"]),
        (
            [
                result("leak", "dx-1", answer="no"),
                result("earth", "dx-1", answer="ok"),
                result("plate", "dx-1", answer="p", media=["m1"]),
            ],
            [],
        ),
        (
            [
                result("leak", "dx-1", waiver={"reason": "x"}),
                result("earth", "dx-1", waiver={"reason": "x"}),
                result("plate", "dx-1", answer="p"),
            ],
            ["step", "step_evidence"],
        ),
    ],
)
def test_required_steps(results: list[Record], missing: list[str]) -> None:
    full = result("leak", verdict="passed", answer="no")
    templates = {
        "ft-1": template("ft-1", "full_test", REQUIRED),
        "dx-1": template("dx-1", "diagnosis", REQUIRED, STRICT, PHOTO, {**REQUIRED, "required": False}),
    }
    found = evidence(
        visit={"checklists": ["dx-1", "ft-1"]}, step_results=[full, *results], templates=templates
    )
    assert codes(found) == missing


def test_unsolved_needs_a_reason_and_an_escalation_and_no_full_test() -> None:
    untested = evidence(step_results=[])
    assert codes(untested, UNSOLVED) == []
    assert codes(untested, {**UNSOLVED, "escalated_to": None}) == ["unsolved_reason"]
    assert codes(untested, {**UNSOLVED, "reason": None}) == ["unsolved_reason"]


def test_remote_solution_needs_no_visit() -> None:
    assert codes(Evidence(order=row("work_order", "W1", triage={"way": "remote"})), SOLVED) == []
    assert codes(Evidence(order=row("work_order", "W1")), SOLVED) == ["no_visit_done"]


def test_anything_else_is_asked() -> None:
    assert codes(evidence(), {**SOLVED, "anything_else": None}) == ["anything_else"]


def test_helper_needs_no_test_and_no_signature_of_their_own() -> None:
    lead = evidence()
    helper = row(
        "visit", "VB", dispatch_state="dispatched", exec_state="done", job_role="helper", checklists=[]
    )
    assert codes(Evidence(order=lead.order, visits=[*lead.visits, helper], **rest(lead))) == []


def rest(found: Evidence) -> dict[str, Any]:
    return {
        "step_results": found.step_results,
        "sign_offs": found.sign_offs,
        "templates": found.templates,
    }


def test_before_leaving_the_technician_hears_what_is_missing_but_not_of_slow_uploads() -> None:
    found = evidence(
        sign_offs=[],
        media=[row("media", "m", visit="VA", state="captured")],
        visit={"anything_else": None, "exec_state": "work_done"},
    )
    assert [one.code for one in missing_on_visit(found.visits[0], found)] == ["sign_off", "anything_else"]


def test_every_gate_has_a_sentence_in_both_languages() -> None:
    assert all(en.endswith(".") and zh.endswith("。") for en, zh in SENTENCES.values())
    (missing,) = missing_for_closing(evidence(sign_offs=[]), SOLVED)
    assert (missing.en, missing.zh) == SENTENCES["sign_off"]


def test_dispatcher_closes_what_is_complete_through_the_write_door() -> None:
    world = World()
    shard = SHARDS["checklist_template"]
    steps = [{"id": "leak", "text": {"zh": "检漏"}, "required": True}]
    world.supervisor.give(
        [
            create(
                "checklist_template",
                "ft-1",
                shard,
                code="full_test",
                version=1,
                name={"zh": "x"},
                steps=steps,
            )
        ]
    )
    mine = world.assign(checklists=["ft-1"])
    world.a.do(visit.answer_step(mine, template="ft-1", step="leak", verdict="passed", answer="no"))
    world.a.do(
        [
            create(
                "sign_off",
                "SO1",
                mine.aggregate,
                visit="VA",
                outcome="signed",
                signed_at=NOW,
                document="{}",
                document_sha256="0" * 64,
                statement="{}",
            )
        ]
    )
    world.a.do([*visit.step(mine, "complete", at=NOW), update(mine, anything_else={"asked_at": NOW})])
    assert {one.status for one in world.a.sync()} == {"applied"}
    world.dispatcher.give(
        order.close(world["work_order", "W1"], at=NOW, outcome="solved", anything_else="nothing")
    )
    assert world.state() == "closed"
    assert world["step_result", step_result_id("VA", "ft-1", "leak")].fields["verdict"] == "passed"
