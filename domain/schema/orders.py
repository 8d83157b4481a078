"""What is owed: service request and work order."""

from __future__ import annotations

from domain.schema.kinds import (
    bilingual,
    boolean,
    choice,
    codes,
    day,
    group,
    instant,
    personal,
    ref,
    span,
    text,
)
from domain.schema.owned import (
    customer,
    dispatcher,
    erased_at,
    intake,
    once,
    owned,
    prose,
    supervisor,
    system,
    union,
)
from sync.schema import Entity

KINDS = ("fault", "installation", "maintenance", "training", "consultation", "complaint", "return")
CHANNELS = ("phone", "web", "app", "wechat", "qq", "douyin", "email", "api", "on_site", "plan")
STATES = (
    "new",
    "triaged",
    "scheduled",
    "in_progress",
    "waiting",
    "work_done",
    "closed",
    "cancelled",
    "reopened",
)
WAITING_FOR = ("parts", "expert", "customer")

SERVICE_REQUEST = Entity(
    root="work_order",
    meaning="What the customer asked for, in the customer's words.",
    parent="work_order",
    fields={
        "work_order": once(ref("work_order"), "The order that answers it.", required=True),
        "channel": once(choice(*CHANNELS), "How it came.", required=True),
        "text": once(personal(text(4000)), "What was said.", required=True),
        "from_name": once(personal(text(120)), "Who asked."),
        "from_contact": once(ref("contact"), "Who asked, where known."),
        "external_id": once(personal(text(120)), "Number in the channel it came from."),
        "asked_at": once(instant(), "When it was asked."),
        "read_back": intake(boolean(), "Whether the symptom was read back and confirmed."),
        "acknowledged_at": intake(instant(), "When a person answered."),
    },
)

WORK_ORDER = Entity(
    root="work_order",
    meaning="What is owed to a customer, under one number to the end. Who comes and when is in its visits.",
    fields={
        "site": once(ref("site"), "Where.", required=True),
        "customer": once(ref("customer"), "For whom.", required=True),
        "asset": owned(("intake", "dispatcher"), ref("asset"), "For which equipment."),
        "kind": intake(choice(*KINDS), "What kind of service."),
        "channel": once(choice(*CHANNELS), "How the request came."),
        "opened_at": once(instant(), "When it was opened.", required=True),
        "opened_on": once(day(), "The same as a day in the site's zone; it is in the number."),
        "opened_by": once(text(64), "Who opened it."),
        "second_fault_of": once(ref("work_order"), "The order during which this one was opened on site."),
        "number": system(text(40), "The work order number, unique, read out to customers."),
        "provisional_number": once(text(40), "Number given without signal; it stays an alias for ever."),
        "symptom": owned(("intake",), personal(text(1000)), "What does not work, as read back."),
        "severity": intake(
            choice("urgent", "major", "ordinary"), "urgent: does not start; ordinary: a scratch."
        ),
        "verified_contact": intake(ref("contact"), "Whose details were verified."),
        "special_needs": intake(codes(20), "What sales promised for this customer."),
        "priority": dispatcher(choice("low", "normal", "high", "emergency"), "Order among jobs."),
        "tier": dispatcher(choice("vip", "contract", "standard"), "Tier that this job is served at."),
        "triage": owned(
            ("intake", "dispatcher", "expert"),
            group(
                at=instant(must=True),
                way=choice("remote", "visit", must=True),
                plan=personal(text(1000)),
                fault_code=text(40),
            ),
            "Remote first or visit, and the plan.",
        ),
        "warranty_verdict": system(
            group(covered=boolean(), component_class=text(40), until=day(), rule=text(200)),
            "Whether the work is covered.",
        ),
        "contract": supervisor(ref("service_contract"), "Contract under which it is served."),
        "requested_window": customer(span(), "When the customer would like it."),
        "required_skills": union(("dispatcher", "intake"), codes(20), "Codes of the skills that it takes."),
        "required_certificates": union(
            ("dispatcher", "intake"), codes(20), "Codes of the certificates that it takes."
        ),
        "office_notes": prose((), personal(text(4000)), "What the technician should know."),
        "cancellation": dispatcher(
            group(at=instant(must=True), reason=personal(text(200, must=True)), note=personal(text(1000))),
            "Cancelled, and why; empty: not cancelled.",
        ),
        "closing": owned(
            ("dispatcher", "supervisor"),
            group(
                at=instant(must=True),
                outcome=choice("solved", "unsolved", must=True),
                reason=personal(text(400)),
                escalated_to=personal(text(120)),
                anything_else=choice("nothing", "another_order", "noted", must=True),
            ),
            "Closed by a person: solved, or unsolved with reason and escalation; and what else was wanted.",
        ),
        "reopening": owned(
            ("dispatcher", "supervisor", "intake"),
            group(
                at=instant(must=True),
                reason=personal(text(400, must=True)),
                undoes=choice("closing", "cancellation"),
            ),
            "Reopened under the same number, which ends a closing and a cancellation; empty: never.",
        ),
        "billing_after_cancellation": dispatcher(
            choice("bill", "bill_travel", "waive"), "What is billed for work done after the cancellation."
        ),
        "state": system(choice(*STATES), "Where it stands; derived."),
        "waiting_for": system(choice(*WAITING_FOR), "What it waits for, while it waits."),
        "title": intake(personal(bilingual(200)), "What lists show."),
        "erased_at": erased_at(),
    },
)

ENTITIES = {"work_order": WORK_ORDER, "service_request": SERVICE_REQUEST}
