"""push.json: what is parked, waits, or may not be done."""

from __future__ import annotations

from typing import Any

from openapi.vectors_build.push_steps import (
    A,
    B,
    case,
    desk,
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
from openapi.vectors_build.world import Json


def cases() -> list[Json]:
    """All of them."""
    return [*_parked(), *_waiting(), *_rights()]


def _parked() -> list[Json]:
    bad: list[tuple[str, Any, str]] = [
        ("an unknown entity", op(1, {"x": 7}, entity="rocket"), "unknown_entity"),
        ("an unknown field", op(1, {"nonsense": 7}), "unknown_field"),
        ("a newer schema", {**op(1, {"phone": "1"}), "schema": 99}, "unknown_schema"),
        (
            "a record that has not arrived",
            op(1, {"phone": "1"}, id="j7", aggregate="job/j7"),
            "unknown_record",
        ),
        ("a wrong type", op(1, {"phone": 7}), "invalid_value"),
        ("a missing field", line(1, {"text": "t"}, action="create"), "missing_field"),
        ("an aggregate of another kind", op(1, {"phone": "1"}, aggregate="site/j1"), "wrong_aggregate"),
        ("another aggregate of the kind", op(1, {"phone": "1"}, aggregate="job/j9"), "wrong_aggregate"),
        ("an aggregate without an id", op(1, {"phone": "1"}, aggregate="job"), "invalid_value"),
        ("a base of 2^53", op(1, {"phone": "1"}, 2**53), "invalid_value"),
        ("a negative base", op(1, {"phone": "1"}, -1), "invalid_value"),
        ("more than 64 KiB", op(1, {"phone": "x" * 66_000}), "too_large"),
        ("another device's name", {**op(1, {"phone": "1"}), "device": B}, "invalid_value"),
        ("an unknown member", {**op(1, {"phone": "1"}), "colour": "red"}, "invalid_value"),
        ("an unknown action", {**op(1, {"phone": "1"}), "action": "upsert"}, "invalid_value"),
        (
            "no base",
            {name: value for name, value in op(1, {"phone": "1"}).items() if name != "base"},
            "invalid_value",
        ),
        ("an id with a space", {**op(1, {"phone": "1"}), "id": "op 1"}, "invalid_value"),
        ("a fraction", op(1, {"phone": 1.5}), "invalid_value"),
        ("an integer of 2^53", op(1, {"reading": 2**53}), "invalid_value"),
        ("nested thirteen levels deep", op(1, {"log": {"add": [_deep(13)]}}), "invalid_value"),
        (
            "a member name that is not ASCII",
            op(1, {"log": {"add": [{"id": "e1", "名": 1}]}}),
            "invalid_value",
        ),
        ("text that is no JSON", "[1,2", "invalid_value"),
        ("a list", "[1,2]", "invalid_value"),
        ("a rule that fails", op(1, {"remarks": "poison"}), "poisoned"),
    ]
    after = op(2, {"serial": "A7"})
    return [
        case(
            f"parked, and blocks nothing: {name}",
            push([one, after], {"results": [parked(1, reason), took(2)]}, first=1),
            push([one, after], {"results": [parked(1, reason), took(2)]}, first=1),
            holds({"serial": "A7"}),
            ver(2),
        )
        for name, one, reason in bad
    ] + [
        case(
            "a poisoned operation in the middle leaves its neighbours",
            push(
                [
                    op(seq, {"remarks": "poison"} if seq == 3 else {"used": {"inc": 1}})
                    for seq in (1, 2, 3, 4, 5)
                ],
                {"results": [took(1), took(2), parked(3, "poisoned"), took(4, 3), took(5, 3)]},
            ),
            holds({"used": 4}),
        )
    ]


def _deep(levels: int) -> Json:
    made: Json = {"id": "e1"}
    for _ in range(levels):
        made = {"id": "e1", "in": made}
    return made


def _waiting() -> list[Json]:
    newer = {**op(1, {"phone": "old"}), "schema": 3}
    late = said("phone", "conflict", "replayed_late", A, 1)
    return [
        case(
            "what waits for a record is taken when it arrives, and stays behind its author's later word",
            push([line(1, {"text": "late"})], {"results": [parked(1, "unknown_record")]}),
            push([line(2, {"job": "j1", "text": "first"}, action="create")], {"results": [took(2)]}),
            {
                "parked": {"device": A, "seqs": [1]},
                "expect": {
                    "updates": [
                        took(
                            1,
                            status="merged",
                            reason="superseded",
                            fields=[{"field": "text", "outcome": "superseded", "reason": "superseded"}],
                        )
                    ]
                },
            },
            holds({"text": "first"}, "line", "l1"),
        ),
        case(
            "a child sent before its parent is taken with it",
            push(
                [
                    line(1, {"job": "j2", "text": "t"}, base=0, action="create", aggregate="job/j2"),
                    op(2, {"number": "P-2"}, 0, id="j2", aggregate="job/j2", action="create"),
                ],
                {
                    "results": [
                        {"seq": 1, "status": "applied", "wrote": {"job/j2": 1}},
                        {"seq": 2, "status": "applied", "wrote": {"job/j2": 1}},
                    ]
                },
            ),
            holds({"lines": 1}, id="j2"),
        ),
        case(
            "a child whose parent never comes waits",
            push(
                [line(1, {"job": "j2"}, action="create", aggregate="job/j2")],
                {"results": [parked(1, "unknown_reference")]},
            ),
        ),
        case(
            "after an upgrade: nothing came after it, it applies",
            push([newer], {"results": [parked(1, "unknown_schema")]}),
            upgrade(3, [took(1)]),
            holds({"phone": "old"}),
            {"parked": {"device": A, "seqs": [1]}, "expect": {"updates": [took(1)]}},
        ),
        case(
            "after an upgrade: others went on, it does not overwrite them",
            push([newer], {"results": [parked(1, "unknown_schema")]}),
            desk("d1", {"phone": "newer"}, {"results": [took(1, 2)]}, 1),
            upgrade(3, [took(1, 3, "conflict", "replayed_late", fields=[late])]),
            holds({"phone": "newer"}),
        ),
        case(
            "after an upgrade: its author went on, it is superseded",
            push([newer, op(2, {"phone": "new"})], {"results": [parked(1, "unknown_schema"), took(2)]}),
            upgrade(
                3,
                [
                    took(
                        1,
                        2,
                        "merged",
                        "superseded",
                        fields=[{"field": "phone", "outcome": "superseded", "reason": "superseded"}],
                    )
                ],
            ),
            holds({"phone": "new"}),
        ),
        case(
            "after an upgrade: an increment still counts",
            push([{**op(1, {"used": {"inc": 2}}), "schema": 3}], {"results": [parked(1, "unknown_schema")]}),
            desk("d1", {"used": {"inc": 5}}, {"results": [took(1, 2)]}, 1),
            upgrade(3, [took(1, 3)]),
            holds({"used": 7}),
        ),
        case(
            "a retry of a parked operation gives its present result",
            push([newer], {"results": [parked(1, "unknown_schema")]}),
            upgrade(3, [took(1)]),
            push([newer], {"results": [took(1)]}),
        ),
    ]


def _rights() -> list[Json]:
    return [
        case(
            "somebody else's job is parked",
            push([op(1, {"phone": "1"}, device=B)], {"results": [parked(1, "not_entitled")]}, B),
            holds({"phone": None}),
        ),
        case(
            "authority is judged as of authoring",
            desk("d1", {"assignee": "bob"}, {"results": [took(1, 2)]}, 1),
            push([op(1, {"phone": "from a"})], {"results": [took(1, 3)]}),
            push([op(2, {"phone": "again"}, 3)], {"results": [parked(2, "not_entitled")]}),
            holds({"phone": "from a"}),
        ),
        case(
            "a base that goes back after the right was lost is not believed",
            desk("d1", {"hint": "x"}, {"results": [took(1, 2)]}, 1),
            push([op(1, {"phone": "1"}, 2)], {"results": [took(1, 3)]}),
            desk("d2", {"assignee": "bob"}, {"results": [took(2, 4)]}, 3),
            push([op(2, {"phone": "2"}, 1)], {"results": [parked(2, "not_entitled")]}),
        ),
        case(
            "a new aggregate is its creator's",
            push(
                [
                    op(
                        1,
                        {"number": "P-9", "assignee": "alice"},
                        0,
                        id="j9",
                        aggregate="job/j9",
                        action="create",
                    )
                ],
                {"results": [{"seq": 1, "status": "applied", "wrote": {"job/j9": 1}}]},
            ),
        ),
        case(
            "a revoked device may only deposit",
            {"revoke": A},
            push([op(1, {"phone": "1"}), op(2, {"phone": "2"})], {"quarantined": 2}),
            holds({"phone": None}),
        ),
        case(
            "an unknown device may only deposit",
            push([op(1, {"phone": "1"}, device="phone-x")], {"quarantined": 1}, "phone-x"),
        ),
    ]
