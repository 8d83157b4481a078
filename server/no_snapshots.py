"""Snapshots of a server that makes none: every first load travels in the exchange itself."""

from __future__ import annotations

from mobile_api.ports import SnapshotBlob


class NoSnapshots:
    """See `mobile_api.ports.Snapshots`."""

    def find(self, user: str, sha256: str) -> SnapshotBlob | None:
        """None, always."""
        return None

    def read(self, sha256: str, start: int, size_bytes: int) -> bytes:
        """Never called: nothing was found."""
        raise LookupError(sha256)
