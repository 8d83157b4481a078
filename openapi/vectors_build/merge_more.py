"""merge.json, second part: forms, creation, deletion, revival, sets, groups, equal values, decisions carried out."""

from __future__ import annotations

from typing import Any

from openapi.vectors_build.form import CREATED, Clock, conflict, operation, outcome_of, record, side
from openapi.vectors_build.world import EPOCH, OLD_EPOCH, Json

NEXT = 7
SEEN, UNSEEN = (EPOCH, 5), (EPOCH, 2)
DESK: Clock = (4, "desk-li", 10, "dispatcher")
MINE: Clock = (NEXT, "phone-a", 20, "technician")
START: Json = {"used": 0, "state": "new"}
TECHNICIAN = {"device": "phone-a", "user": "alice", "roles": ["technician"]}


def _case(
    name: str,
    before: Json | None,
    sent: Json,
    expect: Json,
    *,
    author: Json = TECHNICIAN,
    replayed: bool = False,
    forced: bool = False,
) -> Json:
    at: Json = {"epoch": EPOCH, "current_ver": 6, "next_ver": NEXT, "replayed": replayed}
    if forced:
        at["forced"] = True
    return {
        "name": name,
        "record": before,
        "operation": sent,
        "author": {**author, "device": sent["device"]},
        "at": at,
        "expect": expect,
    }


def _says(after: Json, changed: bool = True, outcomes: Any = (), conflicts: Any = ()) -> Json:
    listed = [outcome_of(*one) for one in outcomes]
    return {"changed": changed, "record": after, "outcomes": listed, "conflicts": list(conflicts)}


def _job(set: Json | None = None, clocks: dict[str, Clock] | None = None, **more: Any) -> Json:
    fields = {**START, **(set or {})}
    own = dict.fromkeys(set or {}, DESK) if clocks is None else clocks
    return record(fields, own, **more)


def _bad(name: str, set: Json, before: Json | None = None) -> Json:
    return _case(
        f"form: {name}", before or _job(), operation("phone-a", 20, set), {"parked": "invalid_value"}
    )


_ADD_21 = {"add": [{"id": f"e{place}"} for place in range(21)]}


def forms() -> list[Json]:
    """A value that does not fit is parked, and the record stays."""
    return [
        _bad("a number for a text", {"phone": 139}),
        _bad("a text of 201 characters", {"phone": "1" * 201}),
        _bad("another choice", {"severity": "huge"}),
        _bad("nothing for a maximum", {"severity": None}),
        _bad("nothing for a text", {"remarks": None}, _job({"remarks": "Fan."})),
        _bad("more elements than the set takes", {"tags": {"add": [f"t{place}" for place in range(21)]}}),
        _bad("a boolean for an integer", {"reading": True}),
        _bad("a group without a member", {"window": {"starts_at": "2026-01-31T08:00:00Z"}}),
        _bad(
            "a group with a stranger",
            {
                "window": {
                    "starts_at": "2026-01-31T08:00:00Z",
                    "ends_at": "2026-01-31T09:00:00Z",
                    "tz": "Asia/Shanghai",
                }
            },
        ),
        _bad(
            "a wall time for an instant",
            {"window": {"starts_at": "2026-01-31T08:00:00", "ends_at": "2026-01-31T09:00:00Z"}},
        ),
        _bad("a plain number for a counter", {"used": 3}),
        _bad("a text in an increment", {"used": {"inc": "3"}}),
        _bad("a boolean in an increment", {"used": {"inc": True}}),
        _bad("a boolean in a recount", {"used": {"recount": True, "observed": 0}}),
        _bad("a recount without what was observed", {"used": {"recount": 3}}),
        _bad("a sum beyond 2^53-1", {"used": {"inc": 1}}, _job({"used": 2**53 - 1})),
        _bad("a set given whole", {"tags": ["wet"]}),
        _bad("a number as an element", {"tags": {"add": [7]}}),
        _bad("an empty change of a set", {"tags": {}}),
        _bad("an entry without an id", {"log": {"add": [{"what": "oiled"}]}}),
        _bad("entries cannot be removed", {"log": {"remove": ["e1"]}}),
        _bad("more entries than the list takes", {"log": _ADD_21}),
        _bad("a state instead of an event", {"state": "done"}),
        _bad("an unknown event", {"state": {"event": "explode"}}),
        _bad("a text with a stranger", {"remarks": {"text": "a", "base": "", "by": "me"}}),
        _bad("a request of no form", {"quota": {"inc": "many"}}),
        _bad("one bad field of two", {"phone": "139", "serial": 7}),
    ]


def equal_values() -> list[Json]:
    """The same word from two mouths is no conflict."""
    window = {"starts_at": "2026-01-31T08:00:00Z", "ends_at": "2026-01-31T09:00:00Z"}
    entry = {"id": "e1", "what": "cleaned"}
    equals: list[tuple[str, Any, Any]] = [
        ("phone", "138", "138"),
        ("serial", "A7", "A7"),
        ("place", "roof", "roof"),
        ("number", "SO-1", "SO-1"),
        ("answered_by", "li", "li"),
        ("severity", "mid", "mid"),
        ("window", window, window),
        ("log", [entry], {"add": [entry]}),
        ("state", "working", {"event": "start"}),
        ("remarks", "Fan oiled.", {"text": "Fan oiled.", "base": "Fan."}),
    ]
    return [
        _case(
            f"equal: {field}, unseen",
            _job({field: standing}),
            operation("phone-a", 20, {field: sent}, base=UNSEEN),
            _says(_job({field: standing}), False, [(field, "same", "")]),
        )
        for field, standing, sent in equals
    ] + [*_equal_otherwise()]


def _equal_otherwise() -> list[Json]:
    """The same value outside of the concurrent relation."""
    own_later: Clock = (4, "phone-a", 30, "technician")
    plain = [("phone", "138"), ("serial", "A7"), ("place", "roof")]
    once = [("number", "SO-1", "same", ""), ("answered_by", "li", "superseded", "superseded")]
    return [
        *(
            _case(
                f"equal: {field}, replayed late",
                _job({field: value}),
                operation("phone-a", 20, {field: value}, base=UNSEEN),
                _says(_job({field: value}), False, [(field, "same", "")]),
                replayed=True,
            )
            for field, value in [*plain, ("answered_by", "li")]
        ),
        *(
            _case(
                f"equal: {field}, seen, takes the clock",
                _job({field: value}),
                operation("phone-a", 20, {field: value}, base=SEEN),
                _says(_job({field: value}, {field: MINE}, ver=NEXT)),
            )
            for field, value in plain
        ),
        *(
            _case(
                f"equal: {field}, seen",
                _job({field: value}),
                operation("phone-a", 20, {field: value}, base=SEEN),
                _says(_job({field: value}), False, [(field, "same", "")]),
            )
            for field, value, _, _ in once
        ),
        *(
            _case(
                f"equal: {field}, superseded",
                _job({field: value}, {field: own_later}),
                operation("phone-a", 20, {field: value}, base=UNSEEN),
                _says(_job({field: value}, {field: own_later}), False, [(field, outcome, reason)]),
            )
            for field, value, outcome, reason in [*once, ("phone", "138", "superseded", "superseded")]
        ),
    ]


def creations() -> list[Json]:
    """A creation sets what it may; a second one is merged like an update."""
    mine: Clock = MINE
    new = {"ver": NEXT, "created": mine}
    existing = _job({"number": "SO-1", "phone": "138"})
    return [
        _case(
            "create: machines start and counters are zero",
            None,
            operation("phone-a", 20, {"number": "P-1"}, action="create"),
            _says(_job({"number": "P-1", "quota": 0, "gate": "new"}, {}, **new)),
        ),
        _case(
            "create: a step and an increment at once",
            None,
            operation("phone-a", 20, {"state": {"event": "start"}, "used": {"inc": 2}}, action="create"),
            _says(_job({"state": "working", "used": 2, "quota": 0, "gate": "new"}, {}, **new)),
        ),
        _case(
            "create: a field that others may only request is filled",
            None,
            operation("phone-a", 20, {"priority": "high"}, action="create"),
            _says(_job({"priority": "high", "quota": 0, "gate": "new"}, {}, **new)),
        ),
        _case(
            "create: a field that is closed to others stays empty",
            None,
            operation("phone-a", 20, {"billing": "free"}, action="create"),
            _says(
                _job({"quota": 0, "gate": "new"}, {}, **new),
                True,
                [("billing", "refused", "not_allowed")],
                [conflict("billing", "not_allowed", "settled", side(None, None), side("free", mine))],
            ),
        ),
        _case(
            "create: a record that exists is merged into",
            existing,
            operation("phone-a", 20, {"number": "SO-2", "remarks": "new"}, action="create", base=UNSEEN),
            _says(
                _job(
                    {"number": "SO-1", "phone": "138", "remarks": "new"},
                    {"number": DESK, "phone": DESK, "remarks": mine},
                    ver=NEXT,
                ),
                True,
                [("number", "merged", "immutable")],
                [conflict("number", "immutable", "settled", side("SO-1", DESK), side("SO-2", mine))],
            ),
        ),
        _case(
            "update: a record that does not exist",
            None,
            operation("phone-a", 20, {"phone": "139"}),
            {"parked": "unknown_record"},
        ),
    ]


def deletions() -> list[Json]:
    """Section 6.12, first half: a deletion takes effect only on what its author has seen."""
    seen = {"phone": "138"}
    gone = _job(seen, {"phone": DESK, "_deleted": MINE}, ver=NEXT, deleted=True)
    phone_a: Clock = (4, "phone-a", 10, "technician")
    own_later: Clock = (4, "phone-a", 30, "technician")

    def delete(name: str, before: Json, expect: Json, base: tuple[str, int] = SEEN, **more: Any) -> Json:
        return _case(
            f"delete: {name}",
            before,
            operation("phone-a", 20, {}, action="delete", base=base),
            expect,
            **more,
        )

    def kept(before: Json, newest: Clock) -> Json:
        return _says(
            before,
            False,
            [("_deleted", "conflict", "edited_meanwhile")],
            [conflict("_deleted", "edited_meanwhile", "open", side(False, newest), side(True, MINE))],
        )

    before = _job(seen)
    own = _job(seen, {"phone": phone_a})
    later = _job(seen, {"phone": own_later})
    element = _job({"tags": ["wet"]}, {"tags": DESK, "tags/wet": DESK})
    batch = _job(
        {"phone": "138", "serial": "A7"},
        {"phone": (4, "phone-b", 7, "technician"), "serial": (4, "phone-b", 8, "technician")},
    )
    deleted = _job(seen, {"phone": DESK, "_deleted": DESK}, deleted=True)
    return [
        delete("all was seen", before, _says(gone)),
        delete("something was written meanwhile", before, kept(before, DESK), UNSEEN),
        delete("in another epoch", before, kept(before, DESK), (OLD_EPOCH, 9)),
        delete("with a base ahead", before, kept(before, DESK), (EPOCH, 9)),
        delete(
            "the creation was not seen", _job({}, {}, ver=1), kept(_job({}, {}, ver=1), CREATED), (EPOCH, 0)
        ),
        delete(
            "only the author wrote since",
            own,
            _says(_job(seen, {"phone": phone_a, "_deleted": MINE}, ver=NEXT, deleted=True)),
            UNSEEN,
        ),
        delete("the author wrote again later", later, kept(later, own_later), UNSEEN),
        delete("an element was added meanwhile", element, kept(element, DESK), UNSEEN),
        delete(
            "of two unseen writes in one version the later seq counts",
            batch,
            kept(batch, (4, "phone-b", 8, "technician")),
            UNSEEN,
        ),
        _case(
            "delete: what its set holds has no effect",
            before,
            operation("phone-a", 20, {"phone": "139"}, action="delete", base=SEEN),
            _says(gone),
        ),
        delete("it is deleted already", deleted, _says(deleted, False, [("_deleted", "same", "")])),
        delete("parked and replayed, others went on", before, kept(before, DESK), UNSEEN, replayed=True),
        delete("a person has decided it", before, _says(gone), UNSEEN, forced=True),
    ]


def revivals() -> list[Json]:
    """Section 6.12, second half: work on a record that was deleted unseen brings it back for review."""
    deletion: Clock = (5, "desk-li", 11, "dispatcher")
    dead = _job(
        {"phone": "138"},
        {"phone": (2, "desk-li", 9, "dispatcher"), "_deleted": deletion},
        ver=5,
        deleted=True,
    )
    alive_clocks: dict[str, Clock] = {"phone": MINE, "_deleted": MINE}
    review = conflict("_deleted", "deleted_meanwhile", "open", side(False, MINE), side(True, deletion))
    back = _says(
        _job({"phone": "139"}, alive_clocks, ver=NEXT),
        True,
        [("_deleted", "conflict", "deleted_meanwhile")],
        [review],
    )
    own_deletion: Clock = (5, "phone-a", 15, "technician")
    own_dead = _job({"phone": "138"}, {"phone": DESK, "_deleted": own_deletion}, ver=5, deleted=True)
    own_later: Clock = (5, "phone-a", 25, "technician")
    later_dead = _job({"phone": "138"}, {"phone": DESK, "_deleted": own_later}, ver=5, deleted=True)

    def stays(before: Json, by: Clock) -> Json:
        return _says(
            before,
            False,
            [("_deleted", "refused", "deleted_meanwhile")],
            [conflict("_deleted", "deleted_meanwhile", "settled", side(True, by), side(False, MINE))],
        )

    def work(name: str, before: Json, base: tuple[str, int], expect: Json, **more: Any) -> Json:
        return _case(
            f"revive: {name}", before, operation("phone-a", 20, {"phone": "139"}, base=base), expect, **more
        )

    return [
        work("deleted unseen", dead, (EPOCH, 3), back),
        work(
            "deleted unseen, another epoch's work meets the field too",
            dead,
            (OLD_EPOCH, 3),
            _says(
                _job({"phone": "139"}, alive_clocks, ver=NEXT),
                True,
                [("_deleted", "conflict", "deleted_meanwhile"), ("phone", "conflict", "later_stands")],
                [
                    review,
                    conflict(
                        "phone",
                        "later_stands",
                        "open",
                        side("139", MINE),
                        side("138", (2, "desk-li", 9, "dispatcher")),
                    ),
                ],
            ),
        ),
        work("deleted unseen, parked and replayed", dead, (EPOCH, 3), back, replayed=True),
        work("the deletion was seen", dead, (EPOCH, 5), stays(dead, deletion)),
        work("the author's own deletion", own_dead, (EPOCH, 3), stays(own_dead, own_deletion)),
        work("the author deleted it later", later_dead, (EPOCH, 3), stays(later_dead, own_later)),
        _case(
            "revive: a creation under the same id",
            dead,
            operation("phone-a", 20, {"remarks": "again"}, action="create", base=(EPOCH, 3)),
            _says(
                _job(
                    {"phone": "138", "remarks": "again"},
                    {"phone": (2, "desk-li", 9, "dispatcher"), "remarks": MINE, "_deleted": MINE},
                    ver=NEXT,
                ),
                True,
                [("_deleted", "conflict", "deleted_meanwhile")],
                [review],
            ),
        ),
        _case(
            "revive: a person has decided it",
            dead,
            operation("phone-a", 20, {}, base=(EPOCH, 5)),
            _says(
                _job({"phone": "138"}, {"phone": (2, "desk-li", 9, "dispatcher"), "_deleted": MINE}, ver=NEXT)
            ),
            forced=True,
        ),
    ]
