"""What was erased at the office is erased on phones; what the office has not got is never touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from doorstep_client import Phone, Unreachable, purge
from sync.engine import Engine
from sync.operation import Operation
from sync.personal import without_personal
from sync.policy import Immutable, Owner
from sync.rules import View
from sync.schema import Entity, Field
from sync.value_type import ValueType
from tests.client.clock import HeldClock
from tests.client.conftest import JOB, OpenPhone
from tests.client.rules import SiteRules
from tests.client.server import Server
from tests.sync.toy import SCHEMA

SECRET = "13912345678"
DAY_SECONDS = 86_400
_JOB = SCHEMA.entities["job"]
_PERSONAL = {
    "phone": msgspec.structs.replace(
        _JOB.fields["phone"], type=msgspec.structs.replace(_JOB.fields["phone"].type, personal=True)
    ),
    "erased_at": Field(
        type=ValueType(kind="instant"), policy=Owner(), owner=("system",), others="refuse", meaning="toy"
    ),
}
_MEDIA = Entity(
    root="job",
    fields={"job": Field(type=ValueType(kind="text"), policy=Immutable(), meaning="toy", required=True)},
)
MARKED = msgspec.structs.replace(
    SCHEMA,
    entities={
        **SCHEMA.entities,
        "job": msgspec.structs.replace(_JOB, fields={**_JOB.fields, **_PERSONAL}),
        "media": _MEDIA,
    },
)


class ErasableRules(SiteRules):
    """A job of which the telephone number is personal."""

    schema = MARKED

    def is_erased(self, operation: Operation, view: View) -> bool:
        job = view.record("job", operation.aggregate.partition("/")[2])
        return job is not None and job.fields.get("erased_at") is not None

    def without_personal(self, entity: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        return without_personal(self.schema.entities[entity], fields)


@pytest.fixture
def server(clock: HeldClock) -> Server:
    made = Server(clock)
    made.rules = ErasableRules()
    made.limit(made.limits)
    made.open_job(phone="100")
    return made


def erase(server: Server) -> None:
    engine: Engine = server.engine
    assert engine.erase(JOB, {("job", "j1"): {"erased_at": "2031-05-05T01:00:00Z"}})


def holds_the_secret(phone: Phone) -> bool:
    phone.store.run("PRAGMA wal_checkpoint(TRUNCATE)")
    files: Iterable[Path] = phone.store.path.parent.glob(f"{phone.store.path.name}*")
    return any(SECRET.encode() in file.read_bytes() for file in files)


def test_an_erasure_reaches_the_records_and_the_answered_work_of_a_phone(
    phone: Phone, server: Server
) -> None:
    phone.author("job", "j1", set={"phone": SECRET})
    phone.sync()
    assert holds_the_secret(phone)
    erase(server)
    phone.sync()
    seen = phone.get("job", "j1")
    assert seen is not None and seen.fields["phone"] is None
    assert not holds_the_secret(phone)


def test_late_work_is_told_as_erased_and_its_values_leave_the_phone(phone: Phone, server: Server) -> None:
    phone.author("job", "j1", set={"phone": SECRET})
    erase(server)
    phone.sync()
    (told,) = phone.receipts("zh")
    assert (told.status, told.reason) == ("parked", "erased")
    assert "已删除" in told.sentence
    assert not holds_the_secret(phone)
    seen = phone.get("job", "j1")
    assert seen is not None and seen.fields["phone"] is None
    assert phone.prepare().request.push.parked == []


def test_work_that_has_no_answer_is_never_purged(phone: Phone, server: Server) -> None:
    authored = phone.author("job", "j1", set={"phone": SECRET})
    with phone.store.transaction():
        purge.purge(phone.store, JOB)
    (pending,) = phone.outbox()
    assert pending.operation == authored.operation
    phone.sync()
    assert server.record("j1").fields["phone"] == SECRET


def test_purging_again_changes_nothing(phone: Phone, server: Server) -> None:
    phone.author("job", "j1", set={"phone": SECRET})
    phone.sync()
    erase(server)
    phone.sync()
    before = phone.store.all("SELECT * FROM outbox")
    phone.sync()
    assert phone.store.all("SELECT * FROM outbox") == before


def test_purged_work_is_no_fork_when_it_is_offered_again(phone: Phone, server: Server) -> None:
    phone.author("job", "j1", set={"phone": SECRET})
    erase(server)
    phone.sync()
    with phone.store.transaction():
        phone.store.run("UPDATE outbox SET state = 'pending', status = '', reason = '', result = NULL")
    phone.sync()
    assert [one.reason for one in phone.receipts("en")] == ["erased"]
    assert not phone.identity.device.startswith("f-")


def test_files_of_an_erased_customer_are_deleted_sent_or_not(
    phone: Phone, server: Server, tmp_path: Path
) -> None:
    photo, other = tmp_path / "photo.jpg", tmp_path / "other.jpg"
    for file in (photo, other):
        file.write_bytes(file.name.encode())
    phone.author("media", "m1", JOB, {"job": "j1"}, "create")
    phone.sync()
    phone.attach("m1", photo)
    phone.attach("m-of-somebody-else", other)
    erase(server)
    phone.sync()
    assert not photo.exists()
    assert [one.media for one in phone.uploads()] == ["m-of-somebody-else"]
    assert other.exists()


def test_a_withdrawn_phone_drops_its_records_and_later_what_lies_in_quarantine(
    open_phone: OpenPhone, server: Server, clock: HeldClock
) -> None:
    phone = open_phone("a")
    phone.enrol("CODE-A", "Alice's phone", "test")
    phone.sync()
    phone.author("job", "j1", set={"phone": SECRET})
    known = server.store._state.devices[phone.identity.device]
    server.store.put_device(msgspec.structs.replace(known, revoked=True))
    phone.sync()
    assert phone.store.all("SELECT 1 FROM record") == []
    assert holds_the_secret(phone)
    clock.pass_seconds(31 * DAY_SECONDS)
    unsent = phone.author("job", "j2", "job/j2", {"phone": "another"}, "create")
    server.lose_request = lambda: True
    with pytest.raises(Unreachable):
        phone.sync()
    assert [one.operation.id for one in phone.outbox()] == [unsent.operation.id]
    server.lose_request = lambda: False
    phone.sync()
    assert not holds_the_secret(phone)
