"""push.json, third part: what goes wrong easily."""

from __future__ import annotations

from openapi.vectors_build.push_steps import (
    A,
    B,
    case,
    desk,
    fork_of,
    holds,
    line,
    op,
    parked,
    push,
    took,
    upgrade,
    ver,
)
from openapi.vectors_build.world import Json


def cases() -> list[Json]:
    """Each one was, or could be, a loss."""
    one, other = op(1, {"phone": "1"}), {**op(1, {"phone": "2"}), "id": "op-clone-1"}
    fork = fork_of(A, other)
    count = op(1, {"used": {"inc": 1}}, device=fork)
    return [
        case(
            "a forked batch that comes once more does not set its copy back",
            push([one], {"results": [took(1)]}),
            push([other], {"results": [], "fork": fork}),
            push([count], {"results": [took(1, 3)]}, fork),
            push([other], {"results": [], "fork": fork}),
            push([op(2, {"used": {"inc": 1}}, device=fork)], {"results": [took(2, 4)]}, fork),
            holds({"used": 2}),
        ),
        case(
            "a revoked copy is not let in again by its forked batch",
            push([one], {"results": [took(1)]}),
            push([other], {"results": [], "fork": fork}),
            {"revoke": fork},
            push([other], {"results": [], "fork": fork}),
            push([count], {"quarantined": 1}, fork),
        ),
        case(
            "what the system derives is right after a late replay",
            push(
                [
                    {**line(1, {"job": "j1"}, action="create"), "schema": 3},
                    line(2, {"job": "j1"}, "l2", action="create"),
                ],
                {"results": [parked(1, "unknown_schema"), took(2)]},
            ),
            upgrade(3, [took(1, 3)]),
            holds({"lines": 2}),
        ),
        case(
            "what waits is released in its author's name when the desk brings the record",
            push([line(1, {"text": "late"})], {"results": [parked(1, "unknown_record")]}),
            desk("d1", {"job": "j1"}, {"results": [took(1, 2)]}, entity="line", record="l1", action="create"),
            {"parked": {"device": A, "seqs": [1]}, "expect": {"updates": [took(1)]}},
            holds({"text": "late"}, "line", "l1"),
        ),
        case(
            "a base that goes back within one batch is not believed either",
            desk("d1", {"hint": "x"}, {"results": [took(1, 2)]}, 1),
            desk("d2", {"assignee": "bob"}, {"results": [took(1, 3)]}, 2),
            push(
                [op(1, {"phone": "1"}, 3), op(2, {"phone": "2"}, 1)],
                {"results": [parked(1, "not_entitled"), parked(2, "not_entitled")]},
            ),
            holds({"phone": None}),
        ),
        case(
            "a job taken away and given back covers what was authored before",
            desk("d1", {"assignee": "bob"}, {"results": [took(1, 2)]}, 1),
            desk("d2", {"assignee": "alice"}, {"results": [took(1, 3)]}, 2),
            push([op(1, {"phone": "1"}, 1)], {"results": [took(1, 4)]}),
        ),
        case(
            "a counter never leaves the integers that every client can hold",
            push(
                [op(1, {"used": {"inc": 2**53 - 1}}), op(2, {"used": {"inc": 1}})],
                {"results": [took(1), parked(2, "invalid_value")]},
            ),
            holds({"used": 2**53 - 1}),
        ),
        case(
            "what waits and is poisoned does not spoil the operation that releases it",
            push(
                [op(1, {"remarks": "poison"}, 0, id="j2", aggregate="job/j2")],
                {"results": [parked(1, "unknown_record")]},
            ),
            push(
                [op(2, {"number": "P-2"}, 0, id="j2", aggregate="job/j2", action="create")],
                {"results": [{"seq": 2, "status": "applied"}]},
            ),
            holds({"number": "P-2"}, id="j2"),
            {"parked": {"device": A, "seqs": [1]}, "expect": {"updates": [parked(1, "poisoned")]}},
        ),
        case(
            "after an upgrade, a poisoned operation does not hold up the others",
            push(
                [{**op(1, {"remarks": "poison"}), "schema": 3}, {**op(2, {"phone": "139"}), "schema": 3}],
                {"results": [parked(1, "unknown_schema"), parked(2, "unknown_schema")]},
            ),
            upgrade(3, [took(2)]),
            {
                "parked": {"device": A, "seqs": [1, 2]},
                "expect": {"updates": [parked(1, "poisoned"), took(2)]},
            },
            holds({"phone": "139"}),
        ),
        case(
            "what waits for a new job has no right to it because it is new",
            push(
                [op(1, {"phone": "1"}, 0, id="j9", aggregate="job/j9")],
                {"results": [parked(1, "unknown_record")]},
            ),
            push(
                [op(1, {"assignee": "bob"}, 0, B, id="j9", aggregate="job/j9", action="create")],
                {"results": [{"seq": 1, "status": "applied"}]},
                B,
            ),
            {"parked": {"device": A, "seqs": [1]}, "expect": {"updates": [parked(1, "not_entitled")]}},
            holds({"phone": None}, id="j9"),
        ),
        case(
            "every prefix replayed gives the same state",
            *[
                push(
                    [op(seq, {"used": {"inc": seq}}) for seq in range(1, end + 1)],
                    {"results": [{"seq": seq, "status": "applied"} for seq in range(1, end + 1)]},
                )
                for end in (2, 1, 4, 3, 4)
            ],
            holds({"used": 10}),
            ver(3),
        ),
    ]
