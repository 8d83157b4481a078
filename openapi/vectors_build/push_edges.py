"""push.json, fourth part: whose clock a value has that nobody typed, repeated operations, which reason is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openapi.vectors_build.form import conflict_id, outcome_of, side
from openapi.vectors_build.push_cases import (
    A,
    B,
    _case,
    desk,
    fork_of,
    holds,
    line,
    op,
    parked,
    push,
    said,
    took,
    upgrade,
    ver,
)
from openapi.vectors_build.push_decisions import decides
from openapi.vectors_build.world import OLD_EPOCH, Json

_CREATED = [1, "desk-li", 1, "dispatcher", []]
_LI = "desk-li"


def cases() -> list[Json]:
    """All of them."""
    return [*_clocks(), *_decisions(), *_again(), *_before_a_fork(), *_unread(), *_reasons()]


def _clocked(clocks: list[Any], fields: Json, entity: str = "job", id: str = "j1") -> Json:
    """A step: the record has exactly these clocks, as section 12.1 writes them."""
    return {"record": {"entity": entity, "id": id}, "expect": {"fields": fields, "clocks": clocks}}


def _id(field: str, device: str, seq: int) -> str:
    return conflict_id("job", "j1", field, side(None, (0, device, seq, "")))


def _kept(field: str, reason: str, outcome: str = "conflict") -> Json:
    return {
        "results": [
            took(1, 3, outcome, reason, fields=[said(field, outcome, reason, A, 1)]),
        ]
    }


def _clocks() -> list[Json]:
    serial = _id("serial", A, 1)
    clash = [
        desk("d1", {"serial": "A7"}, {"results": [took(1, 2)]}, 1),
        push([op(1, {"serial": "B8"})], _kept("serial", "both_kept")),
    ]
    asked = {"choose": "losing", "standing_device": _LI, "standing_seq": 2}
    shown_again = {"field": "decision", "outcome": "conflict", "reason": "value_changed"}
    return [
        _case(
            "clock: a conflict is written by the operation itself, as the system",
            *clash,
            _clocked([[3, A, 1, "system", []]], {"state": "open"}, "conflict", serial),
        ),
        _case(
            "clock: what an operation causes is its follow-up's, counted from 1",
            push([line(1, {"job": "j1"}, action="create")], {"results": [took(1)]}),
            _clocked([_CREATED, [2, f"~{A}", 1025, "system", ["lines"]]], {"lines": 1}),
            push(
                [line(2, {"job": "j1"}, "l2", action="create"), line(3, {"text": "t"}, "l2")],
                {"results": [took(2, 3), took(3, 3)]},
            ),
            _clocked([_CREATED, [3, f"~{A}", 3 * 1024 + 1, "system", ["lines"]]], {"lines": 2}),
        ),
        _case(
            "clock: a decided value is written by the decision's follow-up, in the decider's role",
            *clash,
            decides("d2", serial, "losing", (_LI, 2), {"results": [took(1, 4)]}, 3),
            _clocked([_CREATED, [4, f"~{_LI}", 3 * 1024 + 1, "dispatcher", ["serial"]]], {"serial": "B8"}),
            _clocked(
                [
                    [3, A, 1, "system", []],
                    [4, _LI, 3, "dispatcher", ["decision"]],
                    [4, "~decision", 4, "system", ["state"]],
                ],
                {"state": "decided", "decision": asked},
                "conflict",
                serial,
            ),
        ),
        _case(
            "clock: what stands is right, and keeps its clock",
            *clash,
            decides("d2", serial, "standing", (_LI, 2), {"results": [took(1, 4)]}, 3),
            _clocked([_CREATED, [2, _LI, 2, "dispatcher", ["serial"]]], {"serial": "A7"}),
        ),
        _case(
            "clock: a conflict that is shown again is written by the engine",
            *clash,
            desk("d2", {"serial": "A8"}, {"results": [took(1, 4)]}, 3),
            decides(
                "d3",
                serial,
                "losing",
                (_LI, 2),
                {"results": [took(1, 5, "conflict", "value_changed", fields=[shown_again])]},
                4,
            ),
            _clocked(
                [[3, A, 1, "system", []], [5, "~decision", 5, "system", ["standing", "state"]]],
                {
                    "state": "open",
                    "standing": {"value": "A8", "device": _LI, "seq": 3, "by": "dispatcher"},
                    "decision": None,
                },
                "conflict",
                serial,
            ),
        ),
    ]


def _decisions() -> list[Json]:
    tags, log, quota = (_id(name, A, 1) for name in ("tags", "log", "quota"))
    first, clash, new = {"id": "e1", "what": "oiled"}, {"id": "e1", "what": "washed"}, {"id": "e2"}
    late_add = [
        desk("d1", {"tags": {"add": ["loud", "wet"]}}, {"results": [took(1, 2)]}, 1),
        push(
            [{**op(1, {"tags": {"add": ["wet"]}}, 2), "schema": 3}],
            {"results": [parked(1, "unknown_schema")]},
        ),
        desk("d2", {"tags": {"remove": ["wet"]}}, {"results": [took(1, 3)]}, 2),
        upgrade(
            3,
            [
                took(
                    1,
                    4,
                    "conflict",
                    "replayed_late",
                    fields=[said("tags", "conflict", "replayed_late", A, 1)],
                )
            ],
        ),
    ]
    counted = [
        desk("d1", {"quota": {"inc": 4}}, {"results": [took(1, 2)]}, 1),
        push([op(1, {"quota": {"recount": 9, "observed": 3}})], _kept("quota", "requested")),
    ]
    entries = [
        desk("d1", {"log": {"add": [first]}}, {"results": [took(1, 2)]}, 1),
        push(
            [op(1, {"log": {"add": [clash, new]}})],
            _kept("log", "entry_exists", "merged"),
        ),
    ]
    return [
        _case(
            "decision: the addition that came too late is right",
            *late_add,
            holds({"tags": ["loud"]}),
            decides("d3", tags, "losing", (_LI, 3), {"results": [took(1, 5)]}, 4),
            _clocked(
                [
                    _CREATED,
                    [2, _LI, 2, "dispatcher", ["tags/loud"]],
                    [5, f"~{_LI}", 4 * 1024 + 1, "dispatcher", ["tags", "tags/wet"]],
                ],
                {"tags": ["loud", "wet"]},
            ),
        ),
        _case(
            "decision: another set is right",
            *late_add,
            decides("d3", tags, "other", (_LI, 3), {"results": [took(1, 5)]}, 4, value=["hot"]),
            holds({"tags": ["hot"]}),
        ),
        _case(
            "decision: a set is chosen, not a change of one",
            *late_add,
            decides("d3", tags, "other", (_LI, 3), {"refused": ["invalid_value"]}, 4, value={"add": ["hot"]}),
            holds({"tags": ["loud"]}),
        ),
        _case(
            "decision: of an operation that added an entry beside a clashing one, its own word is shown",
            *entries,
            decides("d2", log, "losing", (A, 1), {"results": [took(1, 4)]}, 3),
            holds({"log": [clash, new]}),
            holds({"state": "decided"}, "conflict", log),
        ),
        _case(
            "decision: another list of entries is right",
            *entries,
            decides("d2", log, "other", (A, 1), {"results": [took(1, 4)]}, 3, value=[new]),
            holds({"log": [new]}),
        ),
        _case(
            "decision: a requested recount is granted, increments since stay",
            *counted,
            desk("d2", {"quota": {"inc": 10}}, {"results": [took(1, 4)]}, 3),
            decides("d3", quota, "losing", (_LI, 3), {"results": [took(1, 5)]}, 4),
            holds({"quota": 4 + 10 + (9 - 3)}),
        ),
        _case(
            "decision: another state is right",
            desk("d1", {"gate": {"event": "cancel"}}, {"results": [took(1, 2)]}, 1),
            push([op(1, {"gate": {"event": "finish"}})], _kept("gate", "requested")),
            decides("d2", _id("gate", A, 1), "other", (_LI, 2), {"results": [took(1, 4)]}, 3, value="new"),
            holds({"gate": "new"}),
        ),
        _case(
            "decision: without the right to decide it is a request itself",
            desk("d1", {"serial": "A7"}, {"results": [took(1, 2)]}, 1),
            push([op(1, {"serial": "B8"})], _kept("serial", "both_kept")),
            push(
                [
                    op(
                        2,
                        {"decision": {"choose": "losing", "standing_device": _LI, "standing_seq": 2}},
                        3,
                        entity="conflict",
                        id=_id("serial", A, 1),
                    )
                ],
                {
                    "results": [
                        took(
                            2,
                            4,
                            "conflict",
                            "requested",
                            fields=[_about_conflict(_id("serial", A, 1), A, 2)],
                        )
                    ]
                },
            ),
            holds({"serial": "A7"}),
            holds({"state": "open", "decision": None}, "conflict", _id("serial", A, 1)),
        ),
    ]


def _about_conflict(id: str, device: str, seq: int) -> Json:
    about = conflict_id("conflict", id, "decision", side(None, (0, device, seq, "")))
    return {"field": "decision", "outcome": "conflict", "reason": "requested", "conflict": about}


def _again() -> list[Json]:
    ops = [op(seq, {"used": {"inc": seq}}, at_base=(OLD_EPOCH, 7)) for seq in (1, 2, 3)]
    flagged = [took(seq, flags=["other_epoch"]) for seq in (1, 2, 3)]
    one, other = op(1, {"serial": "B8"}, 9), {**op(1, {"serial": "C9"}), "id": "op-clone-1"}
    fork = fork_of(A, other)
    both = said("serial", "conflict", "both_kept", A, 1)
    first = took(1, 3, "conflict", "both_kept", fields=[both], flags=["base_ahead"])
    waits = line(1, {"text": "late"})
    return [
        _case(
            "a restored server asks for what it lost, and flags bases of the epoch that is gone",
            push([ops[2]], {"results": [], "need_from": 1}, first=3),
            ver(1),
            push(ops, {"results": flagged}, first=1),
            holds({"used": 6}),
        ),
        _case(
            "a duplicate says what the first one said, fields and flags too",
            desk("d1", {"serial": "A7"}, {"results": [took(1, 2)]}, 1),
            push([one], {"results": [first]}),
            push([other], {"results": [], "fork": fork}),
            push(
                [{**one, "device": fork}],
                {"results": [{**first, "status": "duplicate", "reason": "forked"}]},
                fork,
            ),
            holds({"serial": "A7"}),
        ),
        _case(
            "a duplicate of what is parked waits for nothing, the first one goes on waiting",
            push([waits], {"results": [parked(1, "unknown_record")]}),
            push([other], {"results": [], "fork": fork}),
            push(
                [{**waits, "device": fork}],
                {"results": [{"seq": 1, "status": "duplicate", "reason": "forked"}]},
                fork,
            ),
            {"parked": {"device": A, "seqs": [1]}, "expect": {"updates": [parked(1, "unknown_record")]}},
            _ask(fork, {"updates": [parked(1, "unknown_record")]}, waits["id"]),
            push([line(2, {"job": "j1", "text": "t"}, action="create")], {"results": [took(2)]}),
            _ask(
                fork,
                {
                    "updates": [
                        took(
                            1,
                            status="merged",
                            reason="superseded",
                            fields=[outcome_of("text", "superseded", "superseded")],
                        )
                    ]
                },
                waits["id"],
            ),
        ),
    ]


def _ask(device: str, expect: Json, *ids: str, seqs: Sequence[int] = ()) -> Json:
    """A step: a phone asks by operation id what has become of its parked work."""
    return {"parked": {"device": device, "seqs": list(seqs), "ids": list(ids)}, "expect": expect}


def _before_a_fork() -> list[Json]:
    """What was parked under the old device id is asked for by operation id."""
    newer = {**op(1, {"phone": "1"}), "schema": 3}
    two, other = op(2, {"used": {"inc": 1}}), {**op(2, {"used": {"inc": 5}}), "id": "op-clone-2"}
    fork = fork_of(A, other)
    again = {**other, "device": fork, "seq": 1}
    mine = {**op(2, {"used": {"inc": 2}}, device=fork), "schema": 9}
    forked = [
        push([newer, two], {"results": [parked(1, "unknown_schema"), took(2)]}),
        push([other], {"results": [], "fork": fork}, first=2),
        push([again], {"results": [took(1, 3)]}, fork),
    ]
    first, second = newer["id"], mine["id"]
    return [
        _case(
            "a copy hears by operation id of what its old device left parked",
            *forked,
            _ask(fork, {"updates": [parked(1, "unknown_schema")]}, first),
            upgrade(3, [took(1, 4)]),
            _ask(fork, {"updates": [took(1, 4)]}, first),
        ),
        _case(
            "by number and by id in one question: numbers first, then ids as asked, each once",
            *forked,
            push([mine], {"results": [parked(2, "unknown_schema")]}, fork, first=2),
            _ask(
                fork,
                {"updates": [parked(2, "unknown_schema"), took(2), parked(1, "unknown_schema")]},
                two["id"],
                first,
                two["id"],
                seqs=[2],
            ),
            upgrade(3, [took(1, 4)]),
            _ask(fork, {"updates": [parked(2, "unknown_schema"), took(1, 4)]}, first, seqs=[2]),
            _ask(fork, {"updates": [parked(2, "unknown_schema")]}, second),
        ),
        _case(
            "nobody hears what became of another person's work, nor of what never was",
            *forked,
            _ask(B, {"updates": []}, first),
            _ask(fork, {"updates": []}, "op-nobody-knows", "not an id", ""),
        ),
    ]


def _unread() -> list[Json]:
    """What waits for a release has told its base already."""

    def lost() -> list[Json]:
        return [
            desk("d1", {"hint": "x"}, {"results": [took(1, 2)]}, 1),
            desk("d2", {"assignee": "bob"}, {"results": [took(1, 3)]}, 2),
        ]

    newer, back = {**op(1, {"phone": "1"}, 3), "schema": 9}, op(2, {"phone": "2"}, 1)
    waits, refused = parked(1, "unknown_schema"), parked(2, "not_entitled")
    return [
        _case(
            "a base that goes back behind what waits for a release is not believed",
            *lost(),
            push([newer], {"results": [waits]}),
            push([back], {"results": [refused]}),
            holds({"phone": None}),
        ),
        _case(
            "a base that goes back behind what waits for a release is not believed within one batch",
            *lost(),
            push([newer, back], {"results": [waits, refused]}),
            holds({"phone": None}),
        ),
    ]


def _reasons() -> list[Json]:
    missing: Json = {"id": "j7", "aggregate": "job/j7"}
    told: list[tuple[str, Json, str]] = [
        (
            "a stranger among the evidence of time",
            {**op(1, {"phone": "1"}), "at": {"wall": "2026-01-31T08:00:00Z", "zone": "CST"}},
            "invalid_value",
        ),
        ("no wall clock", {**op(1, {"phone": "1"}), "at": {}}, "invalid_value"),
        ("a base without an epoch", {**op(1, {"phone": "1"}), "base": [1]}, "invalid_value"),
        ("a deletion that names an unknown field", op(1, {"nonsense": 7}, action="delete"), "unknown_field"),
        ("a newer schema before an unknown record", {**op(1, {}, **missing), "schema": 9}, "unknown_schema"),
        ("an unknown record before an unknown field", op(1, {"nonsense": 7}, **missing), "unknown_record"),
        (
            "another kind of aggregate before an unknown field",
            op(1, {"nonsense": 7}, aggregate="site/j1"),
            "wrong_aggregate",
        ),
        ("an unknown field before a wrong value", op(1, {"phone": 7, "nonsense": 7}), "unknown_field"),
        (
            "a missing field before a wrong value",
            line(1, {"text": 7}, action="create"),
            "missing_field",
        ),
        ("a parent that is no text", line(1, {"job": 7}, action="create"), "invalid_value"),
        (
            "a conflict made by hand",
            op(1, {"field": "phone"}, entity="conflict", id="c-1", action="create"),
            "not_your_role",
        ),
    ]
    return [
        *(
            _case(f"reason: {name}", push([one], {"results": [parked(1, reason)]}))
            for name, one, reason in told
        ),
        _case(
            "reason: another's job before a wrong value",
            push(
                [op(1, {"phone": 7}, device="phone-b")], {"results": [parked(1, "not_entitled")]}, "phone-b"
            ),
        ),
        _case(
            "a wall clock that is no instant is kept as evidence",
            push(
                [{**op(1, {"phone": "1"}), "at": {"wall": "half past eight", "offset_ms": 0}}],
                {"results": [took(1)]},
            ),
        ),
        _case(
            "a base of no epoch is no other epoch",
            push([op(1, {"phone": "1"}, at_base=("", 0))], {"results": [took(1)]}),
        ),
    ]
