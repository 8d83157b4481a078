"""Checksums of the bytes of one request, as a client may send beside them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

ALGORITHMS: Final = ("sha1", "sha256")
"""By their names in the tus protocol, which demands SHA-1."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one request should hash to."""

    algorithm: str
    digest: bytes

    def started(self) -> hashlib._Hash:
        """A running hash to feed the bytes to."""
        return hashlib.new(self.algorithm, usedforsecurity=False)
