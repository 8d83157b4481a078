"""push.json: whose clock a value has that nobody typed, and which reason is told."""

from __future__ import annotations

from typing import Any

from openapi.vectors_build.form import conflict_id, side
from openapi.vectors_build.push_decisions import decides
from openapi.vectors_build.push_steps import A, case, desk, holds, line, op, parked, push, said, took, upgrade
from openapi.vectors_build.world import Json


def first() -> list[Json]:
    """Clocks of what nobody typed, and decisions."""
    return [*_clocks(), *_decisions()]


def last() -> list[Json]:
    """Which reason is told."""
    return _reasons()


_CREATED = [1, "desk-li", 1, "dispatcher", []]


_LI = "desk-li"


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
        case(
            "clock: a conflict is written by the operation itself, as the system",
            *clash,
            _clocked([[3, A, 1, "system", []]], {"state": "open"}, "conflict", serial),
        ),
        case(
            "clock: what an operation causes is its follow-up's, counted from 1",
            push([line(1, {"job": "j1"}, action="create")], {"results": [took(1)]}),
            _clocked([_CREATED, [2, f"~{A}", 1025, "system", ["lines"]]], {"lines": 1}),
            push(
                [line(2, {"job": "j1"}, "l2", action="create"), line(3, {"text": "t"}, "l2")],
                {"results": [took(2, 3), took(3, 3)]},
            ),
            _clocked([_CREATED, [3, f"~{A}", 3 * 1024 + 1, "system", ["lines"]]], {"lines": 2}),
        ),
        case(
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
        case(
            "clock: what stands is right, and keeps its clock",
            *clash,
            decides("d2", serial, "standing", (_LI, 2), {"results": [took(1, 4)]}, 3),
            _clocked([_CREATED, [2, _LI, 2, "dispatcher", ["serial"]]], {"serial": "A7"}),
        ),
        case(
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
        case(
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
        case(
            "decision: another set is right",
            *late_add,
            decides("d3", tags, "other", (_LI, 3), {"results": [took(1, 5)]}, 4, value=["hot"]),
            holds({"tags": ["hot"]}),
        ),
        case(
            "decision: a set is chosen, not a change of one",
            *late_add,
            decides("d3", tags, "other", (_LI, 3), {"refused": ["invalid_value"]}, 4, value={"add": ["hot"]}),
            holds({"tags": ["loud"]}),
        ),
        case(
            "decision: of an operation that added an entry beside a clashing one, its own word is shown",
            *entries,
            decides("d2", log, "losing", (A, 1), {"results": [took(1, 4)]}, 3),
            holds({"log": [clash, new]}),
            holds({"state": "decided"}, "conflict", log),
        ),
        case(
            "decision: another list of entries is right",
            *entries,
            decides("d2", log, "other", (A, 1), {"results": [took(1, 4)]}, 3, value=[new]),
            holds({"log": [new]}),
        ),
        case(
            "decision: a requested recount is granted, increments since stay",
            *counted,
            desk("d2", {"quota": {"inc": 10}}, {"results": [took(1, 4)]}, 3),
            decides("d3", quota, "losing", (_LI, 3), {"results": [took(1, 5)]}, 4),
            holds({"quota": 4 + 10 + (9 - 3)}),
        ),
        case(
            "decision: another state is right",
            desk("d1", {"gate": {"event": "cancel"}}, {"results": [took(1, 2)]}, 1),
            push([op(1, {"gate": {"event": "finish"}})], _kept("gate", "requested")),
            decides("d2", _id("gate", A, 1), "other", (_LI, 2), {"results": [took(1, 4)]}, 3, value="new"),
            holds({"gate": "new"}),
        ),
        case(
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
            case(f"reason: {name}", push([one], {"results": [parked(1, reason)]}))
            for name, one, reason in told
        ),
        case(
            "reason: another's job before a wrong value",
            push(
                [op(1, {"phone": 7}, device="phone-b")], {"results": [parked(1, "not_entitled")]}, "phone-b"
            ),
        ),
        case(
            "a wall clock that is no instant is kept as evidence",
            push(
                [{**op(1, {"phone": "1"}), "at": {"wall": "half past eight", "offset_ms": 0}}],
                {"results": [took(1)]},
            ),
        ),
        case(
            "a base of no epoch is no other epoch",
            push([op(1, {"phone": "1"}, at_base=("", 0))], {"results": [took(1)]}),
        ),
    ]
