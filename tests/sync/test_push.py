"""The write door: one effect per operation, nothing lost, nothing blocked."""

from __future__ import annotations

import msgspec
import pytest

from sync.audit import verify
from sync.engine import Draft
from sync.push import Refused, RevokedDevice, UnknownDevice
from tests.sync.conftest import Bench
from tests.sync.toy import ALICE, DESK, SCHEMA, operation, raw

A = "phone-a"


def statuses(reply):
    return [(one.seq, one.status, one.reason) for one in reply.results]


def test_an_applied_operation_says_which_version_holds_its_effect(bench: Bench):
    reply = bench.engine.push(A, [raw(A, 1, {"phone": "139"}, base=1)])
    assert statuses(reply) == [(1, "applied", "")]
    assert reply.results[0].wrote == {"job/j1": 2}
    assert bench.job().fields["phone"] == "139"


def test_replayed_push_changes_nothing(bench: Bench):
    batch = [raw(A, 1, {"used": {"inc": 2}}, base=1), raw(A, 2, {"used": {"inc": 3}}, base=1)]
    first = bench.engine.push(A, batch)
    again = bench.engine.push(A, batch)
    assert again.results == first.results
    assert bench.job().fields["used"] == 5
    assert bench.ver() == 2


def test_every_prefix_replayed_gives_the_same_state(bench: Bench):
    batch = [raw(A, seq, {"used": {"inc": seq}}, base=1) for seq in range(1, 6)]
    for end in (2, 1, 5, 3, 5):
        bench.engine.push(A, batch[:end])
    assert bench.job().fields["used"] == 15


def test_a_gap_is_answered_with_the_number_that_is_missing(bench: Bench):
    reply = bench.engine.push(A, [raw(A, 2, {"phone": "1"}, base=1)])
    assert reply.need_from == 1 and reply.results == []
    reply = bench.engine.push(A, [raw(A, 1, {"phone": "1"}, base=1), raw(A, 3, {"phone": "3"}, base=1)])
    assert statuses(reply) == [(1, "applied", "")]
    assert reply.need_from == 2


def test_a_reordered_batch_is_taken_in_the_order_of_its_numbers(bench: Bench):
    bench.engine.push(A, [raw(A, 2, {"phone": "2"}, base=1), raw(A, 1, {"phone": "1"}, base=1)])
    assert bench.job().fields["phone"] == "2"


def test_another_content_under_the_same_number_is_a_fork(bench: Bench):
    bench.engine.push(A, [raw(A, 1, {"phone": "1"}, base=1)])
    reply = bench.engine.push(A, [raw(A, 1, {"phone": "other"}, base=1)])
    assert reply.fork and reply.results == []
    assert bench.engine.push(A, [raw(A, 1, {"phone": "other"}, base=1)]).fork == reply.fork
    assert bench.job().fields["phone"] == "1"
    again = operation(reply.fork, 1, {"phone": "other"}, base=1, id="op-clone-1")
    taken = bench.engine.push(reply.fork, [msgspec.json.encode(again)])
    assert taken.results[0].status == "conflict"


def test_an_operation_id_takes_effect_once_across_forks(bench: Bench):
    bench.engine.push(A, [raw(A, 1, {"used": {"inc": 1}}, base=1)])
    fork = bench.engine.push(A, [raw(A, 1, {"used": {"inc": 1}}, base=2, id="other")]).fork
    assert fork
    reply = bench.engine.push(fork, [raw(fork, 1, {"used": {"inc": 1}}, base=1, id="op-phone-a-1")])
    assert statuses(reply) == [(1, "duplicate", "forked")]
    assert bench.job().fields["used"] == 1


def test_unknown_and_revoked_devices_are_told_apart_and_take_nothing(bench: Bench):
    with pytest.raises(UnknownDevice):
        bench.engine.push("nobody", [raw("nobody", 1, {"phone": "1"})])
    bench.put_device(msgspec.structs.replace(ALICE, revoked=True))
    with pytest.raises(RevokedDevice):
        bench.engine.push(A, [raw(A, 1, {"phone": "1"})])
    assert "phone" not in bench.job().fields


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (raw(A, 1, {"phone": 7}, base=1), "invalid_value"),
        (raw(A, 1, {"nonsense": 7}, base=1), "unknown_field"),
        (raw(A, 1, {"x": 7}, entity="rocket", base=1), "unknown_entity"),
        (raw(A, 1, {"phone": "1"}, base=1, schema=99), "unknown_schema"),
        (raw(A, 1, {"phone": "1"}, base=2**53), "invalid_value"),
        (raw(A, 1, {"phone": "1"}, record="j2", aggregate="job/j2", action="update"), "unknown_record"),
        (raw(A, 1, {"phone": "1"}, base=1, aggregate="wrong/j1"), "wrong_aggregate"),
        (raw(A, 1, {"phone": "1"}, base=1, aggregate="job/j9"), "wrong_aggregate"),
        (raw(A, 1, {"remarks": "poison"}, base=1), "poisoned"),
        (b'{"seq":1,"id":"x","device":"phone-a"}', "invalid_value"),
        (b"[1,2", "invalid_value"),
        (b"\xff\xfe", "invalid_value"),
        (b'{"set":{"remarks":"\xff\xfe"}}', "invalid_value"),
        (b"[" * 5000 + b"]" * 5000, "invalid_value"),
        (b'{"seq":1,"set":{"x":1.5}}', "invalid_value"),
        (raw(A, 1, {"phone": "x" * 70000}, base=1), "too_large"),
        (raw("phone-b", 1, {"phone": "1"}, base=1), "invalid_value"),
    ],
)
def test_a_bad_operation_is_parked_as_it_came_and_blocks_nothing(bench: Bench, bad: bytes, reason: str):
    good = raw(A, 2, {"phone": "139"}, base=1)
    reply = bench.engine.push(A, [bad, good], first=1)
    assert statuses(reply) == [(1, "parked", reason), (2, "applied", "")]
    assert bench.job().fields["phone"] == "139"
    kept = bench.ledger()
    assert kept[0].payload == bad and kept[0].status == "parked"


def test_a_poisoned_operation_in_the_middle_leaves_its_neighbours(bench: Bench):
    batch = [
        raw(A, seq, {"remarks": "poison"} if seq == 4 else {"used": {"inc": 1}}, base=1)
        for seq in range(1, 9)
    ]
    reply = bench.engine.push(A, batch)
    assert [one.status for one in reply.results] == ["applied"] * 3 + ["parked"] + ["applied"] * 4
    assert bench.job().fields["used"] == 7


def test_what_waits_for_a_record_is_taken_when_the_record_arrives(bench: Bench):
    line = {"entity": "line", "record": "l1", "base": 1}
    reply = bench.engine.push(A, [raw(A, 1, {"text": "late"}, **line)])
    assert statuses(reply) == [(1, "parked", "unknown_record")]
    bench.engine.push(A, [raw(A, 2, {"job": "j1", "text": "first"}, action="create", **line)])
    results = [msgspec.json.decode(one.result) for one in bench.ledger()]
    assert results[0]["status"] == "merged" and results[0]["reason"] == "superseded"
    assert bench.job("l1", "line").fields["text"] == "first"


def test_a_child_of_a_missing_parent_waits_for_it(bench: Bench):
    new = {"aggregate": "job/j2"}
    child = raw(A, 1, {"job": "j2", "text": "t"}, entity="line", record="l1", action="create", **new)
    parent = raw(A, 2, {"number": "P-2"}, record="j2", action="create", **new)
    reply = bench.engine.push(A, [child, parent])
    assert statuses(reply) == [(1, "applied", ""), (2, "applied", "")]
    assert bench.job("j2").fields["lines"] == 1


def test_a_parked_operation_replayed_later_never_overwrites_what_came_after_it(bench: Bench):
    bench.engine.push(A, [raw(A, 1, {"phone": "old"}, base=1, schema=3)])
    bench.desk({"phone": "newer"}, base_ver=1)
    bench.rules.schema = msgspec.structs.replace(SCHEMA, version=3)
    (result,) = bench.engine.replay_parked()
    assert (result.status, result.reason) == ("conflict", "replayed_late")
    assert bench.job().fields["phone"] == "newer"
    assert bench.engine.replay_parked() == []


def test_a_parked_operation_whose_field_nobody_touched_applies_after_a_deploy(bench: Bench):
    bench.engine.push(A, [raw(A, 1, {"phone": "old"}, base=1, schema=3)])
    bench.rules.schema = msgspec.structs.replace(SCHEMA, version=3)
    (result,) = bench.engine.replay_parked()
    assert result.status == "applied" and bench.job().fields["phone"] == "old"
    assert bench.engine.parked_results(A, [1])[0].count(b'"applied"') == 1


def test_somebody_elses_job_is_parked_and_never_answered_with_its_content(bench: Bench):
    reply = bench.engine.push("phone-b", [raw("phone-b", 1, {"phone": "1"}, base=1)])
    assert statuses(reply) == [(1, "parked", "not_entitled")]
    assert b"SO-1" not in msgspec.json.encode(reply)


def test_authority_is_judged_as_of_authoring(bench: Bench):
    bench.desk({"assignee": "bob"}, base_ver=1)
    reply = bench.engine.push(A, [raw(A, 1, {"phone": "from a"}, base=1)])
    assert statuses(reply) == [(1, "applied", "")]
    late = bench.engine.push(A, [raw(A, 2, {"phone": "again"}, base=3)])
    assert statuses(late) == [(2, "parked", "not_entitled")]


def test_a_base_that_goes_back_after_the_job_was_lost_is_not_believed(bench: Bench):
    bench.desk({"hint": "x"}, base_ver=1)
    bench.engine.push(A, [raw(A, 1, {"phone": "1"}, base=2)])
    bench.desk({"assignee": "bob"}, base_ver=3)
    reply = bench.engine.push(A, [raw(A, 2, {"phone": "2"}, base=1)])
    assert statuses(reply) == [(2, "parked", "not_entitled")]


def test_a_desk_write_is_all_or_nothing(bench: Bench):
    drafts = [
        Draft(id="d-1", entity="job", record="j1", aggregate="job/j1", set={"priority": "high"}, base_ver=1),
        Draft(id="d-2", entity="job", record="j1", aggregate="job/j1", set={"phone": 5}, base_ver=1),
    ]
    with pytest.raises(Refused, match=r"job\.phone: not_text"):
        bench.engine.write(DESK, drafts)
    assert "priority" not in bench.job().fields
    assert bench.engine.write(DESK, drafts[:1])[0].status == "applied"
    assert bench.engine.write(DESK, drafts[:1])[0].status == "duplicate"


def test_the_audit_chain_holds_and_shows_a_flipped_byte(bench: Bench):
    bench.engine.push(A, [raw(A, seq, {"phone": str(seq)}, base=1) for seq in (1, 2, 3)])
    chain = bench.audit()
    assert verify(chain) == []
    erased = [msgspec.structs.replace(one, salt=None, payload=None) for one in chain]
    assert verify(erased) == []
    assert verify([*chain[:1], msgspec.structs.replace(chain[1], payload=b"{}"), *chain[2:]])
    assert verify(chain[1:])
