"""push.json: batches and their results (section 7), on the small business that the README of the vectors describes."""

from __future__ import annotations

from openapi.vectors_build.form import canonical
from openapi.vectors_build.push_steps import A, case, desk, fork_of, holds, line, op, push, said, took, ver
from openapi.vectors_build.world import OLD_EPOCH, Json


def first() -> list[Json]:
    """Order, forks."""
    return [*_order(), *_forks()]


def last() -> list[Json]:
    """Flags, and operations that meet."""
    return [*_flags(), *_meetings()]


def _order() -> list[Json]:
    one, two, three = (op(seq, {"used": {"inc": seq}}) for seq in (1, 2, 3))
    return [
        case(
            "one operation", push([op(1, {"phone": "139"})], {"results": [took(1)]}), holds({"phone": "139"})
        ),
        case(
            "a batch makes one version",
            push([one, two, three], {"results": [took(1), took(2), took(3)]}),
            holds({"used": 6}),
            ver(2),
        ),
        case(
            "a retry gives the stored results and changes nothing",
            push([one, two], {"results": [took(1), took(2)]}),
            push([one, two], {"results": [took(1), took(2)]}),
            holds({"used": 3}),
            ver(2),
        ),
        case(
            "a retry that overlaps: old results, new effects",
            push([one, two], {"results": [took(1), took(2)]}),
            push([two, three], {"results": [took(2), took(3, 3)]}),
            holds({"used": 6}),
        ),
        case("a gap at the beginning", push([two], {"results": [], "need_from": 1}), ver(1)),
        case(
            "a gap in the middle",
            push([one, three], {"results": [took(1)], "need_from": 2}),
            push([two, three], {"results": [took(2, 3), took(3, 3)]}),
            holds({"used": 6}),
        ),
        case(
            "a batch out of order is taken in the order of its numbers",
            push([op(2, {"phone": "2"}), op(1, {"phone": "1"})], {"results": [took(1), took(2)]}),
            holds({"phone": "2"}),
        ),
        case(
            "the same operation twice in a batch counts once",
            push([one, one, two], {"results": [took(1), took(2)]}),
            holds({"used": 3}),
        ),
        case("an empty batch", push([], {"results": []}), ver(1)),
        case(
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
        case(
            "another content under the same number is a fork",
            push([one], {"results": [took(1)]}),
            push([other], {"results": [], "fork": fork}),
            holds({"phone": "1"}),
        ),
        case(
            "the same fork has the same name",
            push([one], {"results": [took(1)]}),
            push([other], {"results": [], "fork": fork}),
            push([other], {"results": [], "fork": fork}),
        ),
        case("a fork within one batch", push([one, other], {"results": [], "fork": fork}), ver(1)),
        case(
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
        case(
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
        case(
            "white space and the order of members are no fork",
            push([one], {"results": [took(1)]}),
            push([_spread(one)], {"results": [took(1)]}),
            ver(2),
        ),
    ]


def _spread(one: Json) -> str:
    text = canonical(dict(one)).decode()
    return text.replace('","', '" , "').replace(":{", ": {")


def _flags() -> list[Json]:
    return [
        case(
            "a base ahead of the server is flagged",
            push([op(1, {"phone": "1"}, 9)], {"results": [took(1, flags=["base_ahead"])]}),
        ),
        case(
            "another epoch is flagged",
            push(
                [op(1, {"phone": "1"}, at_base=(OLD_EPOCH, 9))], {"results": [took(1, flags=["other_epoch"])]}
            ),
        ),
        case(
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
        case(
            "a clock ahead of the server, never measured, is flagged",
            push(
                [{**op(1, {"phone": "1"}), "at": {"wall": "2038-01-19T03:14:08Z"}}],
                {"results": [took(1, flags=["clock_off"])]},
            ),
        ),
        case(
            "a measured offset under two minutes is not flagged",
            push(
                [{**op(1, {"phone": "1"}), "at": {"wall": "2026-01-31T08:00:00Z", "offset_ms": 90000}}],
                {"results": [took(1)]},
            ),
        ),
        case(
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
        case(
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
        case(
            "what an operation causes has the same version",
            push([line(1, {"job": "j1"}, action="create")], {"results": [took(1)]}),
            holds({"lines": 1}),
            ver(2),
        ),
        case(
            "a repeated desk write repeats its result",
            desk("d1", {"hint": "x"}, {"results": [took(1, 2)]}, 1),
            desk("d1", {"hint": "x"}, {"results": [took(2, 2, "duplicate", "forked")]}, 1),
            ver(2),
        ),
        case(
            "a desk write that does not fit is refused at once",
            desk("d1", {"phone": 7}, {"refused": ["invalid_value"]}, 1),
            ver(1),
        ),
    ]
