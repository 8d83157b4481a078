"""What a person at a desk has to decide or to do: conflicts, and items that the system opens."""

from __future__ import annotations

from domain.machines import INBOX
from domain.schema.kinds import (
    any_json,
    choice,
    group,
    instant,
    personal,
    text,
)
from domain.schema.owned import owned, state, system
from sync.conflict import conflict_entity
from sync.schema import ANY_ROOT, Entity

DECIDERS = ("dispatcher", "supervisor", "intake", "storekeeper", "expert", "technician")
"""Roles that may decide a conflict. A technician only about their own facts, which `domain.authority` judges."""
DESKS = ("dispatcher", "supervisor", "intake", "storekeeper")

ITEM_KINDS = (
    "bill_after_cancellation",
    "agreed_otherwise",
    "customer_wants_change",
    "recount",
    "duplicate_serial",
    "sign_again",
    "urgent_call_back",
    "declined",
    "signed_by_helper",
    "signature_not_verified",
    "two_on_one_job",
    "planned_twice",
    "visit_unconfirmed",
    "case_unclaimed",
)

INBOX_ITEM = Entity(
    root=ANY_ROOT,
    meaning="Something that the system cannot decide: the default is in force, and a person looks at it.",
    fields={
        "kind": system(choice(*ITEM_KINDS), "What it is about.", required=True),
        "entity": system(text(64), "Kind of the record in question.", required=True),
        "record": system(text(64), "Its id.", required=True),
        "for_role": system(
            choice("dispatcher", "supervisor", "storekeeper", "intake"), "Who looks at it first."
        ),
        "detail": system(personal(any_json()), "The facts, by kind."),
        "opened_at": system(instant(), "Time of the operation that opened it."),
        "state": state(DESKS, INBOX, "open or done."),
        "decision": owned(
            DESKS,
            group(choose=text(64, must=True), note=personal(text(1000)), at=instant()),
            "What was decided.",
        ),
    },
)

ENTITIES = {"inbox_item": INBOX_ITEM, "conflict": conflict_entity(DECIDERS)}
