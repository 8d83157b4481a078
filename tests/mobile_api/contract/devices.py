"""`mobile_api.ports.Devices`."""

from __future__ import annotations

import pytest

from mobile_api.ports import Heard
from sync.wire import Outbox
from tests.mobile_api.contract.storage import NOON, ONE, Storage, new_phone


class DevicesContract:
    """Subclass it with a `storage` fixture."""

    @pytest.fixture
    def enrolled(self, storage: Storage) -> Storage:
        """With device-1 of alice."""
        storage.issue("digest", "alice", ("technician",), ONE)
        storage.enrolments.redeem("digest", new_phone("device-1"), NOON)
        return storage

    def test_unknown_device_is_none(self, storage: Storage) -> None:
        assert storage.devices.get("device-1") is None
        assert storage.devices.poll_row("device-1") is None

    def test_poll_row_tells_user_and_standing(self, enrolled: Storage) -> None:
        row = enrolled.devices.poll_row("device-1")

        assert row is not None
        assert (row.user, row.revoked) == ("alice", False)
        assert row == enrolled.devices.poll_row("device-1")

    def test_revocation_shows_in_every_read_at_once(self, enrolled: Storage) -> None:
        assert enrolled.devices.revoke("device-1", NOON)
        assert enrolled.devices.revoke("device-1", ONE)

        row, device = enrolled.devices.poll_row("device-1"), enrolled.devices.get("device-1")
        assert row is not None and row.revoked
        assert device is not None and device.revoked

    def test_unknown_device_cannot_be_revoked(self, storage: Storage) -> None:
        assert not storage.devices.revoke("device-1", NOON)

    def test_nonce_floor_never_falls(self, enrolled: Storage) -> None:
        for nonce_ms in (5, 9, 7, 0):
            enrolled.devices.heard("device-1", Heard(at=NOON, nonce_ms=nonce_ms))

        device = enrolled.devices.get("device-1")
        assert device is not None and device.nonce_floor_ms == 9

    def test_hearing_of_an_unknown_device_has_no_effect(self, storage: Storage) -> None:
        storage.devices.heard("device-1", Heard(at=NOON, outbox=Outbox(pending=3)))

        assert storage.devices.get("device-1") is None

    def test_hearing_a_device_does_not_change_its_pull(self, enrolled: Storage) -> None:
        before = enrolled.devices.poll_row("device-1")

        enrolled.devices.heard("device-1", Heard(at=ONE, outbox=Outbox(pending=3, digest="a" * 64)))

        assert enrolled.devices.poll_row("device-1") == before
