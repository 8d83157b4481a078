"""Finding the fault together: media, expert case, annotation, verdict, solution option."""

from __future__ import annotations

from domain.machines import EXPERT_CASE, MEDIA
from domain.schema.kinds import (
    any_json,
    bilingual,
    boolean,
    choice,
    codes,
    fen,
    group,
    instant,
    integer,
    list_of,
    personal,
    ref,
    sha256,
    text,
)
from domain.schema.owned import dispatcher, expert, once, owned, state, system, technician, union
from media.inspection.fault import FAULTS
from sync.policy import Append
from sync.schema import Entity
from sync.value_type import ValueType

MEDIA_ROW = Entity(
    root="work_order",
    meaning="A photo, clip or recording. The row travels at once, the bytes on their own.",
    fields={
        "visit": once(ref("visit"), "During which visit."),
        "about": once(text(130), "Which record it is about, as entity/id."),
        "kind": once(
            choice("photo", "video", "audio", "document", "signature"), "What it is.", required=True
        ),
        "purpose": once(
            choice("evidence", "nameplate", "fault", "test", "demonstration", "signature", "other"),
            "What for.",
        ),
        "sha256": once(sha256(), "SHA-256 of the original.", required=True),
        "size_bytes": once(integer(0), "Its size.", required=True),
        "content_type": once(text(100), "Its type, as captured.", required=True),
        "captured_at": once(instant(), "When, by the device's clock."),
        "origin": once(choice("captured", "picked"), "Captured in the app, or picked from the phone."),
        "by": once(text(64), "Whose it is."),
        "location": once(
            personal(group(lat_e6=integer(-90_000_000), lon_e6=integer(-180_000_000), accuracy_m=integer(0))),
            "Where, only with the person's consent.",
        ),
        "preview": once(personal(ValueType(kind="bytes", longest=16_000)), "Tiny preview, base64."),
        "duration_ms": once(integer(0), "Length of a clip."),
        "state": state(("system",), MEDIA, "How far the original's bytes have come.", others="refuse"),
        "found": system(
            group(
                content_type=text(100, must=True),
                width=integer(1),
                height=integer(1),
                rotation=integer(0, 270),
                duration_ms=integer(0),
                codec=text(40),
                taken_at=text(40),
            ),
            "What inspection found in the original's bytes; empty until it has looked.",
        ),
        "fault": system(
            group(code=choice(*FAULTS, must=True), sentence=bilingual(200, must=True)),
            "Why the bytes are in quarantine, to be read by whoever sent them.",
        ),
        "renditions": system(
            list_of(
                group(
                    id=text(64, must=True),
                    kind=choice("poster", "proxy", "display", "thumbnail", "stamped", must=True),
                    by=choice("phone", "server", must=True),
                    of=sha256(),
                    sha256=sha256(),
                    size_bytes=integer(0),
                    content_type=text(100),
                    width=integer(1),
                    height=integer(1),
                    fault=choice(*FAULTS),
                ),
                40,
            ),
            "What has been made of it, by the phone or here, and of which bytes (`of`); only the server's are shown.",
            Append(),
        ),
        "missing": owned(
            ("dispatcher", "supervisor"),
            group(at=instant(must=True), reason=personal(text(400, must=True))),
            "The original will not come: marked as missing, with the reason.",
        ),
    },
)

_TAKING = ("expert", "supervisor")
"""An expert takes a case; a supervisor may give it back."""

EXPERT_CASE_ROW = Entity(
    root="work_order",
    meaning="A question to a remote expert.",
    fields={
        "visit": once(ref("visit"), "During which visit it was asked."),
        "asked_by": once(text(64), "Who asked.", required=True),
        "asked_at": once(instant(), "When."),
        "question": once(personal(text(2000)), "What is seen, heard and measured.", required=True),
        "urgent": once(boolean(), "Work stands still."),
        "media": union(("technician", "expert"), codes(50), "Ids of clips and photos."),
        "state": state(("expert", "technician", "supervisor"), EXPERT_CASE, "Where the case stands."),
        "received_at": system(instant(), "When an urgent one came here, by the server's clock."),
        "claimed_by": owned(_TAKING, text(64), "Which expert has it."),
        "lease_until": owned(
            _TAKING, instant(), "It is released when the expert has done nothing with it until then."
        ),
        "show_me": expert(
            list_of(group(id=text(64, must=True), text=personal(text(400, must=True))), 40),
            "Steps that the expert asks for; they appear in the technician's checklist.",
        ),
        "effect": technician(personal(text(1000)), "What applying the answer led to."),
    },
)

ANNOTATION = Entity(
    root="work_order",
    meaning="A drawing on a frame of a clip. It is never changed.",
    parent="expert_case",
    fields={
        "expert_case": once(ref("expert_case"), "For which case.", required=True),
        "media": once(ref("media"), "On which clip or photo.", required=True),
        "frame_ms": once(integer(0), "At which moment of the clip."),
        "shapes": once(personal(any_json()), "What was drawn, in thousandths of width and height."),
        "text": once(personal(text(1000)), "What it says."),
        "by": once(text(64), "Which expert."),
    },
)

VERDICT = Entity(
    root="work_order",
    meaning="An expert's structured answer.",
    parent="expert_case",
    fields={
        "expert_case": once(ref("expert_case"), "To which case.", required=True),
        "cause": expert(personal(text(1000)), "What is wrong."),
        "fault_code": expert(text(40), "Its code."),
        "next_steps": expert(list_of(personal(text(400)), 40), "What to do, in order."),
        "parts": expert(codes(50), "Codes of recommended parts."),
        "stop_work": expert(boolean(), "Nobody works on it until the expert says so.", others="refuse"),
        "stop_reason": expert(personal(text(400)), "Why not."),
        "given_at": expert(instant(), "When."),
        "given_by": once(text(64), "Which expert."),
        "acknowledged": technician(
            group(at=instant(must=True), by_name=personal(text(120))),
            "When the technician read it. It clears nothing.",
        ),
    },
)

SOLUTION_OPTION = Entity(
    root="work_order",
    meaning="One of at least two ways to solve it, as offered to the customer.",
    parent="visit",
    fields={
        "visit": once(ref("visit"), "During which visit.", required=True),
        "title": technician(personal(text(200)), "What it is.", required=True),
        "description": technician(personal(text(2000)), "What is done."),
        "pros": technician(personal(text(1000)), "What speaks for it."),
        "cons": technician(personal(text(1000)), "What speaks against it."),
        "recommended": technician(boolean(), "Whether it is the recommended one."),
        "minutes": technician(integer(0), "How long it takes."),
        "price": technician(
            group(
                parts_fen=fen(must=True),
                labour_fen=fen(must=True),
                travel_fen=fen(),
                warranty_fen=fen(),
                total_fen=fen(must=True),
            ),
            "Price from the list; warranty_fen is what the warranty bears.",
        ),
        "parts": technician(
            list_of(group(part=ref("part", must=True), quantity=integer(1, must=True)), 50), "What it needs."
        ),
        "price_approved": dispatcher(boolean(), "Whether a price off the list is approved."),
    },
)

ENTITIES = {
    "media": MEDIA_ROW,
    "expert_case": EXPERT_CASE_ROW,
    "annotation": ANNOTATION,
    "verdict": VERDICT,
    "solution_option": SOLUTION_OPTION,
}
