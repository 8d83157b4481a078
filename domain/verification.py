"""Whether a sign-off is what it says: signed by the phone that brought it, and about what its record tells.

The answer is a fact beside the work, never a refusal of it. Keys and the arithmetic of ES256 come in as arguments.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from domain.sign_off import InvalidStatement, differences, parse
from sync import canonical
from sync.record import Record

VERIFIED, NOT_VERIFIED = "verified", "not_verified"

REASONS: dict[str, tuple[str, str]] = {
    "statement_invalid": (
        "What was signed is no statement in its exact form.",
        "所签内容不是格式完全正确的声明。",
    ),
    "device_unknown": (
        "The key of the phone that brought it is not known here.",
        "系统没有提交该签收的手机的公钥。",
    ),
    "signature_missing": ("There is no signature by a phone.", "没有手机签名。"),
    "signature_invalid": (
        "The signature is not by the key of the phone that brought it, or not over these bytes.",
        "签名不是由提交该签收的手机所签，或与所签内容不符。",
    ),
    "device_differs": (
        "What was signed names another phone, or another place in its work.",
        "所签内容写明的是另一部手机，或该手机的另一项操作。",
    ),
    "document_differs": ("The document is not the one that was signed.", "文件不是当时签收的文件。"),
    "record_differs": ("The record tells something else than what was signed.", "记录与所签内容不一致。"),
    "media_differs": (
        "A photo or the drawn signature is not the one that was signed.",
        "照片或手写签名与签收时不一致。",
    ),
    "device_withdrawn": (
        "It came after the phone was withdrawn: nobody can tell in whose hands the key was.",
        "该签收在手机停用之后才提交，无法确认当时密钥由谁掌握。",
    ),
}
"""Why a sign-off is not verified, in English and Chinese. Where several hold, the first counts."""

_SIGNATURE_BYTES = 64
_LONGEST_DETAIL = 2_000
_OF_THE_DEVICE = ("device", "seq")
_OF_THE_DOCUMENT = ("document", "document_sha256")

IsSigned = Callable[[bytes, bytes, bytes], bool]
"""(public key, signed bytes, signature of 64 bytes r and s) → whether it is that key's ES256 signature."""


class Bearer(msgspec.Struct, frozen=True, kw_only=True):
    """The phone whose operation made the sign-off, as the office knows it."""

    device: str
    copied_from: tuple[str, ...] = ()
    """The devices that it is a copy of, the nearest first: they have the same key."""
    public_key: bytes = b""
    """As it was at signing: a device has one key for its whole life. Empty: unknown."""
    withdrawn: bool = False
    """Whether the sign-off came after the phone had been withdrawn."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What was found. `reason` is a key of `REASONS`, empty for a verified one."""

    result: str
    reason: str = ""
    detail: str = ""
    """For developers: every contradiction, by the name of its place."""
    key_sha256: str = ""
    """Which key: SHA-256 of its canonical JWK, the thumbprint of RFC 7638 as hexadecimal digits."""
    signed_as: str = ""
    """The device that the statement names, where its copy brought the sign-off."""

    def as_field(self, at: str) -> dict[str, Any]:
        """The value of `sign_off.verification`."""
        told = {name: value for name, value in msgspec.structs.asdict(self).items() if value}
        return {**told, "at": at}


def verify(sign_off: Record, media: Sequence[Record], bearer: Bearer, is_signed: IsSigned) -> Finding:
    """Check a sign-off against its signed bytes, the media rows of its order, and the key of who brought it."""
    signed = sign_off.fields["statement"]
    try:
        statement = parse(signed.encode())
    except (InvalidStatement, UnicodeEncodeError) as problem:
        return _not("statement_invalid", str(problem))
    if not bearer.public_key:
        return _not("device_unknown", bearer.device)
    key = canonical.sha256_hex(bearer.public_key)
    fault = _signature_fault(sign_off.fields.get("signature"), signed.encode(), bearer, is_signed)
    if fault:
        return _not(fault, key_sha256=key)
    by_copy = statement.device.id in bearer.copied_from
    found = dict(differences(sign_off, media))
    if by_copy:
        # A copy authors again what was not acknowledged: another device and number, the same key and operation.
        found = {name: told for name, told in found.items() if name not in _OF_THE_DEVICE}
    reason = _first_reason(found) or ("device_withdrawn" if bearer.withdrawn else "")
    return Finding(
        result=NOT_VERIFIED if reason else VERIFIED,
        reason=reason,
        detail="; ".join(found.values())[:_LONGEST_DETAIL],
        key_sha256=key,
        signed_as=statement.device.id if by_copy else "",
    )


def _not(reason: str, detail: str = "", key_sha256: str = "") -> Finding:
    return Finding(result=NOT_VERIFIED, reason=reason, detail=detail[:_LONGEST_DETAIL], key_sha256=key_sha256)


def _signature_fault(signature: str | None, signed: bytes, bearer: Bearer, is_signed: IsSigned) -> str:
    if not signature:
        return "signature_missing"
    try:
        raw = b64decode(signature, validate=True)
    except ValueError:
        return "signature_invalid"
    if len(raw) != _SIGNATURE_BYTES or not is_signed(bearer.public_key, signed, raw):
        return "signature_invalid"
    return ""


def _first_reason(differing: dict[str, str]) -> str:
    reasons = {_reason_of(name) for name in differing}
    return next((one for one in REASONS if one in reasons), "")


def _reason_of(name: str) -> str:
    if name in _OF_THE_DEVICE:
        return "device_differs"
    if name in _OF_THE_DOCUMENT:
        return "document_differs"
    return "media_differs" if name == "signature_media" or name.startswith("media ") else "record_differs"
