"""Signing on the glass: the exact bytes that the customer saw, signed by the device key, and verified by anybody."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode, urlsafe_b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from domain import sign_off
from domain.commands.draft import Drafted, create, update
from domain.commands.visit import step
from domain.signed_document import TEMPLATE, Sources, document
from doorstep_client import outbox
from doorstep_client.time_evidence import Measured, evidence
from sync.operation import content_hash, encode_operation
from tests.story.people import Handset
from tests.story.photo import draw_signature
from tests.story.stage import Job

LOCALE: Literal["zh", "en"] = "zh"


def sources(phone: Handset, job: Job, visit: str) -> Sources:
    """What the document is made from, as the phone shows it, without any signal."""

    def mine(entity: str) -> list[Any]:
        return [one for one in phone.phone.of(job.aggregate, entity) if one.fields.get("visit") == visit]

    shown = phone.sees("visit", visit)
    order = phone.sees("work_order", job.order)
    moves = mine("stock_move")
    used = sorted({one.fields["part"] for one in moves})
    return Sources(
        order=order,
        visit=shown,
        customer=phone.sees("customer", order.fields["customer"]),
        site=phone.sees("site", order.fields["site"]),
        technician=phone.sees("technician", phone.user),
        asset=phone.sees("asset", order.fields["asset"]) if order.fields.get("asset") else None,
        options=mine("solution_option"),
        steps=mine("step_result"),
        templates=[phone.sees("checklist_template", id) for id in shown.fields.get("checklists") or []],
        moves=moves,
        parts=[phone.sees("part", id) for id in used],
        demonstrations=mine("demonstration"),
        media=[one for one in mine("media") if one.fields["kind"] != "signature"],
    )


def sign_on_glass(
    phone: Handset, job: Job, visit: str, signer: str, folder: Path, *, signs_again: str | None = None
) -> str:
    """The customer sees the document and signs; returns the sign-off's id. Works without signal."""
    drawn = draw_signature(folder / f"signature-{phone.label}-{phone.new_id()}.png", signer)
    image = hashlib.sha256(drawn.read_bytes()).hexdigest()
    media, id = phone.new_id(), phone.new_id()
    phone.do([_signature_row(phone, job, visit, media, drawn, image)])
    phone.phone.attach(media, drawn, "original", "image/png")
    shown = sign_off.document_bytes(document(sources(phone, job, visit), LOCALE))
    # The statement names the operation that carries it, so nothing else may be authored in between.
    statement = _statement(phone, job, visit, signer, hashlib.sha256(shown).hexdigest(), image)
    signed = sign_off.signing_bytes(statement)
    phone.do(
        [
            create(
                "sign_off",
                id,
                job.aggregate,
                visit=visit,
                outcome="signed",
                signer={"name": signer},
                signed_at=statement.time.wall,
                document=shown.decode(),
                document_sha256=statement.shown.sha256,
                statement=signed.decode(),
                signature=b64encode(phone.key.sign(signed)).decode(),
                signature_media=media,
                signs_again=signs_again,
            )
        ]
    )
    if signs_again is None:
        phone.do(step(phone.sees("visit", visit), "sign_off", at=phone.now()))
    return id


def hand_over(phone: Handset, job: Job, visit: str, signature: str) -> str:
    """The report is made on the phone and shown to the customer on the spot; returns its id."""
    report = phone.new_id()
    body = phone.fields("sign_off", signature)["document"].encode()
    made = create(
        "service_report",
        report,
        job.aggregate,
        visit=visit,
        sign_off=signature,
        template=TEMPLATE,
        locale=LOCALE,
        sha256=hashlib.sha256(body).hexdigest(),
        size_bytes=len(body),
        rendered_on="phone",
        rendered_at=phone.now(),
    )
    phone.do([made])
    shown = {"at": phone.now(), "how": "shown"}
    phone.do([update(phone.sees("service_report", report), state={"event": "hand_over"}, handed_over=shown)])
    return report


def faults_of(fields: Mapping[str, Any], public_key: Mapping[str, str]) -> list[str]:
    """What an outsider finds wrong with a sign-off record, who has the record and the device's public key only."""
    try:
        statement = sign_off.parse(fields["statement"].encode())
        _verifier(public_key).verify(
            _der(fields["signature"]), fields["statement"].encode(), ec.ECDSA(SHA256())
        )
    except (sign_off.InvalidStatement, ValueError) as problem:
        return [str(problem)]
    except InvalidSignature:
        return ["the signature is not by this key over these bytes"]
    found = hashlib.sha256(fields["document"].encode()).hexdigest()
    pairs = (
        ("document", found, statement.shown.sha256),
        ("visit", fields["visit"], statement.visit),
        ("outcome", fields["outcome"], statement.outcome),
        ("signed_at", fields["signed_at"], statement.time.wall),
    )
    return [f"{name}: {told} is told, {said} was signed" for name, told, said in pairs if told != said]


def _signature_row(phone: Handset, job: Job, visit: str, media: str, drawn: Path, image: str) -> Drafted:
    return create(
        "media",
        media,
        job.aggregate,
        visit=visit,
        kind="signature",
        purpose="signature",
        sha256=image,
        size_bytes=drawn.stat().st_size,
        content_type="image/png",
        captured_at=phone.now(),
        origin="captured",
        by=phone.user,
    )


def _statement(
    phone: Handset, job: Job, visit: str, signer: str, shown: str, image: str
) -> sign_off.Statement:
    store = phone.phone.store
    order = phone.sees("work_order", job.order)
    last = outbox.entries(store)
    seq = outbox.next_seq(store)
    at = evidence(phone.clock.read(), store.get("measured", Measured))
    standing = store.one("SELECT epoch, ver FROM aggregate WHERE id = ?", order.aggregate)
    return sign_off.Statement(
        shown=sign_off.Shown(shown, TEMPLATE, LOCALE),
        work_order=job.order,
        visit=visit,
        epoch=standing[0] if standing else "",
        version=standing[1] if standing else 0,
        outcome="signed",
        reason=None,
        signer=sign_off.Signer(signer, None),
        signature_image_sha256=image,
        media=_originals(phone, job, visit),
        device=sign_off.DevicePlace(
            phone.phone.identity.device,
            seq,
            content_hash(encode_operation(last[-1].operation)) if seq > 1 else None,
        ),
        checkpoint=None,
        time=msgspec.convert(
            {**dict.fromkeys(("offset_ms", "error_ms")), **msgspec.structs.asdict(at)}, sign_off.TimeShown
        ),
    )


def _originals(phone: Handset, job: Job, visit: str) -> tuple[sign_off.MediaHash, ...]:
    rows = [one for one in phone.phone.of(job.aggregate, "media") if one.fields.get("visit") == visit]
    return tuple(
        sign_off.MediaHash(one.id, one.fields["sha256"])
        for one in sorted(rows, key=lambda one: one.id)
        if one.fields["kind"] != "signature"
    )


def _verifier(jwk: Mapping[str, str]) -> ec.EllipticCurvePublicKey:
    x, y = (int.from_bytes(urlsafe_b64decode(jwk[name] + "=="), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def _der(signature: str) -> bytes:
    raw = b64decode(signature)
    return encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
