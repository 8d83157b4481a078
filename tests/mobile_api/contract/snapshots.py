"""`mobile_api.ports.Snapshots`."""

from __future__ import annotations

import hashlib

from tests.mobile_api.contract.storage import Storage


class SnapshotsContract:
    """Subclass it with a `storage` fixture."""

    def test_snapshot_is_found_by_the_hash_of_its_bytes(self, storage: Storage) -> None:
        sha256 = storage.put_snapshot(b"0123456789", {"alice"})

        found = storage.snapshots.find("alice", sha256)
        assert sha256 == hashlib.sha256(b"0123456789").hexdigest()
        assert found is not None
        assert (found.sha256, found.size_bytes) == (sha256, 10)

    def test_snapshot_is_not_there_for_who_may_not_see_it(self, storage: Storage) -> None:
        sha256 = storage.put_snapshot(b"0123456789", {"alice"})

        assert storage.snapshots.find("bob", sha256) is None

    def test_unknown_snapshot_is_none(self, storage: Storage) -> None:
        assert storage.snapshots.find("alice", "0" * 64) is None

    def test_any_part_can_be_read(self, storage: Storage) -> None:
        sha256 = storage.put_snapshot(b"0123456789", {"alice"})

        assert storage.snapshots.read(sha256, 0, 10) == b"0123456789"
        assert storage.snapshots.read(sha256, 3, 4) == b"3456"
