"""push.json: batches and their results (section 7), on the small business that the README of the vectors describes."""

from __future__ import annotations

from typing import Any

from openapi.vectors_build.form import canonical, conflict_id, operation, sha256, side
from openapi.vectors_build.world import EPOCH, OLD_EPOCH, Json

A, B = "phone-a", "phone-b"


def op(seq: int, set: Json, base: int = 1, device: str = A, **more: Any) -> Json:
    """An operation that its author based on one version of the present epoch."""
    return operation(device, seq, set, base=more.pop("at_base", (EPOCH, base)), **more)


def line(seq: int, set: Json, id: str = "l1", **more: Any) -> Json:
    """An operation on a line of the job."""
    return op(seq, set, entity="line", id=id, **more)


def push(ops: list[Any], expect: Json, device: str = A, first: int = 0) -> Json:
    """A step: a phone pushes. An operation that is a text stands for those bytes."""
    return {"push": {"device": device, "first": first, "ops": ops}, "expect": expect}


def desk(id: str, set: Json, expect: Json, base: int | None = None, **more: Any) -> Json:
    """A step: desk-li writes one change, based on what its form displayed; its numbers are the server's own matter."""
    for result in expect.get("results", []):
        result.pop("seq")
    draft: Json = {"id": id, "entity": "job", "record": "j1", "aggregate": "job/j1", "set": set, **more}
    if base is not None:
        draft["base_ver"] = base
    return {"desk": draft, "expect": expect}


def upgrade(schema: int, released: list[Json]) -> Json:
    """A step: the server learns a newer schema, and tries again what was parked."""
    return {"upgrade": schema, "expect": {"released": released}}


def holds(fields: Json, entity: str = "job", id: str = "j1", **more: Any) -> Json:
    """A step: these fields of a record stand so."""
    return {"record": {"entity": entity, "id": id}, "expect": {"fields": fields, **more}}


def ver(number: int) -> Json:
    """A step: the job's aggregate has this version."""
    return {"aggregate": "job/j1", "expect": {"ver": number}}


def took(seq: int, wrote: int = 2, status: str = "applied", reason: str = "", **more: Any) -> Json:
    """A result of an operation that was taken in."""
    return _result(seq, status, reason, {"wrote": {"job/j1": wrote}, **more})


def parked(seq: int, reason: str) -> Json:
    """A result of an operation that waits."""
    return _result(seq, "parked", reason, {})


def _result(seq: int, status: str, reason: str, more: Json) -> Json:
    made: Json = {"seq": seq, "status": status}
    if reason:
        made["reason"] = reason
    return {**made, **more}


def said(field: str, outcome: str, reason: str, losing_device: str = "", losing_seq: int = 0) -> Json:
    """One field's outcome; with a losing side, the conflict's id."""
    made: Json = {"field": field, "outcome": outcome, "reason": reason}
    if losing_device:
        made["conflict"] = conflict_id("job", "j1", field, side(None, (0, losing_device, losing_seq, "")))
    return made


def fork_of(device: str, one: Json) -> str:
    """Section 7.5: the copy's own identity."""
    text = f"{device}\n{one['seq']}\n{sha256(canonical(one))}"
    return "f-" + sha256(text.encode())[:24]


def _case(name: str, *steps: Json) -> Json:
    return {"name": name, "steps": list(steps)}


def cases() -> list[Json]:
    """All of them."""
    return [*_order(), *_forks(), *_parked(), *_waiting(), *_rights(), *_flags(), *_meetings()]


def _order() -> list[Json]:
    one, two, three = (op(seq, {"used": {"inc": seq}}) for seq in (1, 2, 3))
    return [
        _case(
            "one operation", push([op(1, {"phone": "139"})], {"results": [took(1)]}), holds({"phone": "139"})
        ),
        _case(
            "a batch makes one version",
            push([one, two, three], {"results": [took(1), took(2), took(3)]}),
            holds({"used": 6}),
            ver(2),
        ),
        _case(
            "a retry gives the stored results and changes nothing",
            push([one, two], {"results": [took(1), took(2)]}),
            push([one, two], {"results": [took(1), took(2)]}),
            holds({"used": 3}),
            ver(2),
        ),
        _case(
            "a retry that overlaps: old results, new effects",
            push([one, two], {"results": [took(1), took(2)]}),
            push([two, three], {"results": [took(2), took(3, 3)]}),
            holds({"used": 6}),
        ),
        _case("a gap at the beginning", push([two], {"results": [], "need_from": 1}), ver(1)),
        _case(
            "a gap in the middle",
            push([one, three], {"results": [took(1)], "need_from": 2}),
            push([two, three], {"results": [took(2, 3), took(3, 3)]}),
            holds({"used": 6}),
        ),
        _case(
            "a batch out of order is taken in the order of its numbers",
            push([op(2, {"phone": "2"}), op(1, {"phone": "1"})], {"results": [took(1), took(2)]}),
            holds({"phone": "2"}),
        ),
        _case(
            "the same operation twice in a batch counts once",
            push([one, one, two], {"results": [took(1), took(2)]}),
            holds({"used": 3}),
        ),
        _case("an empty batch", push([], {"results": []}), ver(1)),
        _case(
            "nothing new is no new version",
            push([op(1, {"log": {"add": [{"id": "e1"}]}})], {"results": [took(1)]}),
            push(
                [op(2, {"log": {"add": [{"id": "e1"}]}})],
                {"results": [took(2, fields=[{"field": "log", "outcome": "same"}])]},
            ),
            ver(2),
        ),
    ]


def _forks() -> list[Json]:
    one, other = op(1, {"phone": "1"}), {**op(1, {"phone": "other"}), "id": "op-clone-1"}
    fork = fork_of(A, other)
    again = {**other, "device": fork}
    return [
        _case(
            "another content under the same number is a fork",
            push([one], {"results": [took(1)]}),
            push([other], {"results": [], "fork": fork}),
            holds({"phone": "1"}),
        ),
        _case(
            "the same fork has the same name",
            push([one], {"results": [took(1)]}),
            push([other], {"results": [], "fork": fork}),
            push([other], {"results": [], "fork": fork}),
        ),
        _case("a fork within one batch", push([one, other], {"results": [], "fork": fork}), ver(1)),
        _case(
            "a fork's word is another device's: concurrent",
            push([one], {"results": [took(1)]}),
            push([other], {"results": [], "fork": fork}),
            push(
                [again],
                {
                    "results": [
                        took(
                            1,
                            3,
                            "conflict",
                            "later_stands",
                            fields=[said("phone", "conflict", "later_stands", A, 1)],
                        )
                    ]
                },
                fork,
            ),
            holds({"phone": "other"}),
        ),
        _case(
            "an operation id takes effect once across forks",
            push([op(1, {"used": {"inc": 1}})], {"results": [took(1)]}),
            push([other], {"results": [], "fork": fork}),
            push(
                [{**op(1, {"used": {"inc": 1}}), "device": fork}],
                {"results": [took(1, 2, "duplicate", "forked")]},
                fork,
            ),
            holds({"used": 1}),
        ),
        _case(
            "white space and the order of members are no fork",
            push([one], {"results": [took(1)]}),
            push([_spread(one)], {"results": [took(1)]}),
            ver(2),
        ),
    ]


def _spread(one: Json) -> str:
    text = canonical(dict(one)).decode()
    return text.replace('","', '" , "').replace(":{", ": {")


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
        _case(
            f"parked, and blocks nothing: {name}",
            push([one, after], {"results": [parked(1, reason), took(2)]}, first=1),
            push([one, after], {"results": [parked(1, reason), took(2)]}, first=1),
            holds({"serial": "A7"}),
            ver(2),
        )
        for name, one, reason in bad
    ] + [
        _case(
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
        _case(
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
        _case(
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
        _case(
            "a child whose parent never comes waits",
            push(
                [line(1, {"job": "j2"}, action="create", aggregate="job/j2")],
                {"results": [parked(1, "unknown_reference")]},
            ),
        ),
        _case(
            "after an upgrade: nothing came after it, it applies",
            push([newer], {"results": [parked(1, "unknown_schema")]}),
            upgrade(3, [took(1)]),
            holds({"phone": "old"}),
            {"parked": {"device": A, "seqs": [1]}, "expect": {"updates": [took(1)]}},
        ),
        _case(
            "after an upgrade: others went on, it does not overwrite them",
            push([newer], {"results": [parked(1, "unknown_schema")]}),
            desk("d1", {"phone": "newer"}, {"results": [took(1, 2)]}, 1),
            upgrade(3, [took(1, 3, "conflict", "replayed_late", fields=[late])]),
            holds({"phone": "newer"}),
        ),
        _case(
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
        _case(
            "after an upgrade: an increment still counts",
            push([{**op(1, {"used": {"inc": 2}}), "schema": 3}], {"results": [parked(1, "unknown_schema")]}),
            desk("d1", {"used": {"inc": 5}}, {"results": [took(1, 2)]}, 1),
            upgrade(3, [took(1, 3)]),
            holds({"used": 7}),
        ),
        _case(
            "a retry of a parked operation gives its present result",
            push([newer], {"results": [parked(1, "unknown_schema")]}),
            upgrade(3, [took(1)]),
            push([newer], {"results": [took(1)]}),
        ),
    ]


def _rights() -> list[Json]:
    return [
        _case(
            "somebody else's job is parked",
            push([op(1, {"phone": "1"}, device=B)], {"results": [parked(1, "not_entitled")]}, B),
            holds({"phone": None}),
        ),
        _case(
            "authority is judged as of authoring",
            desk("d1", {"assignee": "bob"}, {"results": [took(1, 2)]}, 1),
            push([op(1, {"phone": "from a"})], {"results": [took(1, 3)]}),
            push([op(2, {"phone": "again"}, 3)], {"results": [parked(2, "not_entitled")]}),
            holds({"phone": "from a"}),
        ),
        _case(
            "a base that goes back after the right was lost is not believed",
            desk("d1", {"hint": "x"}, {"results": [took(1, 2)]}, 1),
            push([op(1, {"phone": "1"}, 2)], {"results": [took(1, 3)]}),
            desk("d2", {"assignee": "bob"}, {"results": [took(2, 4)]}, 3),
            push([op(2, {"phone": "2"}, 1)], {"results": [parked(2, "not_entitled")]}),
        ),
        _case(
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
        _case(
            "a revoked device may only deposit",
            {"revoke": A},
            push([op(1, {"phone": "1"}), op(2, {"phone": "2"})], {"quarantined": 2}),
            holds({"phone": None}),
        ),
        _case(
            "an unknown device may only deposit",
            push([op(1, {"phone": "1"}, device="phone-x")], {"quarantined": 1}, "phone-x"),
        ),
    ]


def _flags() -> list[Json]:
    return [
        _case(
            "a base ahead of the server is flagged",
            push([op(1, {"phone": "1"}, 9)], {"results": [took(1, flags=["base_ahead"])]}),
        ),
        _case(
            "another epoch is flagged",
            push(
                [op(1, {"phone": "1"}, at_base=(OLD_EPOCH, 9))], {"results": [took(1, flags=["other_epoch"])]}
            ),
        ),
        _case(
            "a clock that is known to be off is flagged and kept",
            push(
                [
                    {
                        **op(1, {"phone": "1"}),
                        "at": {"wall": "2038-01-19T03:14:08Z", "offset_ms": -378000000000},
                    }
                ],
                {"results": [took(1, flags=["clock_off"])]},
            ),
        ),
        _case(
            "a clock ahead of the server, never measured, is flagged",
            push(
                [{**op(1, {"phone": "1"}), "at": {"wall": "2038-01-19T03:14:08Z"}}],
                {"results": [took(1, flags=["clock_off"])]},
            ),
        ),
        _case(
            "a measured offset under two minutes is not flagged",
            push(
                [{**op(1, {"phone": "1"}), "at": {"wall": "2026-01-31T08:00:00Z", "offset_ms": 90000}}],
                {"results": [took(1)]},
            ),
        ),
        _case(
            "a later wall time never wins: the later commit does",
            push(
                [{**op(1, {"phone": "future"}), "at": {"wall": "2038-01-19T03:14:08Z"}}],
                {"results": [took(1, flags=["clock_off"])]},
            ),
            desk(
                "d1",
                {"phone": "desk"},
                {
                    "results": [
                        took(
                            1,
                            3,
                            "conflict",
                            "later_stands",
                            fields=[said("phone", "conflict", "later_stands", A, 1)],
                        )
                    ]
                },
                1,
            ),
            holds({"phone": "desk"}),
        ),
    ]


def _meetings() -> list[Json]:
    both = said("serial", "conflict", "both_kept", A, 1)
    return [
        _case(
            "a conflict is a record of the same aggregate",
            desk("d1", {"serial": "A7"}, {"results": [took(1, 2)]}, 1),
            push(
                [op(1, {"serial": "B8"})], {"results": [took(1, 3, "conflict", "both_kept", fields=[both])]}
            ),
            holds(
                {
                    "entity": "job",
                    "record": "j1",
                    "field": "serial",
                    "reason": "both_kept",
                    "state": "open",
                    "standing": {"value": "A7", "device": "desk-li", "seq": 2, "by": "dispatcher"},
                    "losing": {"value": "B8", "device": A, "seq": 1, "by": "technician"},
                },
                "conflict",
                both["conflict"],
            ),
        ),
        _case(
            "what an operation causes has the same version",
            push([line(1, {"job": "j1"}, action="create")], {"results": [took(1)]}),
            holds({"lines": 1}),
            ver(2),
        ),
        _case(
            "a repeated desk write repeats its result",
            desk("d1", {"hint": "x"}, {"results": [took(1, 2)]}, 1),
            desk("d1", {"hint": "x"}, {"results": [took(2, 2, "duplicate", "forked")]}, 1),
            ver(2),
        ),
        _case(
            "a desk write that does not fit is refused at once",
            desk("d1", {"phone": 7}, {"refused": ["invalid_value"]}, 1),
            ver(1),
        ),
    ]
