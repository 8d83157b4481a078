"""The vectors of the bytes that a sign-off signs; `python -m tests.domain.sign_off_vectors` prints the file.

Expected bytes come from an independent implementation of RFC 8785, never from the product's own encoder.
"""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any

import rfc8785

ABOUT = (
    "Bytes that a sign-off signs (input has `statement`) and bytes that the customer saw (input has `document`). "
    "bytes_utf8 null: the input must be refused."
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
    lines = ",\n  ".join(json.dumps(case, ensure_ascii=False) for case in cases())
    about = json.dumps(ABOUT)
    return f'{{\n "protocol": 1,\n "kind": "sign-off",\n "about": {about},\n "cases": [\n  {lines}\n ]\n}}\n'


if __name__ == "__main__":
    sys.stdout.write(file())
