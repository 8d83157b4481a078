"""The phones' and uploads' ports keep their contracts on both databases."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from media.register import UploadRegister
from mobile_api.ports import Heard
from server.db.devices import SqlDevices
from server.db.enrolments import SqlEnrolments
from server.db.open import SqlStore
from server.db.quarantine import SqlQuarantine
from server.db.uploads import SqlUploads
from server.first_loads import FirstLoads
from sync.store import AggregateRow, Changes, EntitlementRow
from sync.wire import Outbox
from tests.media.contract_register import RegisterContract
from tests.mobile_api.contract.devices import DevicesContract
from tests.mobile_api.contract.enrolments import EnrolmentsContract
from tests.mobile_api.contract.quarantine import QuarantineContract
from tests.mobile_api.contract.snapshots import SnapshotsContract
from tests.mobile_api.contract.storage import NOON, ONE, TWO, Storage, new_phone
from tests.sync.contract.rows import write


class GivenLoads(FirstLoads):
    """First loads of whatever bytes a test gives, each under a catalogue of its own that its readers hold."""

    def put(self, data: bytes, readers: set[str]) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        shard = f"catalogue/{sha256}"
        rights = [EntitlementRow(user=user, aggregate=shard, from_ver=0, because=user) for user in readers]
        write(self._store, Changes(aggregates=[AggregateRow(id=shard, ver=1)], entitlements=rights), shard)
        self._write(shard, 1, data)
        return sha256


class TestPhones(EnrolmentsContract, DevicesContract, QuarantineContract, SnapshotsContract):
    """Enrolment, devices, quarantine and first loads."""

    @pytest.fixture
    def storage(self, store: SqlStore, tmp_path: Path) -> Storage:
        enrolments, snapshots = SqlEnrolments(store.database), GivenLoads(store, tmp_path, "epoch")

        def issue(code_digest: str, user: str, roles: tuple[str, ...], expires_at: str) -> None:
            enrolments.issue(code_digest, user, roles, now=NOON, expires_at=expires_at)

        return Storage(
            enrolments=enrolments,
            devices=SqlDevices(store),
            quarantine=SqlQuarantine(store.database),
            snapshots=snapshots,
            issue=issue,
            put_snapshot=snapshots.put,
        )

    def test_the_desk_sees_what_a_silent_phone_still_holds(self, storage: Storage) -> None:
        storage.issue("digest", "alice", ("technician",), TWO)
        storage.enrolments.redeem("digest", new_phone(), NOON)
        outbox = Outbox(pending=3, last_seq=17, digest="d" * 64, uploads=2, upload_bytes=9)
        storage.devices.heard("device-1", Heard(at=NOON, outbox=outbox))
        storage.devices.heard("device-1", Heard(at=ONE))
        storage.devices.revoke("device-1", TWO)
        assert isinstance(storage.devices, SqlDevices)
        (phone,) = storage.devices.list()
        assert (phone.user, phone.name, phone.heard_at, phone.revoked_at) == ("alice", "Li's phone", ONE, TWO)
        assert (phone.pending, phone.outbox_last_seq, phone.outbox_digest) == (3, 17, "d" * 64)
        assert (phone.uploads, phone.upload_bytes, phone.revoked) == (2, 9, True)

    def test_a_deposit_is_read_back_in_order(self, storage: Storage) -> None:
        operations = [b"\x00one", b"two", b"three"]
        storage.quarantine.deposit("device-1", operations[:2], most_bytes=100, now=NOON)
        storage.quarantine.deposit("device-1", operations, most_bytes=100, now=NOON)
        assert isinstance(storage.quarantine, SqlQuarantine)
        deposited = storage.quarantine.deposited("device-1", 0, 10)
        assert [payload for _, _, payload in deposited] == operations
        assert storage.quarantine.deposited("device-1", 1, 1) == deposited[1:2]
        (held,) = storage.quarantine.holdings("", 10)
        assert (held.device, held.count, held.size_bytes) == ("device-1", 3, sum(map(len, operations)))


class TestUploads(RegisterContract):
    """The upload register."""

    @pytest.fixture
    def register(self, store: SqlStore) -> UploadRegister:
        return SqlUploads(store.database)
