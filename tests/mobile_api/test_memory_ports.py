"""The fakes keep the same contracts as the real adapters."""

from __future__ import annotations

import pytest

from mobile_api.failed_attempts import MemoryFailedAttempts
from sync.memory import MemoryStore
from tests.mobile_api.contract.devices import DevicesContract
from tests.mobile_api.contract.enrolments import EnrolmentsContract
from tests.mobile_api.contract.failed_attempts import FailedAttemptsContract
from tests.mobile_api.contract.quarantine import QuarantineContract
from tests.mobile_api.contract.snapshots import SnapshotsContract
from tests.mobile_api.contract.storage import Storage
from tests.mobile_api.memory_ports import MemoryDevices, MemoryEnrolments, MemoryQuarantine, MemorySnapshots


class TestMemory(EnrolmentsContract, DevicesContract, QuarantineContract, SnapshotsContract):
    """All four, over one memory store."""

    @pytest.fixture
    def storage(self) -> Storage:
        store = MemoryStore()
        enrolments, snapshots = MemoryEnrolments(store), MemorySnapshots()
        return Storage(
            enrolments=enrolments,
            devices=MemoryDevices(store),
            quarantine=MemoryQuarantine(),
            snapshots=snapshots,
            issue=enrolments.issue,
            put_snapshot=snapshots.put,
        )


class TestFailedAttempts(FailedAttemptsContract):
    """Of one process, whose threads are many."""

    @pytest.fixture
    def failed(self) -> MemoryFailedAttempts:
        return MemoryFailedAttempts()

    def test_failures_that_each_process_keeps_for_itself_are_found(
        self, failed: MemoryFailedAttempts
    ) -> None:
        with pytest.raises(AssertionError):
            self.test_a_hundred_at_once_in_two_processes_are_a_hundred(failed, MemoryFailedAttempts())
