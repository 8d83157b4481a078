"""The vectors of the bytes that a sign-off signs; `python -m tests.domain.sign_off_vectors` prints the file.

Expected bytes come from an independent implementation of RFC 8785, never from the product's own encoder.
"""

from __future__ import annotations

import hashlib
import json
import sys
from base64 import b64encode, urlsafe_b64encode
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

ABOUT = (
    "Bytes that a sign-off signs (input has `statement`) and bytes that the customer saw (input has `document`). "
    "bytes_utf8 null: the input must be refused. `signatures`: records and what verifying them finds (16.4)."
)
KEY = ec.derive_private_key(
    0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721, ec.SECP256R1()
)
"""The key of RFC 6979, A.2.5: everybody knows it, so that it can be nobody's."""
ANOTHER_KEY = ec.derive_private_key(2**128 + 3, ec.SECP256R1())
ORDER_OF_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
DOCUMENT = rfc8785.dumps(
    {
        "document": "doorstep.visit-document.v1",
        "locale": "zh",
        "template": "visit-report-1",
        "total_fen": 28000,
    }
)


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def statement(**more: Any) -> dict[str, Any]:
    """A plain signature, with some members replaced."""
    return {
        "statement": "doorstep.sign-off.v1",
        "shown": {"sha256": hash_of("shown"), "template": "visit-report-1", "locale": "zh"},
        "work_order": "0199a1b2-0000-7000-8000-000000000001",
        "visit": "0199a1b2-0000-7000-8000-000000000002",
        "epoch": "e1",
        "version": 17,
        "outcome": "signed",
        "reason": None,
        "signer": {"name": "王店长", "role": "店长"},
        "signature_image_sha256": hash_of("image"),
        "media": [],
        "device": {"id": "d-7f3a", "seq": 41, "previous_sha256": hash_of("previous")},
        "checkpoint": {"size": 1042, "root_sha256": hash_of("root")},
        "time": {
            "wall": "2026-03-02T03:04:05Z",
            "mono_ms": 86_400_000,
            "boot": "b1",
            "offset_ms": -120,
            "error_ms": 900,
        },
        **more,
    }


def media(*ids: str) -> list[dict[str, str]]:
    return [{"id": id, "sha256": hash_of(id)} for id in ids]


def without_image(**more: Any) -> dict[str, Any]:
    return statement(signature_image_sha256=None, **more)


VALID: dict[str, dict[str, Any]] = {
    "a signature": statement(),
    "a signature on an English document": statement(
        shown={"sha256": hash_of("shown"), "template": "visit-report-1", "locale": "en"},
        signer={"name": "Ann O'Hara", "role": None},
    ),
    "a refusal has a reason and no drawing": without_image(
        outcome="refused", reason="价格有异议，需总部确认"
    ),
    "an absence has a reason and nobody who signs": without_image(
        outcome="absent", reason="nobody on site after 18:00", signer=None
    ),
    "photos are listed in ascending order of id": statement(media=media("M-1", "m-1", "m-10", "m-2")),
    "the first operation of a device has none before it": statement(
        device={"id": "d-new", "seq": 1, "previous_sha256": None}
    ),
    "a device that has never seen a checkpoint": statement(checkpoint=None),
    "a device that has never measured its clock": statement(
        time={"wall": "2038-01-19T03:14:08Z", "mono_ms": 0, "boot": "", "offset_ms": None, "error_ms": None}
    ),
    "a moment with microseconds": statement(
        time={
            "wall": "2026-03-02T03:04:05.000001Z",
            "mono_ms": 1,
            "boot": "b1",
            "offset_ms": 0,
            "error_ms": 0,
        }
    ),
    "the greatest integers": statement(
        version=2**53 - 1, device={"id": "d", "seq": 2**53 - 1, "previous_sha256": hash_of("previous")}
    ),
    "a version that is zero": statement(version=0),
    "quotes, backslashes and slashes in a name": statement(signer={"name": 'A "B" \\ C / D', "role": None}),
    "control characters are escaped, delete is not": without_image(
        outcome="refused", reason="a\b\t\n\f\r\u0000\u001f\u007fz"
    ),
    "characters beyond the basic plane and line separators stay as they are": without_image(
        outcome="refused", reason="😀𠮷\u2028\u2029"
    ),
    "letters are not normalised: e with a combining accent": statement(
        signer={"name": "Rene\u0301", "role": None}
    ),
    "letters are not normalised: the composed letter": statement(signer={"name": "Ren\u00e9", "role": None}),
    "a document": {
        "document": "doorstep.visit-document.v1",
        "template": "visit-report-1",
        "locale": "zh",
        "order": {"number": "SO-260302-7K3M9QXT-C", "provisional_number": None},
        "customer": {"name": "海风餐厅"},
        "steps": [{"text": "检漏", "answer": "no", "verdict": "passed", "waived": None}],
        "total_fen": 28000,
    },
    "a document without anything in it": {"document": "doorstep.visit-document.v1"},
}

INVALID: dict[str, dict[str, Any]] = {
    "a signature without a drawing": without_image(),
    "a refusal without a reason": without_image(outcome="refused"),
    "a refusal with a drawing": statement(outcome="refused", reason="x"),
    "a signature by nobody": statement(signer=None),
    "photos out of order": statement(media=media("m-2", "m-1")),
    "a photo twice": statement(media=media("m-1", "m-1")),
    "a hash in upper case": statement(shown={"sha256": "A" * 64, "template": "t-1", "locale": "zh"}),
    "a later operation without the one before": statement(
        device={"id": "d", "seq": 2, "previous_sha256": None}
    ),
    "another kind of statement": statement(statement="doorstep.sign-off.v2"),
    "a member that nobody knows": statement(note="x"),
    "a local time": statement(
        time={
            "wall": "2026-03-02T11:04:05+08:00",
            "mono_ms": 1,
            "boot": "b1",
            "offset_ms": 0,
            "error_ms": 0,
        }
    ),
    "an integer beyond 2^53-1": statement(version=2**53),
}


def public_key(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    x, y = (
        urlsafe_b64encode(one.to_bytes(32, "big")).rstrip(b"=").decode() for one in (numbers.x, numbers.y)
    )
    return {"crv": "P-256", "kty": "EC", "x": x, "y": y}


def raw_signature(signed: bytes, key: ec.EllipticCurvePrivateKey = KEY) -> bytes:
    """64 bytes, r then s; by RFC 6979, so that the file is the same each time."""
    r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(SHA256(), deterministic_signing=True)))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def case(
    name: str, reason: str = "", *, said: dict[str, Any] | None = None, signed_as: str = "", **more: Any
) -> dict[str, Any]:
    """A sign-off record with its signature. `said` are other members of the statement.

    `record` and `fields` replace what the record says, `media` the rows of its order.
    """
    told = {"shown": {**statement()["shown"], "sha256": hashlib.sha256(DOCUMENT).hexdigest()}}
    told |= {"media": media("m-1", "m-2"), **(said or {})}
    spoken = statement(**told)
    signed = more.pop("signed", rfc8785.dumps(spoken))
    fields = {
        "visit": spoken["visit"],
        "outcome": spoken["outcome"],
        "reason": spoken["reason"],
        "signer": {"name": "王店长", "role": "店长"},
        "signed_at": spoken["time"]["wall"],
        "document": DOCUMENT.decode(),
        "document_sha256": hashlib.sha256(DOCUMENT).hexdigest(),
        "statement": signed.decode(),
        "signature": b64encode(raw_signature(signed)).decode(),
        "signature_media": "m-9" if spoken["signature_image_sha256"] else None,
        **more.pop("fields", {}),
    }
    record = {
        "id": "so-1",
        "aggregate": f"work_order/{spoken['work_order']}",
        "created": ["d-7f3a", 41],
        **more.pop("record", {}),
        "fields": {name: value for name, value in fields.items() if value is not None},
    }
    rows = {one["id"]: one["sha256"] for one in media("m-1", "m-2")} | {"m-9": hash_of("image")}
    expect = {"result": "not_verified", "reason": reason} if reason else {"result": "verified"}
    return {
        "name": name,
        "record": record,
        "media": more.pop("media", rows),
        "public_key": public_key(KEY),
        "copied_from": [],
        "withdrawn": False,
        **more,
        "expect": {**expect, "signed_as": signed_as} if signed_as else expect,
    }


def _der(signed: bytes) -> bytes:
    return KEY.sign(signed, ec.ECDSA(SHA256(), deterministic_signing=True))


def _other_s(raw: bytes) -> bytes:
    return raw[:32] + (ORDER_OF_P256 - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")


def signatures() -> list[dict[str, Any]]:
    """Records of which the true one is the first, each other one changed in one place."""
    true = case("a true signature")
    signed = true["record"]["fields"]["statement"].encode()
    raw = raw_signature(signed)
    other_photo = {**true["media"], "m-2": hash_of("another photo")}
    without_photo = {"m-1": hash_of("m-1"), "m-9": hash_of("image")}
    copy = {"record": {"created": ["f-copy", 3]}}
    assert "+" in b64encode(raw).decode() or "/" in b64encode(raw).decode()
    refused = {"outcome": "refused", "reason": "价格有异议", "signature_image_sha256": None}
    spaced = signed.replace(b",", b", ")

    def by(signature: str) -> dict[str, str]:
        return {"signature": signature}

    return [
        true,
        case("a refusal that was signed by the phone", said=refused),
        case(
            "the other of the two signatures that one key makes", fields=by(b64encode(_other_s(raw)).decode())
        ),
        case(
            "another version than was signed",
            "signature_invalid",
            fields={
                "statement": signed.decode().replace('"version":17', '"version":18'),
                **by(b64encode(raw).decode()),
            },
        ),
        case("by another phone's key", "signature_invalid", public_key=public_key(ANOTHER_KEY)),
        case(
            "over the document", "signature_invalid", fields=by(b64encode(raw_signature(DOCUMENT)).decode())
        ),
        case("in DER", "signature_invalid", fields=by(b64encode(_der(signed)).decode())),
        case("without padding", "signature_invalid", fields=by(b64encode(raw).rstrip(b"=").decode())),
        case("in base64url", "signature_invalid", fields=by(urlsafe_b64encode(raw).decode())),
        case("one byte short", "signature_invalid", fields=by(b64encode(raw[:-1]).decode())),
        case("all zeros", "signature_invalid", fields=by(b64encode(bytes(64)).decode())),
        case("no signature", "signature_missing", fields={"signature": None}),
        case("a statement that was signed with spaces in it", "statement_invalid", signed=spaced),
        case(
            "something else that was signed",
            "statement_invalid",
            signed=b'{"statement":"doorstep.sign-off.v2"}',
        ),
        case("a phone that is not known", "device_unknown", public_key=None),
        case(
            "another document",
            "document_differs",
            fields={"document": DOCUMENT.decode().replace("28000", "2800")},
        ),
        case(
            "another hash beside the document",
            "document_differs",
            fields={"document_sha256": hash_of("another")},
        ),
        case("brought by another phone with the same key", "device_differs", **copy),
        case("brought under another number", "device_differs", record={"created": ["d-7f3a", 42]}),
        case("brought by a copy of the phone", signed_as="d-7f3a", copied_from=["d-7f3a"], **copy),
        case("brought by a copy of a copy", signed_as="d-7f3a", copied_from=["f-first", "d-7f3a"], **copy),
        case(
            "a copy, and another document",
            "document_differs",
            signed_as="d-7f3a",
            copied_from=["d-7f3a"],
            fields={"document": "{}"},
            **copy,
        ),
        case("another outcome", "record_differs", fields={"outcome": "absent"}),
        case("another name", "record_differs", fields={"signer": {"name": "李四"}}),
        case("another moment", "record_differs", fields={"signed_at": "2026-03-02T03:04:06Z"}),
        case("another order", "record_differs", record={"aggregate": "work_order/another"}),
        case("another photo", "media_differs", media=other_photo),
        case("a photo that is not there", "media_differs", media=without_photo),
        case("another drawing", "media_differs", fields={"signature_media": "m-1"}),
        case("brought after the phone was withdrawn", "device_withdrawn", withdrawn=True),
        case("withdrawn, and another photo", "media_differs", withdrawn=True, media=other_photo),
        case(
            "another name, and another document",
            "document_differs",
            fields={"signer": {"name": "李四"}, "document": "{}"},
        ),
    ]


def cases() -> list[dict[str, Any]]:
    """All cases, those with bytes first."""
    found: list[dict[str, Any]] = []
    for name, given in VALID.items():
        signed = rfc8785.dumps(given)
        found.append(
            {
                "name": name,
                "input": given,
                "bytes_utf8": signed.decode(),
                "sha256": hashlib.sha256(signed).hexdigest(),
            }
        )
    for name, given in INVALID.items():
        found.append({"name": name, "input": given, "bytes_utf8": None, "sha256": None})
    return found


def file() -> str:
    """The file's text, one case a line."""
    bytes, signed = (_lines(found) for found in (cases(), signatures()))
    about = json.dumps(ABOUT)
    head = f' "protocol": 1,\n "kind": "sign-off",\n "about": {about}'
    return f'{{\n{head},\n "cases": [\n  {bytes}\n ],\n "signatures": [\n  {signed}\n ]\n}}\n'


def _lines(found: list[dict[str, Any]]) -> str:
    return ",\n  ".join(json.dumps(one, ensure_ascii=False) for one in found)


if __name__ == "__main__":
    sys.stdout.write(file())
