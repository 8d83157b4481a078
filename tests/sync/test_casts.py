"""Old phones, new server: words are cast up, records are cast down, nothing is refused."""

from __future__ import annotations

import msgspec

from sync.casts import Cast, downcast, upcast
from sync.clock import Clock
from sync.record import Record, decode_record, encode_record
from sync.schema import Field, Schema
from tests.sync.toy import JOB, SCHEMA, TEXT, operation

CASTS = (
    Cast(version=2, entity="job", renamed={"tel": "phone"}),
    Cast(version=3, entity="job", dropped=("fax",), values={"severity": {"severe": "high"}}),
)
NEW = Field(type=TEXT, policy=JOB.fields["phone"].policy, meaning="new", since=3)
AT_3 = Schema(
    version=3,
    entities={
        **SCHEMA.entities,
        "job": msgspec.structs.replace(JOB, fields={**JOB.fields, "email": NEW}),
        "rocket": msgspec.structs.replace(JOB, since=3),
    },
)


def test_an_old_operation_speaks_the_current_schema():
    old = operation("phone-a", 1, {"tel": "139", "fax": "1", "severity": "severe"}, schema=1)
    new = upcast(old, AT_3, CASTS)
    assert new is not None
    assert new.set == {"phone": "139", "severity": "high"} and new.base == old.base and new.id == old.id


def test_a_newer_operation_waits():
    assert upcast(operation("phone-a", 1, {"phone": "1"}, schema=4), AT_3, CASTS) is None


def _record(entity: str = "job") -> bytes:
    created, later = Clock(1, "d", 1, "dispatcher"), Clock(2, "p", 4, "technician")
    return encode_record(
        Record(
            entity=entity,
            id="j1",
            aggregate="job/j1",
            ver=2,
            created=created,
            fields={"phone": "139", "email": "a@b", "severity": "high"},
            clocks={"phone": later, "email": later, "severity": created},
        )
    )


def test_a_record_is_cast_down_with_its_clocks():
    body = downcast(_record(), AT_3, CASTS, 1)
    assert body is not None
    old = decode_record(body)
    assert old.fields == {"tel": "139", "severity": "severe"}
    assert old.clock("tel") == Clock(2, "p", 4, "technician")


def test_what_a_phone_does_not_know_is_sent_bare_for_the_digest_counts_it():
    known, bare = decode_record(_record("rocket")), decode_record(downcast(_record("rocket"), AT_3, CASTS, 2))
    assert (bare.fields, bare.clocks) == ({}, {})
    assert (bare.entity, bare.id, bare.ver, bare.deleted) == (
        known.entity,
        known.id,
        known.ver,
        known.deleted,
    )
    assert bare.created == known.created


def test_the_current_schema_gets_the_stored_bytes_untouched():
    assert downcast(_record(), AT_3, CASTS, 3) == _record()
