"""Invariant 8. Only legal state transitions; signed content never changes; the audit chain only grows."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import pytest

from domain.commands import decide, visit
from domain.commands.draft import create, update
from domain.machines import EXECUTION
from sync.push import Refused
from tests.domain.world import NOW
from tests.domain.world import World as Company
from tests.invariants import oracle
from tests.invariants.conftest import MakeWorld, worlds
from tests.invariants.tape import play

W1 = "work_order/W1"


@pytest.mark.parametrize(("make_world", "seed"), worlds(0, 5), indirect=["make_world"])
def test_states_move_only_as_the_table_says(seed: int, make_world: MakeWorld) -> None:
    world = make_world(seed)
    play(world, 70, trouble=0.1)
    world.calm()
    for aggregate, versions in world.history.items():
        job = ("job", aggregate.partition("/")[2])
        walk = [versions[ver] for ver in sorted(versions)]
        for before, after in pairwise(walk):
            was, now = (bodies[job]["fields"]["state"] for bodies in (before, after))
            if was != now and not _decided(before, after):
                assert now in _reachable(was), f"{aggregate} went from {was} to {now}"


@pytest.mark.parametrize(("make_world", "seed"), worlds(0, 5), indirect=["make_world"])
def test_what_cannot_change_once_it_is_said_never_does(seed: int, make_world: MakeWorld) -> None:
    world = make_world(seed)
    play(world, 60)
    world.calm()
    for aggregate, versions in world.history.items():
        job = aggregate.partition("/")[2]
        told = {bodies["job", job]["fields"]["number"] for bodies in versions.values()}
        decided = any(_decided({}, bodies, "number") for bodies in versions.values())
        assert told == {f"N-{job}"} or decided


@pytest.mark.parametrize(("make_world", "seed"), worlds(0, 5), indirect=["make_world"])
def test_the_audit_chain_only_grows_and_anyone_can_replay_it(seed: int, make_world: MakeWorld) -> None:
    world = make_world(seed)
    known: dict[str, list[Any]] = {}

    def grown() -> None:
        for aggregate in (f"job/{job}" for job in world.jobs):
            with world.store.snapshot() as snapshot:
                entries = snapshot.audit(aggregate)
            before = known.get(aggregate, [])
            assert entries[: len(before)] == before, "what is written down stays as it is"
            known[aggregate] = entries

    world.after_step = grown
    play(world, 40)
    world.calm()
    grown()
    for aggregate, entries in known.items():
        row = world.row(aggregate)
        assert oracle.chain_faults(entries, row.chain_head, row.chain_length) == []
    assert sum(map(len, known.values())) > 8


@pytest.mark.parametrize("seed", range(12))
def test_a_signature_and_what_it_signed_outlive_every_edit_and_decision(seed: int) -> None:
    dice = random.Random(seed)
    company = Company()
    mine = company.assign()
    signed = {
        "visit": "VA",
        "outcome": "signed",
        "signed_at": NOW,
        "document": '{"total": 30000}',
        "document_sha256": "a" * 64,
        "statement": '{"n": 1}',
    }
    company.a.give([*visit.step(mine, "finish", at=NOW), create("sign_off", "S1", W1, **signed)])
    before = mine.fields["exec_state"]
    people = [company.dispatcher, company.supervisor, company.a, company.b]
    for number in range(25):
        desk: Any = dice.choice([*people, company.system])
        act = dice.randrange(4)
        record = company["sign_off", "S1"]
        if act == 0:
            drafts = [
                update(record, **{dice.choice(["document", "statement", "outcome"]): f"forged {number}"})
            ]
        elif act == 1:
            conflicts = [one for one in company.of(W1, "conflict") if one.fields.get("decision") is None]
            if not conflicts:
                continue
            conflict = dice.choice(conflicts)
            desk = dice.choice(people)
            drafts = decide.decide(conflict, dice.choice(["losing", "other"]), value=f"decided {number}")
        elif act == 2:
            drafts = [update(company["visit", "VA"], findings=f"later {number}")]
        else:
            drafts = visit.step(company["visit", "VA"], dice.choice(sorted(EXECUTION.events)), at=NOW)
        try:
            desk.give(drafts)
        except Refused as refused:
            print(f"seed {seed}: refused: {refused}")
        after = company["sign_off", "S1"].fields
        assert {name: after[name] for name in signed} == signed
        state = company["visit", "VA"].fields["exec_state"]
        assert act == 1 or state == before or state in EXECUTION.table[before].values()
        before = state


def _reachable(state: str) -> set[str]:
    """Every state that some events lead to: one commit may hold several."""
    found = {state}
    waiting = [state]
    while waiting:
        for further in oracle.STATES[waiting.pop()] - found:
            found.add(further)
            waiting.append(further)
    return found


def _decided(before: oracle.Bodies, after: oracle.Bodies, field: str = "state") -> bool:
    """Whether a person chose otherwise in between."""
    return any(
        key[0] == "conflict"
        and body["fields"]["field"] == field
        and body["fields"]["state"] == "decided"
        and before.get(key, {"fields": {}})["fields"].get("state") != "decided"
        for key, body in after.items()
    )
