"""merge.json, third part: elements of sets, groups, several fields at once, requests, values that a person chose."""

from __future__ import annotations

from openapi.vectors_build.form import Clock, conflict, operation, record, side
from openapi.vectors_build.merge_more import DESK, MINE, NEXT, SEEN, START, UNSEEN, _case, _job, _says
from openapi.vectors_build.world import EPOCH, OLD_EPOCH, Json


def elements() -> list[Json]:
    """Section 6.4: each element has its own clock; one that nobody named since has the creation's."""
    both: dict[str, Clock] = {"tags": DESK, "tags/wet": DESK}
    old: Clock = (2, "desk-li", 9, "dispatcher")
    later: Clock = (4, "phone-a", 30, "technician")
    aged = _job({"tags": ["loud", "wet"]}, {"tags": DESK, "tags/loud": DESK, "tags/wet": old})
    present = _job({"tags": ["wet"]}, {"tags": old, "tags/wet": old})
    from_creation = record({**START, "tags": ["wet"]}, {}, ver=1)
    removal = operation("phone-a", 20, {"tags": {"remove": ["wet"]}}, base=UNSEEN)
    return [
        _case(
            "set: another element was added meanwhile, the removed one was seen",
            aged,
            removal,
            _says(_job({"tags": ["loud"]}, {"tags": MINE, "tags/loud": DESK, "tags/wet": MINE}, ver=NEXT)),
        ),
        _case(
            "set: an element that is present is added again, and remembered",
            present,
            operation("phone-a", 20, {"tags": {"add": ["wet"]}}, base=SEEN),
            _says(_job({"tags": ["wet"]}, {"tags": MINE, "tags/wet": MINE}, ver=NEXT)),
        ),
        _case(
            "set: an element that is present is added again late, and remembered",
            _job({"tags": ["wet"]}, both),
            operation("phone-a", 20, {"tags": {"add": ["wet"]}}, base=UNSEEN),
            _says(_job({"tags": ["wet"]}, {"tags": MINE, "tags/wet": MINE}, ver=NEXT)),
            replayed=True,
        ),
        _case(
            "set: its author's own later removal stands",
            _job({"tags": []}, {"tags": later, "tags/wet": later}),
            operation("phone-a", 20, {"tags": {"add": ["wet"]}}, base=UNSEEN),
            _says(_job({"tags": []}, {"tags": later, "tags/wet": later}), False, [("tags", "same", "")]),
        ),
        _case(
            "set: an element added again unseen survives its removal",
            _job({"tags": ["wet"]}, both),
            removal,
            _says(_job({"tags": ["wet"]}, both), False, [("tags", "merged", "element_kept")]),
        ),
        _case(
            "set: an element of an unseen creation survives its removal",
            from_creation,
            operation("phone-a", 20, {"tags": {"remove": ["wet"]}}, base=(EPOCH, 0)),
            _says(from_creation, False, [("tags", "merged", "element_kept")]),
        ),
        _case(
            "set: an element of the creation survives a removal from another epoch",
            from_creation,
            operation("phone-a", 20, {"tags": {"remove": ["wet"]}}, base=(OLD_EPOCH, 9)),
            _says(from_creation, False, [("tags", "merged", "element_kept")]),
        ),
        _case(
            "set: one removed, one kept, one added",
            aged,
            operation("phone-a", 20, {"tags": {"add": ["hot"], "remove": ["loud", "wet"]}}, base=UNSEEN),
            _says(
                _job(
                    {"tags": ["hot", "loud"]},
                    {"tags": MINE, "tags/hot": MINE, "tags/loud": DESK, "tags/wet": MINE},
                    ver=NEXT,
                ),
                True,
                [("tags", "merged", "element_kept")],
            ),
        ),
        _case(
            "set: elements are sorted by code point",
            _job({"tags": ["\U0001f527"]}, {"tags": DESK, "tags/\U0001f527": DESK}),
            operation("phone-a", 20, {"tags": {"add": ["\uff21", "zh"]}}, base=SEEN),
            _says(
                _job(
                    {"tags": ["zh", "\uff21", "\U0001f527"]},
                    {"tags": MINE, "tags/\U0001f527": DESK, "tags/\uff21": MINE, "tags/zh": MINE},
                    ver=NEXT,
                )
            ),
        ),
        _case(
            "set: an element is added and removed by one operation",
            _job({"tags": ["loud"]}, {"tags": DESK, "tags/loud": DESK}),
            operation("phone-a", 20, {"tags": {"add": ["hot"], "remove": ["hot"]}}, base=UNSEEN),
            _says(_job({"tags": ["loud"]}, {"tags": MINE, "tags/loud": DESK, "tags/hot": MINE}, ver=NEXT)),
        ),
        _case(
            "set: an element that others added meanwhile survives its removal beside its own addition",
            _job({"tags": ["wet"]}, both),
            operation("phone-a", 20, {"tags": {"add": ["wet"], "remove": ["wet"]}}, base=UNSEEN),
            _says(
                _job({"tags": ["wet"]}, {"tags": MINE, "tags/wet": MINE}, ver=NEXT),
                True,
                [("tags", "merged", "element_kept")],
            ),
        ),
        *(
            _case(
                f"set: of two removals that fail the last one sent gives the reason, {reason}",
                _job({"tags": ["loud", "wet"]}, {"tags": DESK, "tags/loud": later, "tags/wet": DESK}),
                operation("phone-a", 20, {"tags": {"remove": sent}}, base=UNSEEN),
                _says(
                    _job({"tags": ["loud", "wet"]}, {"tags": DESK, "tags/loud": later, "tags/wet": DESK}),
                    False,
                    [("tags", "merged", reason)],
                ),
            )
            for sent, reason in ((["loud", "wet"], "element_kept"), (["wet", "loud"], "superseded"))
        ),
        _case(
            "set: nothing named is nothing done",
            present,
            operation("phone-a", 20, {"tags": {"add": []}}, base=SEEN),
            _says(present, False, [("tags", "same", "")]),
        ),
        _case(
            "set: one element added late in vain, another added: what stands is the set afterwards",
            _job({"tags": []}, both),
            operation("phone-a", 20, {"tags": {"add": ["hot", "wet"]}}, base=UNSEEN),
            _says(
                _job({"tags": ["hot"]}, {"tags": MINE, "tags/wet": DESK, "tags/hot": MINE}, ver=NEXT),
                True,
                [("tags", "conflict", "replayed_late")],
                [
                    conflict(
                        "tags", "replayed_late", "open", side(["hot"], MINE), side({"add": ["wet"]}, MINE)
                    )
                ],
            ),
            replayed=True,
        ),
        _case(
            "set: what is not there may be removed",
            _job({"tags": ["loud"]}),
            operation("phone-a", 20, {"tags": {"remove": ["dry"]}}, base=SEEN),
            _says(_job({"tags": ["loud"]}, {"tags": MINE, "tags/dry": MINE}, ver=NEXT)),
        ),
    ]


def entries() -> list[Json]:
    """Section 6.3: one entry is new, one clashes."""
    first = {"id": "e1", "what": "cleaned"}
    clash, new = {"id": "e1", "what": "washed"}, {"id": "e2", "what": "oiled"}
    return [
        _case(
            "append: a new entry beside a clashing one",
            _job({"log": [first]}),
            operation("phone-a", 20, {"log": {"add": [clash, new]}}, base=UNSEEN),
            _says(
                _job({"log": [first, new]}, {"log": MINE}, ver=NEXT),
                True,
                [("log", "merged", "entry_exists")],
                [
                    conflict(
                        "log",
                        "entry_exists",
                        "settled",
                        side([first, new], MINE),
                        side({"add": [clash]}, MINE),
                    )
                ],
            ),
        ),
        _case(
            "append: nothing named is nothing done",
            _job({"log": [first]}),
            operation("phone-a", 20, {"log": {"add": []}}, base=SEEN),
            _says(_job({"log": [first]}), False, [("log", "same", "")]),
        ),
        _case(
            "append: two entries under one id, the first counts",
            _job(),
            operation("phone-a", 20, {"log": {"add": [first, clash]}}, base=SEEN),
            _says(
                _job({"log": [first]}, {"log": MINE}, ver=NEXT),
                True,
                [("log", "merged", "entry_exists")],
                [
                    conflict(
                        "log", "entry_exists", "settled", side([first], MINE), side({"add": [clash]}, MINE)
                    )
                ],
            ),
        ),
        _case(
            "append: a known entry beside a new one",
            _job({"log": [first]}),
            operation("phone-a", 20, {"log": {"add": [first, new]}}, base=UNSEEN),
            _says(_job({"log": [first, new]}, {"log": MINE}, ver=NEXT)),
        ),
    ]


def together() -> list[Json]:
    """Each field is judged by itself; a group is one field."""
    early = {"starts_at": "2026-01-31T08:00:00Z", "ends_at": "2026-01-31T09:00:00Z"}
    late = {"starts_at": "2026-01-31T10:00:00Z", "ends_at": "2026-01-31T11:00:00Z"}
    return [
        _case(
            "group: both ends change together",
            _job({"window": early}),
            operation("phone-a", 20, {"window": late}, base=UNSEEN),
            _says(
                _job({"window": late}, {"window": MINE}, ver=NEXT),
                True,
                [("window", "conflict", "later_stands")],
                [conflict("window", "later_stands", "open", side(late, MINE), side(early, DESK))],
            ),
        ),
        _case(
            "fields: one applies, one is a request, one is kept both",
            _job(
                {"phone": "138", "priority": "low", "serial": "A7"},
                {"phone": (2, "desk-li", 9, "dispatcher"), "priority": DESK, "serial": DESK},
            ),
            operation("phone-a", 20, {"phone": "139", "priority": "high", "serial": "B8"}, base=UNSEEN),
            _says(
                _job(
                    {"phone": "139", "priority": "low", "serial": "A7"},
                    {"phone": MINE, "priority": DESK, "serial": DESK},
                    ver=NEXT,
                ),
                True,
                [("priority", "conflict", "requested"), ("serial", "conflict", "both_kept")],
                [
                    conflict("priority", "requested", "open", side("low", DESK), side("high", MINE)),
                    conflict("serial", "both_kept", "open", side("A7", DESK), side("B8", MINE)),
                ],
            ),
        ),
        _case(
            "fields: a greater reading and a smaller one",
            _job({"reading": 900, "severity": "high"}),
            operation("phone-a", 20, {"reading": 1000, "severity": "mid"}, base=UNSEEN),
            _says(
                _job({"reading": 1000, "severity": "high"}, {"reading": MINE, "severity": DESK}, ver=NEXT),
                True,
                [("severity", "merged", "greater_stands")],
            ),
        ),
        _case(
            "fields: a value may be emptied",
            _job({"phone": "138"}),
            operation("phone-a", 20, {"phone": None}, base=SEEN),
            _says(_job({"phone": None}, {"phone": MINE}, ver=NEXT)),
        ),
        _case(
            "request: a step says where it would lead",
            _job({"gate": "new"}, {}, ver=1),
            operation("phone-a", 20, {"gate": {"event": "start"}}, base=SEEN),
            _says(
                _job({"gate": "new"}, {}, ver=1),
                False,
                [("gate", "conflict", "requested")],
                [
                    conflict(
                        "gate",
                        "requested",
                        "open",
                        side("new", (1, "desk-li", 1, "dispatcher")),
                        side({"event": "start", "to": "working"}, MINE),
                    )
                ],
            ),
        ),
    ]


def decided() -> list[Json]:
    """Section 6.14: a value that a person chose is set as it is."""
    own: Clock = (4, "phone-a", 30, "technician")

    def chosen(name: str, before: Json, set: Json, expect: Json) -> Json:
        return _case(
            f"decided: {name}", before, operation("phone-a", 20, set, base=UNSEEN), expect, forced=True
        )

    return [
        chosen(
            "whatever the relation",
            _job({"phone": "138"}, {"phone": own}),
            {"phone": "139"},
            _says(_job({"phone": "139"}, {"phone": MINE}, ver=NEXT)),
        ),
        chosen(
            "whatever the owner",
            _job({"priority": "low"}),
            {"priority": "high"},
            _says(_job({"priority": "high"}, {"priority": MINE}, ver=NEXT)),
        ),
        chosen(
            "even what is immutable",
            _job({"number": "SO-1"}),
            {"number": "SO-2"},
            _says(_job({"number": "SO-2"}, {"number": MINE}, ver=NEXT)),
        ),
        chosen(
            "a state of a machine, not an event",
            _job({"state": "cancelled"}),
            {"state": "done"},
            _says(_job({"state": "done"}, {"state": MINE}, ver=NEXT)),
        ),
        chosen(
            "null, which a maximum does not take by itself",
            _job({"severity": "high"}),
            {"severity": None},
            _says(_job({"severity": None}, {"severity": MINE}, ver=NEXT)),
        ),
        chosen(
            "a whole set: what comes and what goes has the clock",
            _job({"tags": ["loud", "wet"]}, {"tags": DESK, "tags/loud": DESK, "tags/wet": DESK}),
            {"tags": ["hot", "wet"]},
            _says(
                _job(
                    {"tags": ["hot", "wet"]},
                    {"tags": MINE, "tags/hot": MINE, "tags/loud": MINE, "tags/wet": DESK},
                    ver=NEXT,
                )
            ),
        ),
        chosen(
            "a change of a set instead of a set",
            _job(),
            {"tags": {"add": ["hot"]}},
            {"parked": "invalid_value"},
        ),
        chosen(
            "a set is kept sorted, each element once",
            _job({"tags": ["wet"]}, {"tags": DESK, "tags/wet": DESK}),
            {"tags": ["wet", "hot", "wet"]},
            _says(
                _job({"tags": ["hot", "wet"]}, {"tags": MINE, "tags/hot": MINE, "tags/wet": DESK}, ver=NEXT)
            ),
        ),
        chosen("a number in a set", _job(), {"tags": ["hot", 7]}, {"parked": "invalid_value"}),
        chosen("an entry without an id", _job(), {"log": [{"what": "oiled"}]}, {"parked": "invalid_value"}),
        chosen(
            "two entries under one id",
            _job(),
            {"log": [{"id": "e1"}, {"id": "e1", "what": "oiled"}]},
            {"parked": "invalid_value"},
        ),
        chosen("a state that does not exist", _job(), {"state": "exploded"}, {"parked": "invalid_value"}),
        chosen("a value that does not fit", _job(), {"phone": 7}, {"parked": "invalid_value"}),
    ]
