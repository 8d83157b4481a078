"""The bytes that a sign-off signs (section 16)."""

import base64
import hashlib
import json
import re
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.stranger.canonical import NotCanonical, canonical
from tests.stranger.value import fits, is_integer

STATEMENT = "doorstep.sign-off.v1"
DOCUMENT = "doorstep.visit-document.v1"
MEMBERS = {
    "statement",
    "shown",
    "work_order",
    "visit",
    "epoch",
    "version",
    "outcome",
    "reason",
    "signer",
    "signature_image_sha256",
    "media",
    "device",
    "checkpoint",
    "time",
}
HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


def signed_bytes(shown: dict[str, Any]) -> bytes | None:
    """The canonical bytes of a statement or a document; None where it must be refused."""
    try:
        if "document" in shown:
            return canonical(shown) if shown["document"] == DOCUMENT else None
        return canonical(shown) if shown.keys() == MEMBERS and _holds(shown) else None
    except NotCanonical:
        return None


def _holds(said: dict[str, Any]) -> bool:
    signed, device, media = (
        said["outcome"] == "signed",
        said["device"],
        [item["id"] for item in said["media"]],
    )
    hashes = [said["shown"]["sha256"], *(item["sha256"] for item in said["media"])]
    if device["previous_sha256"] is not None:
        hashes.append(device["previous_sha256"])
    if said["signature_image_sha256"] is not None:
        hashes.append(said["signature_image_sha256"])
    return (
        said["statement"] == STATEMENT
        and said["outcome"] in ("signed", "refused", "absent")
        and signed == (said["signature_image_sha256"] is not None)
        and (not signed or said["signer"] is not None)
        and (signed or bool(said["reason"]))
        and media == sorted(set(media))
        and (device["seq"] == 1) == (device["previous_sha256"] is None)
        and all(HASH.fullmatch(text) for text in hashes)
        and is_integer(said["version"])
        and fits(said["time"]["wall"], {"kind": "instant", "optional": False})
    )


def verification(case: dict[str, Any]) -> dict[str, str]:
    """What verifying a record finds: result, reason and signed_as (section 16.4)."""
    fields = case["record"]["fields"]
    reason, said = _of_the_bytes(fields, case["public_key"])
    found = {}
    if not reason and said is not None:
        by_copy = said["device"]["id"] in case["copied_from"]
        if by_copy:
            found["signed_as"] = said["device"]["id"]
        reason = _of_the_record(case, said, by_copy) or ("device_withdrawn" if case["withdrawn"] else "")
    return (
        {"result": "not_verified", "reason": reason, **found} if reason else {"result": "verified", **found}
    )


def _of_the_bytes(fields: dict[str, Any], key: dict[str, str] | None) -> tuple[str, dict[str, Any] | None]:
    text = fields["statement"]
    try:
        said = json.loads(text)
        is_statement = signed_bytes(said) == text.encode() and "document" not in said
    except (ValueError, KeyError, TypeError, AttributeError):
        is_statement = False
    if not is_statement:
        return "statement_invalid", None
    if key is None:
        return "device_unknown", None
    if not fields.get("signature"):
        return "signature_missing", None
    return ("", said) if _is_signed(key, text.encode(), fields["signature"]) else ("signature_invalid", None)


def _is_signed(key: dict[str, str], text: bytes, signature: str) -> bool:
    try:
        raw = base64.b64decode(signature, validate=True)
    except ValueError:
        return False
    if len(raw) != 64:
        return False
    x, y = (int.from_bytes(base64.urlsafe_b64decode(key[name] + "="), "big") for name in ("x", "y"))
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    try:
        public.verify(encode_dss_signature(r, s), text, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _of_the_record(case: dict[str, Any], said: dict[str, Any], by_copy: bool) -> str:
    record, rows = case["record"], case["media"]
    fields = record["fields"]
    if not by_copy and record["created"] != [said["device"]["id"], said["device"]["seq"]]:
        return "device_differs"
    shown = said["shown"]["sha256"]
    if hashlib.sha256(fields["document"].encode()).hexdigest() != shown or fields["document_sha256"] != shown:
        return "document_differs"
    told = [fields.get(name) for name in ("visit", "outcome", "reason", "signed_at")]
    told += [record["aggregate"], _without_null(fields.get("signer"))]
    signed = [said["visit"], said["outcome"], said["reason"], said["time"]["wall"]]
    if told != [*signed, f"work_order/{said['work_order']}", _without_null(said["signer"])]:
        return "record_differs"
    drawn = fields.get("signature_media")
    image = rows.get(drawn) if drawn else None
    missing = any(rows.get(one["id"]) != one["sha256"] for one in said["media"])
    return "media_differs" if missing or image != said["signature_image_sha256"] else ""


def _without_null(signer: dict[str, Any] | None) -> dict[str, Any] | None:
    return {name: value for name, value in signer.items() if value is not None} if signer else None
