"""`mobile_api.ports.Enrolments`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from mobile_api.ports import CodeRefused
from tests.mobile_api.contract.storage import KEY_A, KEY_B, NOON, ONE, TWO, Storage, new_phone


class EnrolmentsContract:
    """Subclass it with a `storage` fixture."""

    def test_code_makes_the_phone_its_users(self, storage: Storage) -> None:
        storage.issue("digest", "alice", ("technician",), ONE)

        enrolled = storage.enrolments.redeem("digest", new_phone(), NOON)

        assert (enrolled.device, enrolled.user, enrolled.roles) == ("device-1", "alice", ("technician",))
        device = storage.devices.get("device-1")
        assert device is not None
        assert (device.user, device.roles, device.public_key) == ("alice", ("technician",), KEY_A)
        assert not device.revoked

    def test_lost_reply_does_not_cost_the_code(self, storage: Storage) -> None:
        storage.issue("digest", "alice", ("technician",), ONE)
        first = storage.enrolments.redeem("digest", new_phone("device-1"), NOON)

        again = storage.enrolments.redeem("digest", new_phone("device-2"), NOON)

        assert again == first
        assert storage.devices.get("device-2") is None

    def test_used_code_enrols_no_other_key(self, storage: Storage) -> None:
        storage.issue("digest", "alice", ("technician",), ONE)
        storage.enrolments.redeem("digest", new_phone("device-1"), NOON)

        with pytest.raises(CodeRefused) as refused:
            storage.enrolments.redeem("digest", new_phone("device-2", KEY_B), NOON)

        assert refused.value.fault == "used"
        assert storage.devices.get("device-2") is None

    def test_expired_code_enrols_nothing(self, storage: Storage) -> None:
        storage.issue("digest", "alice", ("technician",), ONE)

        with pytest.raises(CodeRefused) as refused:
            storage.enrolments.redeem("digest", new_phone(), TWO)

        assert refused.value.fault == "expired"
        assert storage.devices.get("device-1") is None

    def test_used_code_stops_answering_even_its_own_key_once_expired(self, storage: Storage) -> None:
        storage.issue("digest", "alice", ("technician",), ONE)
        storage.enrolments.redeem("digest", new_phone(), NOON)

        with pytest.raises(CodeRefused) as refused:
            storage.enrolments.redeem("digest", new_phone(), TWO)

        assert refused.value.fault == "used"

    def test_unknown_code_enrols_nothing(self, storage: Storage) -> None:
        with pytest.raises(CodeRefused) as refused:
            storage.enrolments.redeem("digest", new_phone(), NOON)

        assert refused.value.fault == "unknown"

    def test_of_two_phones_with_one_code_one_wins(self, storage: Storage) -> None:
        storage.issue("digest", "alice", ("technician",), ONE)

        def redeem(number: int) -> str:
            phone = new_phone(f"device-{number}", b'{"number":%d}' % number)
            try:
                return storage.enrolments.redeem("digest", phone, NOON).device
            except CodeRefused as refused:
                return refused.fault

        with ThreadPoolExecutor(8) as threads:
            outcomes = list(threads.map(redeem, range(8)))

        assert outcomes.count("used") == 7
        assert sum(storage.devices.get(f"device-{number}") is not None for number in range(8)) == 1
