"""merge.json, fourth part: authors with several roles. A field is written in the first of them that owns it (5.1)."""

from __future__ import annotations

from openapi.vectors_build.form import Clock, conflict, operation, record, side
from openapi.vectors_build.merge_more import (
    DESK,
    NEXT,
    SEEN,
    START,
    UNSEEN,
    _case,
    _job,
    _says,
)
from openapi.vectors_build.world import Json

BOTH: Json = {"user": "alice", "roles": ["technician", "dispatcher"]}
NEITHER: Json = {"user": "alice", "roles": ["intake", "technician"]}
MANY: Json = {"user": "alice", "roles": ["technician", "dispatcher", "expert"]}
HELPER: Clock = (4, "phone-b", 7, "technician")


def _mine(role: str) -> Clock:
    return (NEXT, "phone-a", 20, role)


def roles() -> list[Json]:
    """The same author is an owner in one field and anybody in the next."""
    return [*_owned(), *_made()]


def _owned() -> list[Json]:
    as_desk, as_technician = _mine("dispatcher"), _mine("technician")
    return [
        _case(
            "roles: the second one owns the field",
            _job({"priority": "high"}),
            operation("phone-a", 20, {"priority": "low"}, base=SEEN),
            _says(_job({"priority": "low"}, {"priority": as_desk}, ver=NEXT)),
            author=BOTH,
        ),
        _case(
            "roles: the second one owns the field, which another owner wrote unseen",
            _job({"priority": "high"}),
            operation("phone-a", 20, {"priority": "low"}, base=UNSEEN),
            _says(
                _job({"priority": "low"}, {"priority": as_desk}, ver=NEXT),
                True,
                [("priority", "conflict", "later_stands")],
                [conflict("priority", "later_stands", "open", side("low", as_desk), side("high", DESK))],
            ),
            author=BOTH,
        ),
        _case(
            "roles: the second one owns the field, which somebody else wrote unseen",
            _job({"hint": "back door"}, {"hint": HELPER}),
            operation("phone-a", 20, {"hint": "front door"}, base=UNSEEN),
            _says(
                _job({"hint": "front door"}, {"hint": as_desk}, ver=NEXT),
                True,
                [("hint", "merged", "owner_overrides")],
                [
                    conflict(
                        "hint",
                        "owner_overrides",
                        "settled",
                        side("front door", as_desk),
                        side("back door", HELPER),
                    )
                ],
            ),
            author=BOTH,
        ),
        _case(
            "roles: none owns the field, the first one requests it",
            _job({"priority": "high"}),
            operation("phone-a", 20, {"priority": "low"}, base=SEEN),
            _says(
                _job({"priority": "high"}),
                False,
                [("priority", "conflict", "requested")],
                [conflict("priority", "requested", "open", side("high", DESK), side("low", _mine("intake")))],
            ),
            author=NEITHER,
        ),
        _case(
            "roles: everybody's field is written in the first one",
            _job({"phone": "138"}),
            operation("phone-a", 20, {"phone": "139"}, base=UNSEEN),
            _says(
                _job({"phone": "139"}, {"phone": as_technician}, ver=NEXT),
                True,
                [("phone", "conflict", "later_stands")],
                [conflict("phone", "later_stands", "open", side("139", as_technician), side("138", DESK))],
            ),
            author=BOTH,
        ),
        _case(
            "roles: of two that own the field the author's order decides, not the field's",
            _job(),
            operation("phone-a", 20, {"advice": "Call back."}, base=SEEN),
            _says(_job({"advice": "Call back."}, {"advice": as_desk}, ver=NEXT)),
            author=MANY,
        ),
        _case(
            "roles: one operation writes each field in its own role",
            _job({"phone": "138", "priority": "high"}),
            operation("phone-a", 20, {"phone": "139", "priority": "low"}, base=SEEN),
            _says(
                _job(
                    {"phone": "139", "priority": "low"},
                    {"phone": as_technician, "priority": as_desk},
                    ver=NEXT,
                )
            ),
            author=BOTH,
        ),
        _case(
            "request: a text is kept in the form in which it came",
            _job({"advice": "Wait."}),
            operation("phone-a", 20, {"advice": {"text": "Wait for parts.", "base": "Wait."}}, base=SEEN),
            _says(
                _job({"advice": "Wait."}),
                False,
                [("advice", "conflict", "requested")],
                [
                    conflict(
                        "advice",
                        "requested",
                        "open",
                        side("Wait.", DESK),
                        side({"text": "Wait for parts.", "base": "Wait."}, _mine("technician")),
                    )
                ],
            ),
        ),
    ]


def _made() -> list[Json]:
    made = _mine("technician")
    seen: Json = {"phone": "138"}
    deletion: Clock = (5, "desk-li", 11, "dispatcher")
    dead = _job(seen, {"phone": (2, "desk-li", 9, "dispatcher"), "_deleted": deletion}, ver=5, deleted=True)
    return [
        _case(
            "roles: a creation is the first one's, a field that the second one owns has a clock of its own",
            None,
            operation("phone-a", 20, {"phone": "139", "priority": "low"}, action="create"),
            _says(
                record(
                    {**START, "phone": "139", "priority": "low", "quota": 0, "gate": "new"},
                    {"priority": _mine("dispatcher")},
                    ver=NEXT,
                    created=made,
                )
            ),
            author=BOTH,
        ),
        _case(
            "roles: origins that differ in the role alone are sorted by it",
            None,
            operation("phone-a", 20, {"priority": "low", "audience": "all"}, action="create"),
            _says(
                record(
                    {**START, "audience": "all", "priority": "low", "quota": 0, "gate": "new"},
                    {"audience": _mine("auditor"), "priority": _mine("dispatcher")},
                    ver=NEXT,
                    created=made,
                )
            ),
            author={"user": "alice", "roles": ["technician", "dispatcher", "auditor"]},
        ),
        _case(
            "roles: a deletion is the first one's",
            _job(seen),
            operation("phone-a", 20, {}, action="delete", base=SEEN),
            _says(_job(seen, {"phone": DESK, "_deleted": made}, ver=NEXT, deleted=True)),
            author=BOTH,
        ),
        _case(
            "roles: work that revives is the first one's, its field the second one's",
            dead,
            operation("phone-a", 20, {"priority": "low"}, base=("e1", 3)),
            _says(
                _job(
                    {"phone": "138", "priority": "low"},
                    {
                        "phone": (2, "desk-li", 9, "dispatcher"),
                        "priority": _mine("dispatcher"),
                        "_deleted": made,
                    },
                    ver=NEXT,
                ),
                True,
                [("_deleted", "conflict", "deleted_meanwhile")],
                [conflict("_deleted", "deleted_meanwhile", "open", side(False, made), side(True, deletion))],
            ),
            author=BOTH,
        ),
        _case(
            "roles: a decided value is the decider's in the role that owns the field",
            _job({"priority": "high"}),
            operation("phone-a", 20, {"priority": "low"}, base=UNSEEN),
            _says(_job({"priority": "low"}, {"priority": _mine("dispatcher")}, ver=NEXT)),
            author=BOTH,
            forced=True,
        ),
    ]
