"""What a phone signed (openapi/sync-protocol.md, section 16), and whether a sign-off is it."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from doorstep_verify import es256
from doorstep_verify.note import Bad, from_base64
from doorstep_verify.shape import Maybe, Misshapen, fits, is_plain, read

_SHAPE = {
    "statement": "doorstep.sign-off.v1",
    "shown": {"sha256": str, "template": str, "locale": frozenset({"zh", "en"})},
    "work_order": str,
    "visit": str,
    "epoch": str,
    "version": int,
    "outcome": frozenset({"signed", "refused", "absent"}),
    "reason": Maybe(str),
    "signer": Maybe({"name": str, "role": Maybe(str)}),
    "signature_image_sha256": Maybe(str),
    "media": [{"id": str, "sha256": str}],
    "device": {"id": str, "seq": int, "previous_sha256": Maybe(str)},
    "checkpoint": Maybe({"size": int, "root_sha256": str}),
    "time": {
        "wall": str,
        "mono_ms": int,
        "boot": str,
        "offset_ms": Maybe(int),
        "error_ms": Maybe(int),
    },
}
_TOLD = {"statement", "document", "document_sha256", "visit", "outcome", "signed_at"}
_TOLD_MAYBE = {"signature", "reason", "signature_media"}
_HASH = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}")
_INSTANT = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,6})?Z", re.ASCII
)


def statement_from(text: Any) -> dict[str, Any] | None:
    """What was signed; None where the text is no statement in its one spelling."""
    try:
        said: dict[str, Any] = read(text.encode(), _SHAPE)
    except (Misshapen, AttributeError, UnicodeEncodeError):
        return None
    return said if is_plain(said) and _is_sound(said) else None


def _is_sound(said: dict[str, Any]) -> bool:
    device, point, signer = said["device"], said["checkpoint"], said["signer"]
    is_signed = said["outcome"] == "signed"
    hashes = [said["shown"]["sha256"], *(one["sha256"] for one in said["media"])]
    hashes += [one for one in (said["signature_image_sha256"], device["previous_sha256"]) if one is not None]
    hashes += [point["root_sha256"]] if point is not None else []
    ids = [one["id"] for one in said["media"]]
    return (
        all(_HASH.fullmatch(one) for one in hashes)
        and all(_ID.fullmatch(one) for one in (said["work_order"], said["visit"], device["id"], *ids))
        and ids == sorted(set(ids))
        and said["version"] >= 0
        and device["seq"] >= 1
        and (device["previous_sha256"] is None) == (device["seq"] == 1)
        and (point is None or point["size"] >= 1)
        and bool(_INSTANT.fullmatch(said["time"]["wall"]))
        and (not is_signed or (signer is not None and bool(signer["name"].strip())))
        and is_signed == (said["signature_image_sha256"] is not None)
        and is_signed != bool(said["reason"] and said["reason"].strip())
    )


def signed_hashes(said: dict[str, Any]) -> list[str]:
    """SHA-256 of each original that was signed, the drawn signature last."""
    drawn = said["signature_image_sha256"]
    return [one["sha256"] for one in said["media"]] + ([drawn] if drawn else [])


def reason_against(
    change: dict[str, Any],
    aggregate: str,
    media: dict[str, str],
    key: dict[str, str] | None,
    signed_as: str | None,
) -> str:
    """Why a sign-off is not what was signed by this key, as section 16.4 names it; empty when it is."""
    told = change["after"]
    if not _tells_enough(told):
        return "record_differs"
    said = statement_from(told["statement"])
    if said is None:
        return "statement_invalid"
    if key is None:
        return "device_unknown"
    if not told.get("signature"):
        return "signature_missing"
    if not _is_signature(told["signature"], told["statement"], key):
        return "signature_invalid"
    is_copy = signed_as is not None and said["device"]["id"] == signed_as
    if not is_copy and (change["device"], change["seq"]) != (said["device"]["id"], said["device"]["seq"]):
        return "device_differs"
    return _differing(told, said, aggregate, media)


def _tells_enough(told: Any) -> bool:
    signer = told.get("signer")
    return (
        all(type(told.get(name)) is str for name in _TOLD)
        and all(fits(told.get(name), Maybe(str)) for name in _TOLD_MAYBE)
        and (
            signer is None or (type(signer) is dict and all(fits(one, Maybe(str)) for one in signer.values()))
        )
    )


def _is_signature(signature: str, signed: str, key: dict[str, str]) -> bool:
    try:
        raw = from_base64(signature)
        x, y = (_from_base64url(key[name]) for name in ("x", "y"))
    except Bad:
        return False
    return es256.is_signed(x, y, signed.encode(), raw)


def _from_base64url(text: str) -> bytes:
    if "+" in text or "/" in text:
        raise Bad("not base64url")
    return from_base64(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))


def _differing(told: dict[str, Any], said: dict[str, Any], aggregate: str, media: dict[str, str]) -> str:
    shown = said["shown"]["sha256"]
    try:
        document = hashlib.sha256(told["document"].encode()).hexdigest()
    except UnicodeEncodeError:
        return "document_differs"
    if document != shown or told["document_sha256"] != shown:
        return "document_differs"
    pairs = (
        (told["visit"], said["visit"]),
        (aggregate, f"work_order/{said['work_order']}"),
        (told["outcome"], said["outcome"]),
        (told.get("reason"), said["reason"]),
        (_given(told.get("signer")), _given(said["signer"])),
        (told["signed_at"], said["time"]["wall"]),
    )
    if any(one != other for one, other in pairs):
        return "record_differs"
    drawn = told.get("signature_media")
    is_same = (media.get(drawn) if drawn else None) == said["signature_image_sha256"]
    if not is_same or any(media.get(one["id"]) != one["sha256"] for one in said["media"]):
        return "media_differs"
    return ""


def _given(signer: dict[str, str | None] | None) -> dict[str, str] | None:
    return {name: one for name, one in signer.items() if one is not None} if signer else None
