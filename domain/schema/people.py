"""Who works here: technician, skill, certificate, shift, phone digest."""

from __future__ import annotations

from domain.schema.kinds import (
    bilingual,
    boolean,
    choice,
    codes,
    day,
    group,
    instant,
    integer,
    list_of,
    ref,
    sha256,
    text,
)
from domain.schema.owned import dispatcher, once, owned, shared, supervisor
from sync.schema import Entity

TECHNICIAN = Entity(
    root="self",
    meaning="A technician. The record's id is the user's id; its aggregate is self/<that id>.",
    fields={
        "number": once(text(20), "Short number; it is in provisional numbers.", required=True),
        "name": supervisor(bilingual(120), "Name.", required=True),
        "phone": shared(text(40), "Phone number."),
        "outlet": supervisor(ref("outlet"), "Home outlet."),
        "skills": supervisor(
            list_of(group(skill=text(64, must=True), level=integer(1)), 40), "Skills, by level."
        ),
        "van": owned(
            ("dispatcher", "storekeeper"), ref("stock_location"), "Van, whose stock is on the phone."
        ),
        "language": shared(choice("zh", "en"), "Language of the screens."),
        "active": supervisor(boolean(), "Works here; false: leaves every phone."),
        "joined_on": supervisor(day(), "First day."),
    },
)

SKILL = Entity(
    root="catalogue",
    meaning="Something that a technician can be good at.",
    fields={
        "code": once(text(64), "Its code.", required=True),
        "name": supervisor(bilingual(), "Its name.", required=True),
    },
)

CERTIFICATE = Entity(
    root="self",
    meaning="A permit with an expiry.",
    parent="technician",
    fields={
        "technician": once(ref("technician"), "Whose.", required=True),
        "code": once(text(64), "Which permit.", required=True),
        "name": supervisor(bilingual(), "Its name."),
        "number": supervisor(text(80), "Its number."),
        "issued_on": supervisor(day(), "From when."),
        "expires_on": supervisor(day(), "Until when."),
        "issuer": supervisor(bilingual(), "Who issued it."),
    },
)

SHIFT = Entity(
    root="self",
    meaning="A stretch of work or absence.",
    parent="technician",
    fields={
        "technician": once(ref("technician"), "Whose.", required=True),
        "kind": dispatcher(choice("work", "on_call", "absence", "training"), "What it is."),
        "starts_at": once(instant(), "From when.", required=True),
        "ends_at": once(instant(), "Until when.", required=True),
        "note": dispatcher(text(200), "Anything else."),
        "dropped": dispatcher(boolean(), "No longer holds."),
    },
)

PHONE_DIGEST = Entity(
    root="self",
    meaning="What a phone last said that it still held: a lost phone leaves a list of what is missing.",
    fields={
        "device": once(text(64), "Which phone.", required=True),
        "said_at": owned(("technician",), instant(), "When, by the server's clock."),
        "last_seq": owned(("technician",), integer(0), "Number of its last operation."),
        "pending": owned(("technician",), integer(0), "Operations not sent."),
        "digest": owned(("technician",), sha256(), "SHA-256 over the ids of unsent operations."),
        "uploads": owned(("technician",), codes(200), "Ids of media whose originals are not sent."),
    },
)

ENTITIES = {
    "technician": TECHNICIAN,
    "skill": SKILL,
    "certificate": CERTIFICATE,
    "shift": SHIFT,
    "phone_digest": PHONE_DIGEST,
}
