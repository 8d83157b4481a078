"""The file that is handed out: canonical JSON, in one spelling, sealed (openapi/evidence.md, section 3)."""

from __future__ import annotations

from typing import Literal

import msgspec

from sync import canonical

FORMAT: Literal["doorstep-evidence/1"] = "doorstep-evidence/1"
LARGEST_BYTES = 256 * 1024 * 1024


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry of the audit chain. `payload` and `salt` are null where erased, or where the file is not about them."""

    commitment: str
    payload: str | None
    salt: str | None


class Chain(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole chain of the work order, as commitments at least."""

    aggregate: str
    entries: tuple[Entry, ...]
    head: str


class Proven(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A leaf with its receipt, and the proof that it is in the log at the checkpoint."""

    index: int
    data: str
    receipt: str
    """The signature line of a note whose text is `data` and a line feed."""
    proof: tuple[str, ...]


class Consistency(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An earlier state of the log, and the proof that the checkpoint extends it."""

    size: int
    root: str
    proof: tuple[str, ...]


class LogPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file holds of one log."""

    checkpoint: str
    consistency: tuple[Consistency, ...]
    leaves: tuple[Proven, ...]


class Package(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything about one sign-off, or about all of a work order."""

    format: Literal["doorstep-evidence/1"] = FORMAT
    chain: Chain
    logs: tuple[LogPart, ...]
    made_at: str
    scope: Literal["sign_off", "work_order"]
    seal: str
    """The signature line of a note whose text is `sealed_text`."""


class Unreadable(ValueError):
    """The bytes are no such file, or not in its one spelling."""


_decoder = msgspec.json.Decoder(Package)


def encode_package(package: Package) -> bytes:
    """The file."""
    return canonical.encode(package)


def decode_package(data: bytes) -> Package:
    """Raises `Unreadable`."""
    if len(data) > LARGEST_BYTES:
        raise Unreadable(f"larger than {LARGEST_BYTES} bytes")
    try:
        package = _decoder.decode(data)
    except canonical.NOT_JSON as problem:
        raise Unreadable(str(problem)) from problem
    if encode_package(package) != data:
        raise Unreadable("not in its one spelling")
    return package


def sealed_text(package: Package) -> str:
    """What the seal signs: the hash of the file as it is with an empty seal."""
    unsealed = encode_package(msgspec.structs.replace(package, seal=""))
    return f"{FORMAT}\n{canonical.sha256_hex(unsealed)}\n"
