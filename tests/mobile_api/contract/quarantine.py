"""`mobile_api.ports.Quarantine`."""

from __future__ import annotations

from tests.mobile_api.contract.storage import NOON, Storage


class QuarantineContract:
    """Subclass it with a `storage` fixture."""

    def test_deposit_keeps_operations_up_to_its_bound(self, storage: Storage) -> None:
        operations = [b"a" * 40, b"b" * 40, b"c" * 40]

        assert storage.quarantine.deposit("device-1", operations, most_bytes=100, now=NOON) == 2

    def test_bound_holds_over_several_deposits(self, storage: Storage) -> None:
        storage.quarantine.deposit("device-1", [b"a" * 60], most_bytes=100, now=NOON)

        assert storage.quarantine.deposit("device-1", [b"b" * 60], most_bytes=100, now=NOON) == 0

    def test_repeated_deposit_takes_no_room(self, storage: Storage) -> None:
        operations = [b"a" * 40, b"b" * 40]
        for _ in range(3):
            assert storage.quarantine.deposit("device-1", operations, most_bytes=100, now=NOON) == 2

    def test_one_device_does_not_use_up_anothers_room(self, storage: Storage) -> None:
        storage.quarantine.deposit("device-1", [b"a" * 90], most_bytes=100, now=NOON)

        assert storage.quarantine.deposit("device-2", [b"a" * 90], most_bytes=100, now=NOON) == 1

    def test_bytes_need_not_be_legible(self, storage: Storage) -> None:
        operations = [b"\xff\x00\xfe", b"[" * 10_000]

        assert storage.quarantine.deposit("device-1", operations, most_bytes=20_000, now=NOON) == 2
