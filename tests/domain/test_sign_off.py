"""A sign-off record agrees with its own signed bytes, or the office hears where it does not."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import pytest

from domain.sign_off import (
    Checkpoint,
    DevicePlace,
    MediaHash,
    Shown,
    Signer,
    Statement,
    TimeShown,
    check,
    document_bytes,
    signing_bytes,
)
from domain.signed_document import Sources, document
from sync.clock import Clock
from sync.record import Record
from tests.domain.world import ADDRESS, NOW


def record(entity: str, id: str, **fields: Any) -> Record:
    return Record(
        entity=entity,
        id=id,
        aggregate="work_order/W1",
        ver=1,
        created=Clock(1, "d", 7, "technician"),
        fields=fields,
        clocks={},
    )


def sources(**more: Any) -> Sources:
    given: dict[str, Any] = {
        "order": record("work_order", "W1", number="SO-1", symptom="不制冷"),
        "visit": record("visit", "VA", findings="风机卡滞", option_chosen={"option": "O1"}),
        "customer": record("customer", "C1", number="C1", name={"zh": "海风餐厅", "en": "Sea Breeze"}),
        "site": record("site", "S1", name={"zh": "张江店"}, address=ADDRESS, zone="Asia/Shanghai"),
        "technician": record("technician", "ta", name={"zh": "周建国"}),
        "options": [
            record("solution_option", "O1", visit="VA", title="换风机", price={"total_fen": 28000}),
            record("solution_option", "O2", visit="VA", title="清洁", price={"total_fen": 9000}),
        ],
        **more,
    }
    return Sources(**given)


def signed(**more: Any) -> tuple[Record, list[Record]]:
    shown = document_bytes(document(sources(), "zh"))
    media = [record("media", "m1", sha256="1" * 64), record("media", "m2", sha256="2" * 64)]
    statement = Statement(
        shown=Shown(hashlib.sha256(shown).hexdigest(), "visit-report-1", "zh"),
        work_order="W1",
        visit="VA",
        epoch="e1",
        version=3,
        outcome="signed",
        reason=None,
        signer=Signer("王店长", None),
        signature_image_sha256="2" * 64,
        media=(MediaHash("m1", "1" * 64),),
        device=DevicePlace("d", 7, "a" * 64),
        checkpoint=Checkpoint(5, "b" * 64),
        time=TimeShown(NOW, 5, "b", 0, 10),
    )
    fields = {
        "visit": "VA",
        "outcome": "signed",
        "signer": {"name": "王店长"},
        "signed_at": NOW,
        "document": shown.decode(),
        "document_sha256": hashlib.sha256(shown).hexdigest(),
        "statement": signing_bytes(statement).decode(),
        "signature_media": "m2",
        **more,
    }
    return record("sign_off", "SO1", **fields), media


def test_true_sign_off_has_no_faults() -> None:
    sign_off, media = signed()
    assert check(sign_off, media) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("document", "{}"),
        ("document_sha256", "f" * 64),
        ("visit", "VB"),
        ("outcome", "refused"),
        ("reason", "x"),
        ("signer", {"name": "李四"}),
        ("signed_at", "2026-03-02T08:00:01Z"),
        ("signature_media", "m1"),
    ],
)
def test_record_that_contradicts_the_signed_bytes_is_named(field: str, value: Any) -> None:
    sign_off, media = signed(**{field: value})
    assert [one.split(":")[0] for one in check(sign_off, media)] == [field]


def test_bytes_that_are_no_statement_are_named() -> None:
    sign_off, media = signed(statement="{}")
    assert check(sign_off, media)[0].startswith("statement:")


def test_photo_that_was_exchanged_is_named() -> None:
    sign_off, media = signed()
    media[0].fields["sha256"] = "9" * 64
    assert [one.split(":")[0] for one in check(sign_off, media)] == ["media m1"]


def test_statement_of_another_device_or_place_is_named() -> None:
    sign_off, media = signed()
    sign_off.created = Clock(1, "other", 8, "technician")
    assert [one.split(":")[0] for one in check(sign_off, media)] == ["device", "seq"]


def test_document_does_not_depend_on_the_sequence_of_records() -> None:
    forward = sources()
    backward = msgspec.structs.replace(forward, options=list(reversed(forward.options)))
    assert document_bytes(document(forward, "zh")) == document_bytes(document(backward, "zh"))


def test_document_shows_the_chosen_option_and_its_total() -> None:
    made = document(sources(), "en")
    assert made["total_fen"] == 28000
    assert [one["chosen"] for one in made["options"]] == [True, False]
    assert made["customer"]["name"] == "Sea Breeze" and made["visit"]["technician"] == "周建国"


def test_document_uses_the_address_that_was_found_on_site() -> None:
    visit = record("visit", "VA", address_on_site={"line": {"zh": "张江路9号"}})
    assert document(sources(visit=visit), "zh")["site"]["address"] == "张江路9号"


def test_document_lists_steps_in_the_templates_order_and_parts_with_names() -> None:
    template = record(
        "checklist_template",
        "ft-1",
        steps=[{"id": "leak", "text": {"zh": "检漏"}}, {"id": "run", "text": {"zh": "试机"}}],
    )
    steps = [
        record("step_result", "s1", visit="VA", template="ft-1", step="run", verdict="passed"),
        record("step_result", "s2", visit="VA", template="ft-1", step="leak", waiver={"reason": "无制冷剂"}),
    ]
    moves = [record("stock_move", "M1", kind="use", part="P1", quantity=2, price_fen=100)]
    parts = [record("part", "P1", code="RF-01", name={"zh": "风机"})]
    plain = record("visit", "VA")
    made = document(sources(visit=plain, templates=[template], steps=steps, moves=moves, parts=parts), "zh")
    assert [one["text"] for one in made["steps"]] == ["检漏", "试机"]
    assert made["steps"][0]["waived"] == "无制冷剂"
    assert made["parts"][0]["code"] == "RF-01" and made["total_fen"] == 200
