"""What customers are told: the notification, which is a message's whole life, and the office's own words for it."""

from __future__ import annotations

from domain.machines import NOTIFICATION as STATES
from domain.messages.kinds import KINDS
from domain.schema.kinds import bilingual, boolean, choice, group, instant, personal, ref, text
from domain.schema.owned import once, owned, state, system
from sync.schema import Entity

OFFICE = ("supervisor", "dispatcher", "admin")
"""Who words the messages."""

NOTIFICATION = Entity(
    root="work_order",
    meaning="A message to the customer: what it is about and what became of it. Address and words are not kept here.",
    parent="work_order",
    fields={
        "work_order": once(ref("work_order"), "On which order.", required=True),
        "visit": once(ref("visit"), "About which visit."),
        "kind": once(choice(*KINDS), "What it says.", required=True),
        "about_at": once(instant(), "The time that it speaks of, such as the visit's start."),
        "asked_at": once(instant(), "When it was asked for.", required=True),
        "expires_at": once(instant(), "From then on it is not sent any more.", required=True),
        "late": once(boolean(), "It was asked for later than planned: the server was down."),
        "state": state(
            ("system",),
            STATES,
            "The furthest that it got; `failed` and `expired` reach nobody.",
            others="refuse",
        ),
        "accepted": system(
            group(
                at=instant(must=True),
                channel=text(40, must=True),
                reference=personal(text(200)),
                language=choice("zh", "en"),
            ),
            "Which channel took it, and what it calls it. That is not a delivery.",
        ),
        "delivered_at": system(instant(), "When the channel said that it had arrived."),
        "opened_at": system(instant(), "When its link was first opened."),
        "failure": system(personal(text(400)), "Why it did not go out."),
    },
)

MESSAGE_TEMPLATE = Entity(
    root="company",
    meaning="The office's own words for one kind of message; what it leaves out is said in the built-in words.",
    fields={
        "kind": once(choice(*KINDS), "Which kind of message.", required=True),
        "subject": owned(OFFICE, bilingual(200), "Subject, with names in braces."),
        "body": owned(OFFICE, bilingual(1000), "Text, with names in braces."),
        "sms_template": owned(
            OFFICE, bilingual(64), "The id under which the provider of text messages knows these words."
        ),
    },
)

ENTITIES = {"notification": NOTIFICATION, "message_template": MESSAGE_TEMPLATE}
