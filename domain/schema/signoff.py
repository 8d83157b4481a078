"""What the customer signed and received: sign-off, amendment, service report."""

from __future__ import annotations

from domain.machines import AMENDMENT, SERVICE_REPORT, SIGN_OFF
from domain.schema.kinds import (
    any_json,
    boolean,
    choice,
    codes,
    group,
    instant,
    integer,
    personal,
    ref,
    sha256,
    text,
)
from domain.schema.owned import customer, once, owned, state, system
from sync.schema import Entity
from sync.value_type import ValueType

SIGN_OFF_ROW = Entity(
    root="work_order",
    meaning="The customer's signature, refusal or absence, and the exact bytes that were shown. Never changed.",
    parent="visit",
    fields={
        "visit": once(ref("visit"), "Which visit.", required=True),
        "outcome": once(choice("signed", "refused", "absent"), "What the customer did.", required=True),
        "reason": once(personal(text(400)), "Why refused or absent."),
        "signer": once(group(name=personal(text(120, must=True)), role=personal(text(120))), "Who signed."),
        "signed_at": once(instant(), "When, by the device's clock.", required=True),
        "document": once(
            personal(text(30_000)), "What the customer saw: canonical JSON, as text.", required=True
        ),
        "document_sha256": once(sha256(), "SHA-256 of those bytes.", required=True),
        "statement": once(personal(text(8_000)), "The signed bytes: RFC 8785 JSON, as text.", required=True),
        "signature": once(
            ValueType(kind="bytes", longest=200), "The device's ES256 signature over them, base64."
        ),
        "signature_media": once(ref("media"), "The drawn signature."),
        "signs_again": once(ref("sign_off"), "The sign-off whose amendments this one signs."),
        "state": state(
            ("system",), SIGN_OFF, "Whether amendments wait for a new signature.", others="refuse"
        ),
        "verification": system(
            group(
                result=choice("verified", "not_verified", must=True),
                reason=text(40),
                detail=personal(text(2_000)),
                at=instant(must=True),
                key_sha256=sha256(),
                signed_as=text(64),
            ),
            "Whether the office could verify the signature, and why not. Empty: not checked yet.",
        ),
    },
)

AMENDMENT_ROW = Entity(
    root="work_order",
    meaning="A change of something that the signed document shows. The original stays.",
    fields={
        "sign_off": once(ref("sign_off"), "Whose document.", required=True),
        "visit": once(ref("visit"), "Which visit.", required=True),
        "entity": once(text(64), "Kind of the record that changed.", required=True),
        "record": once(text(64), "Its id.", required=True),
        "field": once(text(64), "The field.", required=True),
        "was": once(personal(any_json()), "What was signed."),
        "value": once(personal(any_json()), "What it is now."),
        "by": once(text(64), "Who changed it."),
        "state": state(
            ("dispatcher", "supervisor"), AMENDMENT, "Whether the customer has signed the change."
        ),
    },
)

SERVICE_REPORT_ROW = Entity(
    root="work_order",
    meaning="The report of a visit, and how it reached the customer.",
    fields={
        "visit": once(ref("visit"), "Which visit.", required=True),
        "sign_off": once(ref("sign_off"), "With which signature."),
        "template": once(text(80), "Template and version.", required=True),
        "locale": once(choice("zh", "en"), "Language.", required=True),
        "sha256": once(sha256(), "SHA-256 of the rendered bytes."),
        "size_bytes": once(integer(0), "Their size."),
        "rendered_on": once(choice("phone", "server"), "Where it was made."),
        "rendered_at": once(instant(), "When."),
        "state": state(("system", "technician"), SERVICE_REPORT, "How far it has come."),
        "handed_over": owned(
            ("technician",),
            group(at=instant(must=True), how=choice("shown", "shared", "qr", "paper", must=True)),
            "Handed over on the spot: evidence that stops the clock.",
        ),
        "delivered": system(
            group(at=instant(must=True), channel=text(40), proof=personal(text(200))), "Delivered by message."
        ),
        "rating": customer(
            group(stars=integer(1), recommends=integer(0), comment=personal(text(2000))),
            "The customer's rating.",
        ),
        "media": once(codes(100), "Ids of the photos in it."),
        "final": system(boolean(), "Made from complete evidence."),
    },
)

ENTITIES = {"sign_off": SIGN_OFF_ROW, "amendment": AMENDMENT_ROW, "service_report": SERVICE_REPORT_ROW}
