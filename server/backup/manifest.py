"""What a backup says about itself."""

from __future__ import annotations

from importlib.metadata import version

import msgspec

from mobile_api.derived_key import derived_key, to_base64url
from server.backup.archive import MANIFEST, NoBackup, Reader

FORMAT = 1


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`manifest.json`."""

    format: int = FORMAT
    made_at: str
    """The server's time at the moment that the rows show, an instant in UTC."""
    program: str
    """The release that made it."""
    database: str
    """`sqlite` or `postgresql`; a backup of either fills either."""
    revision: str
    """Of the tables, as `doorstep migrate` counts them."""
    epoch: str
    """Of the database that was backed up. A restored one gets another."""
    secret_mark: str
    """Tells whether DOORSTEP_SECRET is the same as then; the secret itself is in no backup."""
    rows: dict[str, int]
    """By table."""
    blobs: int | None
    """How many media files; None: they were left out on purpose."""
    blobs_missing: int = 0
    """Stored uploads whose file was not in the blob folder, when it was made."""


def encode_manifest(manifest: Manifest) -> bytes:
    """As it is written: for people too."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def read_manifest(reader: Reader) -> Manifest:
    """Raises NoBackup."""
    with reader.open(MANIFEST) as file:
        data = file.read()
    try:
        said = msgspec.json.decode(data, type=dict)
        if said.get("format") != FORMAT:
            raise NoBackup(
                f"This backup has format {said.get('format')}; this program reads format {FORMAT}: use its release."
            )
        return msgspec.json.decode(data, type=Manifest)
    except msgspec.DecodeError as problem:
        raise NoBackup(f"Its {MANIFEST} is damaged: {problem}.") from problem


def secret_mark(secret: str) -> str:
    """Differs when the secret does, and does not tell it."""
    return to_base64url(derived_key(secret, "backup mark")[:12])


def program() -> str:
    """This release."""
    return version("doorstep")
