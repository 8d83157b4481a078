"""push.json: operations that come again, to the same device or to its copy, and what nobody could read."""

from __future__ import annotations

from collections.abc import Sequence

from openapi.vectors_build.form import outcome_of
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
    said,
    took,
    upgrade,
    ver,
)
from openapi.vectors_build.world import OLD_EPOCH, Json


def cases() -> list[Json]:
    """All of them."""
    return [*_again(), *_before_a_fork(), *_unread()]


def _again() -> list[Json]:
    ops = [op(seq, {"used": {"inc": seq}}, at_base=(OLD_EPOCH, 7)) for seq in (1, 2, 3)]
    flagged = [took(seq, flags=["other_epoch"]) for seq in (1, 2, 3)]
    one, other = op(1, {"serial": "B8"}, 9), {**op(1, {"serial": "C9"}), "id": "op-clone-1"}
    fork = fork_of(A, other)
    both = said("serial", "conflict", "both_kept", A, 1)
    first = took(1, 3, "conflict", "both_kept", fields=[both], flags=["base_ahead"])
    waits = line(1, {"text": "late"})
    return [
        case(
            "a restored server asks for what it lost, and flags bases of the epoch that is gone",
            push([ops[2]], {"results": [], "need_from": 1}, first=3),
            ver(1),
            push(ops, {"results": flagged}, first=1),
            holds({"used": 6}),
        ),
        case(
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
        case(
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
        case(
            "a copy hears by operation id of what its old device left parked",
            *forked,
            _ask(fork, {"updates": [parked(1, "unknown_schema")]}, first),
            upgrade(3, [took(1, 4)]),
            _ask(fork, {"updates": [took(1, 4)]}, first),
        ),
        case(
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
        case(
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
        case(
            "a base that goes back behind what waits for a release is not believed",
            *lost(),
            push([newer], {"results": [waits]}),
            push([back], {"results": [refused]}),
            holds({"phone": None}),
        ),
        case(
            "a base that goes back behind what waits for a release is not believed within one batch",
            *lost(),
            push([newer, back], {"results": [waits, refused]}),
            holds({"phone": None}),
        ),
    ]
