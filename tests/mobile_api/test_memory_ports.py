"""The fakes keep the same contracts as the real adapters."""

from __future__ import annotations

import pytest

from sync.memory import MemoryStore
from tests.mobile_api.contract.devices import DevicesContract
from tests.mobile_api.contract.enrolments import EnrolmentsContract
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
