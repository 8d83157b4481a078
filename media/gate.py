"""The two ports through which uploads meet those who know what a media record is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from media.upload import Upload


@dataclass(frozen=True, slots=True)
class Principal:
    """Who sends: an enrolled device and the person who uses it."""

    device_id: str
    user_id: str


class MediaGate(Protocol):
    """Decides who may upload what. Asked when an upload is created, and again when all its bytes are here."""

    def may_upload(
        self,
        principal: Principal,
        media_id: str,
        sha256: str,
        size_bytes: int | None,
        metadata: Mapping[str, str | None],
    ) -> str | None:
        """None to admit, else a stable code that says why not. Runs in a worker thread; may read a
        database. `size_bytes` is what the client declares; None: not yet, or the hash has proved the bytes."""
        ...


class StoredCallback(Protocol):
    """Told of each upload whose bytes are whole, durable and verified, before the register says `stored`.

    At least once: a crash between the call and the register repeats it, so its effect is keyed by the
    upload's id. Raising leaves the upload partial with all its bytes; the next request for it, or
    `recover`, calls again.
    """

    def __call__(self, upload: Upload) -> None: ...
