"""The state machines, as total tables: every state answers every event.

A row names what moves; whatever it does not name is answered by `otherwise`. `STAY` says that the event is true
already. Field people leave steps out when there is no signal or no free hand, so later steps are reachable from
earlier ones; going back is a fact that is kept beside the state (`:keep_both`), and a contradiction is for a person
(`:conflict`).
"""

from __future__ import annotations

from sync.policy import CONFLICT, KEEP_BOTH, Machine

STAY = "stay"


def machine(initial: str, events: dict[str, str], rows: dict[str, dict[str, str]], otherwise: str) -> Machine:
    """Complete `rows` to a total table. `STAY` in a row stands for its own state."""
    table = {
        name: {
            event: name if row.get(event) == STAY else row.get(event, otherwise if target != name else name)
            for event, target in events.items()
        }
        for name, row in rows.items()
    }
    return Machine(initial=initial, events=events, table=table)


DISPATCH = machine(
    "planned",
    {"dispatch": "dispatched", "withdraw": "withdrawn", "cancel": "cancelled", "reinstate": "dispatched"},
    {
        "planned": {
            "dispatch": "dispatched",
            "withdraw": "withdrawn",
            "cancel": "cancelled",
            "reinstate": STAY,
        },
        "dispatched": {"withdraw": "withdrawn", "cancel": "cancelled", "reinstate": STAY},
        "withdrawn": {"cancel": "cancelled", "reinstate": "dispatched"},
        "cancelled": {"withdraw": STAY, "reinstate": "dispatched"},
    },
    CONFLICT,
)
"""visit.dispatch_state. Dispatching what was withdrawn or cancelled contradicts; to reinstate it says so openly."""

_AT_THE_END = {
    "finish": "work_done",
    "sign_off": "signed_off",
    "complete": "done",
    "leave_incomplete": "incomplete",
}
_ON_SITE = {"start": "working", **_AT_THE_END, "report_no_access": "no_access"}
_FROM_THE_ROAD = {"travel": "traveling", "arrive": "on_site", **_ON_SITE}

EXECUTION = machine(
    "received",
    {
        "accept": "accepted",
        "decline": "declined",
        "travel": "traveling",
        "arrive": "on_site",
        "start": "working",
        "pause": "paused",
        "resume": "working",
        "finish": "work_done",
        "sign_off": "signed_off",
        "complete": "done",
        "leave_incomplete": "incomplete",
        "report_no_access": "no_access",
    },
    {
        "received": {"accept": "accepted", "decline": "declined", **_FROM_THE_ROAD},
        "accepted": {"decline": "declined", **_FROM_THE_ROAD},
        "declined": {
            "accept": "accepted",
            **dict.fromkeys((*_FROM_THE_ROAD, "pause", "resume"), CONFLICT),
        },
        "traveling": {"decline": "declined", **_FROM_THE_ROAD},
        "on_site": {**_ON_SITE, "pause": "paused"},
        "working": {**_ON_SITE, "pause": "paused", "resume": STAY},
        "paused": {**_ON_SITE, "resume": "working"},
        "work_done": {**_AT_THE_END, "start": "working", "resume": "working"},
        "signed_off": {"complete": "done"},
        "done": {},
        "incomplete": {**_FROM_THE_ROAD, "resume": "working", "report_no_access": KEEP_BOTH},
        "no_access": {**_FROM_THE_ROAD, "leave_incomplete": KEEP_BOTH},
    },
    KEEP_BOTH,
)
"""visit.exec_state. It knows nothing of dispatch: a technician's facts on a withdrawn or cancelled visit are facts."""

CONFIRMATION = machine(
    "unasked",
    {
        "ask": "asked",
        "confirm": "confirmed",
        "request_change": "change_requested",
        "expire": "no_reply",
        "rearm": "unasked",
    },
    {
        "unasked": {
            "ask": "asked",
            "confirm": "confirmed",
            "request_change": "change_requested",
            "expire": "no_reply",
        },
        "asked": {
            "confirm": "confirmed",
            "request_change": "change_requested",
            "expire": "no_reply",
            "rearm": "unasked",
        },
        "confirmed": {"ask": STAY, "request_change": "change_requested", "expire": STAY, "rearm": "unasked"},
        "change_requested": {"ask": STAY, "confirm": "confirmed", "expire": STAY, "rearm": "unasked"},
        "no_reply": {
            "ask": "asked",
            "confirm": "confirmed",
            "request_change": "change_requested",
            "rearm": "unasked",
        },
    },
    KEEP_BOTH,
)
"""visit.confirmation: moved by the system alone, from the technician's tap and the customer's answers."""

NOTIFICATION = machine(
    "waiting",
    {
        "accept": "accepted",
        "deliver": "delivered",
        "open": "opened",
        "fail": "failed",
        "expire": "expired",
        "withdraw": "withdrawn",
    },
    {
        "waiting": {
            "accept": "accepted",
            "deliver": "delivered",
            "open": "opened",
            "fail": "failed",
            "expire": "expired",
            "withdraw": "withdrawn",
        },
        "accepted": {"accept": STAY, "deliver": "delivered", "open": "opened", "fail": "failed"},
        "delivered": {"accept": STAY, "deliver": STAY, "open": "opened"},
        "opened": {"accept": STAY, "deliver": STAY, "open": STAY},
        "failed": {"deliver": "delivered", "open": "opened"},
        "expired": {"deliver": "delivered", "open": "opened"},
        "withdrawn": {},
    },
    KEEP_BOTH,
)
"""notification.state: a channel may fail after it accepted; what was opened was delivered, whoever forgot to say so."""

EXPERT_CASE = machine(
    "requested",
    {
        "media_arrives": "media_arriving",
        "make_ready": "ready",
        "claim": "claimed",
        "release": "requested",
        "answer": "answered",
        "apply": "applied",
        "find_ineffective": "ineffective",
        "close": "closed",
    },
    {
        "requested": {
            "media_arrives": "media_arriving",
            "make_ready": "ready",
            "claim": "claimed",
            "answer": "answered",
            "close": "closed",
        },
        "media_arriving": {
            "make_ready": "ready",
            "claim": "claimed",
            "release": STAY,
            "answer": "answered",
            "close": "closed",
        },
        "ready": {
            "media_arrives": STAY,
            "claim": "claimed",
            "release": STAY,
            "answer": "answered",
            "close": "closed",
        },
        "claimed": {
            "media_arrives": STAY,
            "make_ready": STAY,
            "release": "requested",
            "answer": "answered",
            "close": "closed",
        },
        "answered": {
            "media_arrives": STAY,
            "make_ready": STAY,
            "release": STAY,
            "apply": "applied",
            "find_ineffective": "ineffective",
            "close": "closed",
        },
        "applied": {
            "media_arrives": STAY,
            "release": STAY,
            "find_ineffective": "ineffective",
            "close": "closed",
        },
        "ineffective": {
            "media_arrives": STAY,
            "release": STAY,
            "claim": "claimed",
            "answer": "answered",
            "apply": "applied",
            "close": "closed",
        },
        "closed": {"media_arrives": STAY, "release": STAY},
    },
    KEEP_BOTH,
)
"""expert_case.state. An answer may come at any time, after the close too: it is kept. Released, it waits
again; how far its clips are follows.
"""

MEDIA = machine(
    "captured",
    {
        "queue": "queued",
        "receive_part": "partial",
        "store": "stored",
        "verify": "verified",
        "quarantine": "quarantined",
    },
    {
        "captured": {
            "queue": "queued",
            "receive_part": "partial",
            "store": "stored",
            "verify": "verified",
            "quarantine": "quarantined",
        },
        "queued": {
            "receive_part": "partial",
            "store": "stored",
            "verify": "verified",
            "quarantine": "quarantined",
        },
        "partial": {"queue": STAY, "store": "stored", "verify": "verified", "quarantine": "quarantined"},
        "stored": {"queue": STAY, "receive_part": STAY, "verify": "verified", "quarantine": "quarantined"},
        "verified": {"queue": STAY, "receive_part": STAY, "store": STAY, "quarantine": "quarantined"},
        "quarantined": {"queue": STAY, "receive_part": STAY, "store": STAY, "verify": "verified"},
    },
    KEEP_BOTH,
)
"""media.state: how far the bytes of the original have come. It never goes back, except into quarantine."""

SIGN_OFF = machine(
    "standing",
    {"amend": "amended", "sign_again": "signed_again"},
    {
        "standing": {"amend": "amended", "sign_again": "signed_again"},
        "amended": {"sign_again": "signed_again"},
        "signed_again": {"amend": "amended"},
    },
    KEEP_BOTH,
)
"""sign_off.state: whether amendments wait for a new signature. What was signed stays as it is in all of them."""

SERVICE_REPORT = machine(
    "rendered",
    {"hand_over": "handed_over", "send": "sent", "deliver": "delivered", "fail": "failed"},
    {
        "rendered": {"hand_over": "handed_over", "send": "sent", "deliver": "delivered", "fail": "failed"},
        "handed_over": {"send": STAY, "deliver": "delivered", "fail": STAY},
        "sent": {"hand_over": "handed_over", "deliver": "delivered", "fail": "failed"},
        "delivered": {"hand_over": STAY, "send": STAY, "fail": STAY},
        "failed": {"hand_over": "handed_over", "send": "sent", "deliver": "delivered"},
    },
    KEEP_BOTH,
)
"""service_report.state: handed over on the spot or delivered, the report is in the customer's hands."""

MASTER_CHANGE = machine(
    "waiting",
    {"approve": "approved", "reject": "rejected"},
    {
        "waiting": {"approve": "approved", "reject": "rejected"},
        "approved": {"reject": KEEP_BOTH},
        "rejected": {"approve": "approved"},
    },
    KEEP_BOTH,
)
"""master_change.state: a correction made on site waits for the office."""

AMENDMENT = machine(
    "proposed",
    {"sign": "signed", "refuse": "refused"},
    {
        "proposed": {"sign": "signed", "refuse": "refused"},
        "signed": {"refuse": CONFLICT},
        "refused": {"sign": "signed"},
    },
    KEEP_BOTH,
)
"""amendment.state: a change of signed content waits for the customer's new signature."""

INBOX = machine(
    "open",
    {"settle": "done", "reopen": "open"},
    {"open": {"settle": "done"}, "done": {"reopen": "open"}},
    KEEP_BOTH,
)
"""inbox_item.state."""
