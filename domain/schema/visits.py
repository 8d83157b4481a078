"""Who goes and when, and what they do there: visit, assignment, step result, note, time entry, demonstration."""

from __future__ import annotations

from domain.machines import CONFIRMATION, DISPATCH, EXECUTION
from domain.schema.kinds import (
    address,
    any_json,
    boolean,
    choice,
    codes,
    group,
    instant,
    integer,
    list_of,
    moment,
    personal,
    ref,
    span,
    text,
)
from domain.schema.owned import (
    customer,
    dispatcher,
    entries,
    once,
    owned,
    prose,
    state,
    system,
    technician,
    union,
)
from sync.schema import Entity

PAUSES = ("parts", "expert", "customer", "break", "other")
ANSWERS = ("yes", "another_time", "call_me")

VISIT = Entity(
    root="work_order",
    meaning="One technician's coming. Its technician never changes: a reassignment withdraws it and makes another.",
    parent="work_order",
    fields={
        "work_order": once(ref("work_order"), "For which order.", required=True),
        "technician": once(ref("technician"), "Who comes; also the id of that user.", required=True),
        "ordinal": once(integer(1), "Its number on the order."),
        "instead_of": once(ref("visit"), "The withdrawn visit that it replaces."),
        "planned_by": once(text(64), "Id of who planned it."),
        "job_role": dispatcher(choice("lead", "helper"), "Role on the job; the lead decides and signs."),
        "window": dispatcher(span(), "When the office plans it."),
        "expected_minutes": dispatcher(integer(0), "How long it should take."),
        "checklists": union(
            ("dispatcher",), codes(20), "Ids of the checklist templates, each a pinned version."
        ),
        "to_carry": union(("dispatcher", "storekeeper"), codes(100), "Codes of parts to bring."),
        "dispatch_state": state(("dispatcher",), DISPATCH, "What the office has done with it."),
        "dispatch_reason": dispatcher(personal(text(400)), "Why it was withdrawn or cancelled."),
        "exec_state": state(
            ("technician",), EXECUTION, "What the technician has done; `received` on the phone that has it."
        ),
        "exec_reason": technician(
            group(code=choice(*PAUSES, "no_access", "declined", must=True), note=personal(text(1000))),
            "Why it is paused, declined, incomplete or without access.",
        ),
        "travel_started": technician(moment(), "When the technician set off."),
        "arrived": technician(moment(), "When the technician arrived."),
        "work_started": technician(moment(), "When the work began."),
        "work_finished": technician(moment(), "When the work was done."),
        "technician_confirmed": technician(
            group(at=instant(must=True), how=choice("tap", "call", must=True), note=personal(text(400))),
            "The technician's word that the time is confirmed.",
        ),
        "customer_answer": customer(
            group(
                at=instant(must=True),
                answer=choice(*ANSWERS, must=True),
                starts_at=instant(),
                wished=span(),
                evidence=personal(text(200)),
            ),
            "The customer's own answer by the link; `starts_at` is the time that was asked about.",
        ),
        "relayed_answer": owned(
            ("dispatcher", "intake"),
            group(
                at=instant(must=True), answer=choice(*ANSWERS, must=True), wished=span(), heard_by=text(64)
            ),
            "What the customer told the office.",
        ),
        "agreed_on_site": technician(
            group(
                starts_at=instant(must=True),
                ends_at=instant(must=True),
                agreed_at=instant(must=True),
                with_whom=personal(text(120)),
                evidence=personal(text(200)),
            ),
            "Another time that the customer confirmed on site, with its evidence.",
        ),
        "appointment": system(
            span(), "The time that stands: the latest that the customer confirmed, else the window."
        ),
        "confirmation": state(
            ("system",), CONFIRMATION, "Whether the time is confirmed; derived.", others="refuse"
        ),
        "address_on_site": technician(
            personal(address()), "Where it really was; the master waits for approval."
        ),
        "phone_on_site": technician(
            group(contact=ref("contact", must=True), phone=personal(text(40, must=True))),
            "The number that really works; the master waits for approval.",
        ),
        "details_verified": technician(moment(), "When the customer's details were verified on site."),
        "findings": prose(("technician",), personal(text(4000)), "What was found."),
        "fault_code": technician(text(40), "Code of the fault found."),
        "cause": technician(personal(text(1000)), "What caused it."),
        "solution": technician(personal(text(2000)), "What was done."),
        "option_chosen": technician(
            group(
                option=ref("solution_option", must=True),
                at=instant(must=True),
                by_name=personal(text(120)),
                how=choice("in_person", "phone", "message"),
            ),
            "The option that the customer chose, as the technician heard it.",
        ),
        "customer_choice": customer(
            group(
                option=ref("solution_option", must=True), at=instant(must=True), evidence=personal(text(200))
            ),
            "The option that the customer chose by the link.",
        ),
        "answers_decided": entries(
            ("technician",),
            list_of(group(id=text(64, must=True), step_result=ref("step_result", must=True))),
            "Where technicians' answers differ: per step (its id) the answer that the lead let stand.",
        ),
        "anything_else": technician(
            group(asked_at=instant(must=True), answer=personal(text(1000))),
            "Anything else we can do? And the answer.",
        ),
        "cleaned_up": technician(moment(), "When the place was left clean."),
        "evidence_missing": owned(
            ("dispatcher", "supervisor"),
            group(at=instant(must=True), reason=personal(text(400, must=True))),
            "Evidence that will not come any more (a lost phone): never quietly complete.",
        ),
        "after_cancellation": system(boolean(), "Work was done before the phone knew of the cancellation."),
        "held": system(
            group(
                since=instant(), by_visit=ref("visit", must=True), reason=choice("two_on_one_job", must=True)
            ),
            "A warning, never a block: somebody who lost the job turns out to be on it; wait for the dispatcher.",
        ),
        "sign_off": system(ref("sign_off"), "The sign-off that froze this visit's document."),
    },
)

ASSIGNMENT = Entity(
    root="work_order",
    meaning="Who owned the visit from when to when: one record per visit, kept by the system.",
    fields={
        "visit": system(ref("visit"), "Which visit.", required=True),
        "technician": system(ref("technician"), "Who owned it.", required=True),
        "job_role": system(text(40), "In which role."),
        "assigned_at": system(instant(), "Since when."),
        "ended_at": system(instant(), "Until when; empty: still."),
        "end": system(choice("withdrawn", "cancelled", "declined", "done"), "How it ended."),
    },
)

STEP_RESULT = Entity(
    root="work_order",
    meaning="The answer to one step of a pinned checklist, by one technician.",
    parent="visit",
    fields={
        "visit": once(ref("visit"), "During which visit.", required=True),
        "template": once(ref("checklist_template"), "Which version of which checklist.", required=True),
        "step": once(text(64), "Which step.", required=True),
        "asked_by": once(ref("expert_case"), "The expert case that asked for it, where one did."),
        "answer": technician(personal(any_json()), "The answer, in the form that the step asks for."),
        "verdict": technician(choice("passed", "failed", "not_applicable"), "What it means."),
        "waiver": technician(
            group(reason=personal(text(400, must=True)), by_name=personal(text(120))),
            "Left out, and why; empty: not left out.",
        ),
        "answered": technician(moment(), "When."),
        "media": union(("technician",), codes(50), "Ids of the evidence."),
    },
)

NOTE = Entity(
    root="work_order",
    meaning="Something that somebody wrote down. It is never changed.",
    fields={
        "text": once(personal(text(4000)), "What.", required=True),
        "visit": once(ref("visit"), "During which visit."),
        "written_at": once(instant(), "When."),
        "written_by": once(text(64), "Who."),
        "for_customer": once(boolean(), "Whether the customer may read it."),
    },
)

TIME_ENTRY = Entity(
    root="work_order",
    meaning="A stretch or a point of time on a job. It is never changed.",
    fields={
        "visit": once(ref("visit"), "During which visit.", required=True),
        "kind": once(
            choice("travel", "arrival", "work", "pause", "waiting", "return"), "What was done.", required=True
        ),
        "starts": once(moment(), "From when, and how sure that is.", required=True),
        "ends": once(moment(), "Until when; empty: a point."),
        "reason": once(personal(text(400)), "Why, for pauses and waiting."),
        "distance_m": once(integer(0), "Metres travelled."),
    },
)

DEMONSTRATION = Entity(
    root="work_order",
    meaning="One point of use that was shown to an operator.",
    parent="visit",
    fields={
        "visit": once(ref("visit"), "During which visit.", required=True),
        "point": once(personal(text(200)), "What is to be mastered.", required=True),
        "shown": technician(boolean(), "The technician has shown it."),
        "customer_did_it": technician(boolean(), "The customer has done it."),
        "operator": technician(personal(text(120)), "Who was trained."),
        "proficient": technician(boolean(), "Trained until proficient."),
        "shown_at": technician(moment(), "When."),
        "media": union(("technician",), codes(20), "Ids of photos or clips."),
    },
)

ENTITIES = {
    "visit": VISIT,
    "assignment": ASSIGNMENT,
    "step_result": STEP_RESULT,
    "note": NOTE,
    "time_entry": TIME_ENTRY,
    "demonstration": DEMONSTRATION,
}
