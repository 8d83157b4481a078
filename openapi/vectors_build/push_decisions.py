"""push.json, second part: people decide about conflicts (section 6.14)."""

from __future__ import annotations

from typing import Any

from openapi.vectors_build.form import conflict_id, operation, side
from openapi.vectors_build.push_steps import A, case, desk, holds, line, op, push, said, took
from openapi.vectors_build.world import Json


def _conflict(field: str, device: str, seq: int, entity: str = "job", id: str = "j1") -> str:
    return conflict_id(entity, id, field, side(None, (0, device, seq, "")))


def decides(
    name: str, conflict: str, choose: str, standing: tuple[str, int], expect: Json, base: int, **more: Any
) -> Json:
    """A step: the desk decides about the standing value that it was shown."""
    decision: Json = {"choose": choose, "standing_device": standing[0], "standing_seq": standing[1], **more}
    return desk(name, {"decision": decision}, expect, base, entity="conflict", record=conflict)


def _applied(wrote: int) -> Json:
    return {"results": [took(1, wrote)]}


def _clash(field: str, ours: Any, theirs: Any, reason: str) -> list[Json]:
    """The desk wrote first, unseen by the phone."""
    outcome = "merged" if reason == "entry_exists" else "conflict"
    loser = ("desk-li", 2) if reason == "later_stands" else (A, 1)
    return [
        desk("d1", {field: ours}, _applied(2), 1),
        push(
            [op(1, {field: theirs})],
            {"results": [took(1, 3, outcome, reason, fields=[said(field, outcome, reason, *loser)])]},
        ),
    ]


def cases() -> list[Json]:
    """Each starts with a conflict that the protocol made."""
    phone, serial = _conflict("phone", "desk-li", 2), _conflict("serial", A, 1)
    request, gate = _conflict("priority", A, 1), _conflict("gate", A, 1)
    log, quota, state = _conflict("log", A, 1), _conflict("quota", A, 1), _conflict("state", A, 1)
    remarks = _conflict("remarks", A, 1)
    return [
        case(
            "decision: what stands is right",
            *_clash("serial", "A7", "B8", "both_kept"),
            decides("d2", serial, "standing", ("desk-li", 2), _applied(4), 3),
            holds({"serial": "A7"}),
            holds({"state": "decided"}, "conflict", serial),
        ),
        case(
            "decision: the losing value is right",
            *_clash("serial", "A7", "B8", "both_kept"),
            decides("d2", serial, "losing", ("desk-li", 2), _applied(4), 3),
            holds({"serial": "B8"}),
            holds({"state": "decided"}, "conflict", serial),
        ),
        case(
            "decision: another value is right",
            *_clash("serial", "A7", "B8", "both_kept"),
            decides("d2", serial, "other", ("desk-li", 2), _applied(4), 3, value="C9"),
            holds({"serial": "C9"}),
        ),
        case(
            "decision: another value that does not fit is refused",
            *_clash("serial", "A7", "B8", "both_kept"),
            decides("d2", serial, "other", ("desk-li", 2), {"refused": ["invalid_value"]}, 3, value=9),
            holds({"serial": "A7"}),
            holds({"state": "open"}, "conflict", serial),
        ),
        case(
            "decision: the later value is taken back",
            *_clash("phone", "138", "139", "later_stands"),
            decides("d2", phone, "losing", (A, 1), _applied(4), 3),
            holds({"phone": "138"}),
        ),
        case(
            "decision: about a value that has changed since is shown again",
            *_clash("phone", "138", "139", "later_stands"),
            push([op(2, {"phone": "137"}, 3)], {"results": [took(2, 4)]}),
            decides(
                "d2",
                phone,
                "losing",
                (A, 1),
                {
                    "results": [
                        took(
                            1,
                            5,
                            "conflict",
                            "value_changed",
                            fields=[{"field": "decision", "outcome": "conflict", "reason": "value_changed"}],
                        )
                    ]
                },
                3,
            ),
            holds({"phone": "137"}),
            holds(
                {"state": "open", "standing": {"value": "137", "device": A, "seq": 2, "by": "technician"}},
                "conflict",
                phone,
            ),
            decides("d3", phone, "losing", (A, 2), _applied(6), 5),
            holds({"phone": "138"}),
        ),
        case(
            "decision: the first one counts",
            *_clash("serial", "A7", "B8", "both_kept"),
            decides("d2", serial, "losing", ("desk-li", 2), _applied(4), 3),
            decides(
                "d3",
                serial,
                "standing",
                ("desk-li", 2),
                {
                    "results": [
                        took(
                            1,
                            4,
                            "merged",
                            "already_decided",
                            fields=[{"field": "decision", "outcome": "merged", "reason": "already_decided"}],
                        )
                    ]
                },
                3,
            ),
            holds({"serial": "B8"}),
        ),
        case(
            "decision: a request is granted",
            push(
                [op(1, {"priority": "high"})],
                {
                    "results": [
                        took(
                            1,
                            2,
                            "conflict",
                            "requested",
                            fields=[said("priority", "conflict", "requested", A, 1)],
                        )
                    ]
                },
            ),
            decides("d2", request, "losing", ("", 0), _applied(3), 2),
            holds({"priority": "high"}),
        ),
        case(
            "decision: a requested step is granted",
            push(
                [op(1, {"gate": {"event": "start"}})],
                {
                    "results": [
                        took(
                            1,
                            2,
                            "conflict",
                            "requested",
                            fields=[said("gate", "conflict", "requested", A, 1)],
                        )
                    ]
                },
            ),
            decides("d2", gate, "losing", ("desk-li", 1), _applied(3), 2),
            holds({"gate": "working"}),
        ),
        case(
            "decision: a requested increment is granted",
            push(
                [op(1, {"quota": {"inc": 2}})],
                {
                    "results": [
                        took(
                            1,
                            2,
                            "conflict",
                            "requested",
                            fields=[said("quota", "conflict", "requested", A, 1)],
                        )
                    ]
                },
            ),
            decides("d2", quota, "losing", ("desk-li", 1), _applied(3), 2),
            holds({"quota": 2}),
        ),
        case(
            "decision: a request is turned down",
            push(
                [op(1, {"priority": "high"})],
                {
                    "results": [
                        took(
                            1,
                            2,
                            "conflict",
                            "requested",
                            fields=[said("priority", "conflict", "requested", A, 1)],
                        )
                    ]
                },
            ),
            decides("d2", request, "standing", ("", 0), _applied(3), 2),
            holds({"priority": None}),
            holds({"state": "decided"}, "conflict", request),
        ),
        case(
            "decision: what the author writes after it is an ordinary word",
            *_clash("serial", "A7", "B8", "both_kept"),
            decides("d2", serial, "losing", ("desk-li", 2), _applied(4), 3),
            push([op(2, {"serial": "C9"}, 4)], {"results": [took(2, 5)]}),
            holds({"serial": "C9"}),
        ),
        case(
            "decision: work that has not seen it meets it like any other word",
            *_clash("serial", "A7", "B8", "both_kept"),
            decides("d2", serial, "losing", ("desk-li", 2), _applied(4), 3),
            push(
                [op(2, {"serial": "C9"}, 3)],
                {
                    "results": [
                        took(
                            2,
                            5,
                            "conflict",
                            "both_kept",
                            fields=[said("serial", "conflict", "both_kept", A, 2)],
                        )
                    ]
                },
            ),
            holds({"serial": "B8"}),
        ),
        case(
            "decision: a contradicting step is right after all",
            desk("d1", {"state": {"event": "cancel"}}, _applied(2), 1),
            push(
                [op(1, {"state": {"event": "finish"}})],
                {
                    "results": [
                        took(
                            1,
                            3,
                            "conflict",
                            "event_conflicts",
                            fields=[said("state", "conflict", "event_conflicts", A, 1)],
                        )
                    ]
                },
            ),
            decides("d2", state, "losing", ("desk-li", 2), _applied(4), 3),
            holds({"state": "done"}),
        ),
        case(
            "decision: the clashing entry is right",
            *_clash(
                "log",
                {"add": [{"id": "e1", "what": "cleaned"}]},
                {"add": [{"id": "e1", "what": "washed"}]},
                "entry_exists",
            ),
            decides("d2", log, "losing", ("desk-li", 2), _applied(4), 3),
            holds({"log": [{"id": "e1", "what": "washed"}]}),
            holds({"state": "decided"}, "conflict", log),
        ),
        case(
            "decision: an overlapping text is right",
            desk("d1", {"remarks": {"text": "Fan broken.", "base": ""}}, _applied(2), 1),
            push(
                [op(1, {"remarks": {"text": "Fan noisy.", "base": ""}})],
                {
                    "results": [
                        took(
                            1,
                            3,
                            "conflict",
                            "text_overlaps",
                            fields=[said("remarks", "conflict", "text_overlaps", A, 1)],
                        )
                    ]
                },
            ),
            decides("d2", remarks, "losing", ("desk-li", 2), _applied(4), 3),
            holds({"remarks": "Fan noisy."}),
        ),
        *_about_deletions(),
    ]


def _about_deletions() -> list[Json]:
    made = push([line(1, {"job": "j1", "text": "t"}, action="create")], {"results": [took(1, 2)]})
    where: Json = {"entity": "line", "record": "l1"}
    kept = _conflict("_deleted", "desk-li", 2, "line", "l1")
    said_kept = {"field": "_deleted", "outcome": "conflict", "reason": "edited_meanwhile", "conflict": kept}
    later = _conflict("text", "desk-li", 2, "line", "l1")
    said_later = {"field": "text", "outcome": "conflict", "reason": "later_stands", "conflict": later}
    unseen = [
        made,
        push([line(2, {"text": "more"}, base=2)], {"results": [took(2, 3)]}),
        desk(
            "d1",
            {},
            {"results": [took(1, 4, "conflict", "edited_meanwhile", fields=[said_kept])]},
            2,
            action="delete",
            **where,
        ),
    ]
    return [
        case(
            "decision: it is deleted after all",
            *unseen,
            decides("d2", kept, "losing", (A, 2), _applied(5), 4),
            {"record": where_key("line", "l1"), "expect": {"deleted": True}},
        ),
        case(
            "decision: a deletion is not carried out over work that came after the question",
            *unseen,
            push([line(3, {"text": "still more"}, base=4)], {"results": [took(3, 5)]}),
            decides(
                "d2",
                kept,
                "losing",
                (A, 2),
                {
                    "results": [
                        took(
                            1,
                            6,
                            "conflict",
                            "value_changed",
                            fields=[{"field": "decision", "outcome": "conflict", "reason": "value_changed"}],
                        )
                    ]
                },
                4,
            ),
            {"record": where_key("line", "l1"), "expect": {"deleted": False}},
        ),
        case(
            "decision: about a field of what is deleted by now does not bring it back",
            made,
            desk("d1", {"text": "b"}, _applied(3), 2, **where),
            push(
                [line(2, {"text": "c"}, base=2), line(3, {"text": "d"}, base=1)],
                {
                    "results": [
                        {"seq": 2, "status": "conflict", "reason": "later_stands", "fields": [said_later]},
                        {"seq": 3, "status": "applied"},
                    ]
                },
            ),
            desk("d2", {}, _applied(5), 4, action="delete", **where),
            decides("d3", later, "losing", (A, 3), _applied(6), 5),
            {"record": where_key("line", "l1"), "expect": {"deleted": True, "fields": {"text": "b"}}},
            holds({"state": "decided"}, "conflict", later),
        ),
        case(
            "decision: what was revived stays deleted after all",
            made,
            desk("d1", {}, {"results": [took(1, 3)]}, 2, action="delete", **where),
            push(
                [operation(A, 2, {"text": "more"}, base=("e1", 2), entity="line", id="l1")],
                {
                    "results": [
                        took(
                            2,
                            4,
                            "conflict",
                            "deleted_meanwhile",
                            fields=[
                                {
                                    "field": "_deleted",
                                    "outcome": "conflict",
                                    "reason": "deleted_meanwhile",
                                    "conflict": kept,
                                }
                            ],
                        )
                    ]
                },
            ),
            {"record": where_key("line", "l1"), "expect": {"deleted": False, "fields": {"text": "more"}}},
            decides("d2", kept, "losing", (A, 2), _applied(5), 4),
            {"record": where_key("line", "l1"), "expect": {"deleted": True}},
        ),
    ]


def where_key(entity: str, id: str) -> Json:
    """How a step names a record."""
    return {"entity": entity, "id": id}
