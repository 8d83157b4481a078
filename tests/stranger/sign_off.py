"""The bytes that a sign-off signs (section 16)."""

import re
from typing import Any

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
