"""The small business that all vectors speak of: jobs with one field per policy, and lines that belong to a job."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

EPOCH = "e1"
OLD_EPOCH = "e0"
JOB = "job/j1"

_TEXT: Json = {"kind": "text", "longest": 200}
_SIDE: Json = {
    "kind": "group",
    "members": {
        "value": {"kind": "json"},
        "device": {"kind": "text"},
        "seq": {"kind": "integer"},
        "by": {"kind": "text"},
    },
}
_DECISION: Json = {
    "kind": "group",
    "members": {
        "choose": {"kind": "choice", "choices": ["standing", "losing", "other"], "optional": False},
        "standing_device": {"kind": "text", "optional": False},
        "standing_seq": {"kind": "integer", "optional": False},
        "value": {"kind": "json"},
        "note": {"kind": "text", "longest": 500},
    },
}
_STATES: Json = {
    "name": "machine",
    "initial": "new",
    "events": {"start": "working", "finish": "done", "cancel": "cancelled"},
    "table": {
        "new": {"start": "working", "finish": "done", "cancel": "cancelled"},
        "working": {"start": "working", "finish": "done", "cancel": ":conflict"},
        "done": {"start": ":keep_both", "finish": "done", "cancel": ":keep_both"},
        "cancelled": {"start": ":conflict", "finish": ":conflict", "cancel": "cancelled"},
    },
}


def _field(type: Json, policy: str | Json, meaning: str, **more: Any) -> Json:
    named = {"name": policy} if isinstance(policy, str) else policy
    return {"type": type, "policy": named, "meaning": meaning, **more}


def _system(type: Json, meaning: str) -> Json:
    return _field(type, "owner", meaning, owner=["system"], others="refuse")


_JOB: Json = {
    "root": "job",
    "meaning": "A job to be done.",
    "fields": {
        "number": _field(_TEXT, "immutable", "Its number."),
        "answered_by": _field(_TEXT, "first", "Who answered first."),
        "priority": _field(_TEXT, "owner", "The desk's; others may request.", owner=["dispatcher"]),
        "hint": _field(_TEXT, "owner", "The desk's; others may fill.", owner=["dispatcher"], others="apply"),
        "billing": _field(_TEXT, "owner", "The desk's; closed.", owner=["dispatcher"], others="refuse"),
        "place": _field(_TEXT, "owner", "Everyone owns it."),
        "advice": _field(_TEXT, "text", "What to do; two roles own it.", owner=["expert", "dispatcher"]),
        "audience": _field(_TEXT, "owner", "Who may read it.", owner=["auditor"]),
        "phone": _field(_TEXT, "lww_with_inbox", "Customer's phone."),
        "serial": _field(_TEXT, "manual", "Serial number."),
        "severity": _field(
            {"kind": "choice", "choices": ["low", "mid", "high"]},
            {"name": "max", "order": ["low", "mid", "high"]},
            "The worst that anybody saw.",
        ),
        "reading": _field({"kind": "integer"}, "max", "The highest meter reading."),
        "remarks": _field(_TEXT, "text", "Prose."),
        "tags": _field({"kind": "list", "longest": 20}, "set_union", "Labels."),
        "log": _field({"kind": "list", "longest": 20}, "append", "What happened."),
        "used": _field({"kind": "integer"}, "counter", "Pieces used."),
        "state": _field({"kind": "text"}, _STATES, "Where the job stands."),
        "gate": _field({"kind": "text"}, _STATES, "The desk's machine.", owner=["dispatcher"]),
        "quota": _field({"kind": "integer"}, "counter", "The desk's counter.", owner=["dispatcher"]),
        "window": _field(
            {
                "kind": "group",
                "members": {
                    "starts_at": {"kind": "instant", "optional": False},
                    "ends_at": {"kind": "instant", "optional": False},
                },
            },
            "lww_with_inbox",
            "When; both ends have one clock.",
        ),
        "assignee": _field(_TEXT, "owner", "User who may see the job.", owner=["dispatcher"]),
        "lines": _system({"kind": "integer"}, "How many lines there are, counted by the system."),
    },
}
_LINE: Json = {
    "root": "job",
    "parent": "job",
    "meaning": "A line of a job.",
    "fields": {
        "job": _field(
            {"kind": "ref", "entity": "job", "optional": False}, "immutable", "Its job.", required=True
        ),
        "text": _field(_TEXT, "lww_with_inbox", "What it says."),
    },
}
_CONFLICT: Json = {
    "root": "*",
    "meaning": "Two words about one field, the one that stands, and who decides.",
    "fields": {
        "entity": _system({"kind": "text"}, "Entity of the record in question."),
        "record": _system({"kind": "text"}, "Id of the record in question."),
        "field": _system({"kind": "text"}, "Field or group in question; _deleted for a deletion."),
        "reason": _system({"kind": "text"}, "Code of the rule that gave the default."),
        "state": _system(
            {"kind": "choice", "choices": ["open", "settled", "decided"]},
            "open: a person decides; settled: by policy, reversible; decided: by a person.",
        ),
        "standing": _system(_SIDE, "The value that stands, and whose it is."),
        "losing": _system(_SIDE, "The value that does not, and whose it is."),
        "decision": _field(_DECISION, "first", "What was decided.", owner=["dispatcher"]),
    },
}

SCHEMA: Json = {"version": 2, "entities": {"job": _JOB, "line": _LINE, "conflict": _CONFLICT}}
