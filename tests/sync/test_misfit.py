"""What is wrong with the form of an operation is named by code and member, in both languages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sync.fault import read
from sync.incoming import receive
from sync.operation import InvalidOperation, decode_operation

GOOD: dict[str, Any] = {
    "device": "phone-a",
    "seq": 1,
    "id": "op-1",
    "schema": 2,
    "entity": "job",
    "record": "j1",
    "aggregate": "job/j1",
    "base": ["e1", 1],
    "at": {"wall": "2026-01-31T08:00:00Z"},
    "set": {"phone": "1"},
}
MALFORMED = {
    "a text for a number": ({"schema": "2"}, "not_integer", "schema"),
    "a number for a text": ({"id": 7}, "not_text", "id"),
    "a list for the values": ({"set": []}, "not_object", "set"),
    "a text for the base": ({"base": "e1:1"}, "not_list", "base"),
    "a base ahead of all": ({"base": ["e1", 2**53]}, "too_great", "base[1]"),
    "a base below zero": ({"base": ["e1", -1]}, "too_small", "base[1]"),
    "number nought": ({"seq": 0}, "too_small", "seq"),
    "a number ahead of all": ({"seq": 2**53}, "too_great", "seq"),
    "evidence without a wall": ({"at": {}}, "needed", "at.wall"),
    "a surplus member": ({"colour": "red"}, "unknown", "colour"),
    "an action of its own": ({"action": "upsert"}, "not_one_of", "action"),
    "a record with a space": ({"record": "j 1"}, "not_identifier", "record"),
    "a place without an id": ({"aggregate": "job"}, "not_aggregate", "aggregate"),
    "half a character": ({"set": {"phone": "\ud800"}}, "half_character", "set"),
    "half a character in the id": ({"id": "\udc00"}, "half_character", "id"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_operation_names_the_member(name: str) -> None:
    change, code, member = MALFORMED[name]
    with pytest.raises(InvalidOperation) as refused:
        decode_operation(json.dumps(GOOD | change).encode())

    fault = read(refused.value.detail)

    assert fault is not None, refused.value.detail
    assert (refused.value.reason, fault.code, fault.field) == ("invalid_value", code, f"operation.{member}")
    assert f"operation.{member}" in fault.sentence("en") and f"operation.{member}" in fault.sentence("zh")


@pytest.mark.parametrize("raw", [b"", b"{", b'{"seq":1,}', b"\xff", b'{"set":{"a":' + b"[" * 100_000])
def test_bytes_that_are_no_json_are_told_as_such(raw: bytes) -> None:
    with pytest.raises(InvalidOperation) as refused:
        decode_operation(raw, 10**6)
    fault = read(refused.value.detail)
    assert fault is not None and fault.code in {"wrong_form", "too_deep"}, refused.value.detail


def test_another_device_s_name_is_told_with_the_one_that_sent_it() -> None:
    (one,) = receive([json.dumps(GOOD).encode()], "phone-b", 1, 65_536)
    assert one.detail == "operation.device: not_one_of(phone-b)"
