"""Every example of the protocol's page is what the wire's structures read and write."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest

from domain.sign_off import Statement, signing_bytes
from domain.signed_document import document
from openapi.lock import FOLDER
from openapi.wire import STRUCTURES
from sync.canonical import encode, sha256_hex
from sync.conflict import conflict_entity
from sync.operation import Operation, decode_operation
from sync.record import decode_record, digest_hex, digest_term, encode_record
from sync.value_type import fault
from tests.domain.test_sign_off import sources

PAGE = (FOLDER / "sync-protocol.md").read_text("utf-8")
EXAMPLES = [
    pytest.param(name, json.loads(text), id=f"{place}-{name}")
    for place, (name, text) in enumerate(re.findall(r"^```json(?: (\w+))?\n(.*?)^```", PAGE, re.S | re.M))
]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_an_example_is_read_and_written_as_it_stands(name: str, example: Any) -> None:
    assert name, "name the structure after ```json"
    if name == "Record":
        _check_record(example)
    elif name == "Conflict":
        _check_conflict(example)
    elif name == "Statement":
        assert json.loads(signing_bytes(msgspec.convert(example, Statement))) == example
    else:
        structure = STRUCTURES[name]
        raw = msgspec.json.encode(example)
        assert json.loads(msgspec.json.encode(msgspec.json.decode(raw, type=structure))) == _spelled(
            example, structure
        )
        for one in _inner(example, "ops"):
            decode_operation(msgspec.json.encode(one))
        for one in _inner(example, "records"):
            _check_record(one)


def _spelled(example: Any, structure: type[msgspec.Struct]) -> Any:
    """An operation's `action: update` may be written out, and is left out by us."""
    if structure is Operation:
        return {name: value for name, value in example.items() if (name, value) != ("action", "update")}
    if "aggregates" in example:  # an empty list may be left out
        return {
            **example,
            "aggregates": [{k: v for k, v in one.items() if v != []} for one in example["aggregates"]],
        }
    return {
        name: _spelled(value, structure) if name == "pull" and "aggregates" in value else value
        for name, value in example.items()
    }


def _inner(value: Any, name: str) -> list[Any]:
    """All members of lists of that name, at any depth."""
    found: list[Any] = []
    if isinstance(value, dict):
        for member, inner in value.items():
            found += inner if member == name else _inner(inner, name)
    elif isinstance(value, list):
        for inner in value:
            found += _inner(inner, name)
    return found


def _check_record(example: Any) -> None:
    assert encode_record(decode_record(msgspec.json.encode(example))) == encode(example)


def _check_conflict(example: Any) -> None:
    fields = conflict_entity(("dispatcher",)).fields
    assert set(example) == set(fields) - {"decision"}
    assert [fault(fields[name].type, value, name) for name, value in example.items()] == [None] * len(example)


def test_there_is_an_example_of_every_envelope() -> None:
    named = {example.values[0] for example in EXAMPLES}
    assert {
        "SyncRequest",
        "SyncReply",
        "Operation",
        "Result",
        "Pull",
        "PullReply",
        "Record",
        "Conflict",
    } <= named


def test_the_bytes_of_a_digest_are_those_of_the_record_that_is_shown() -> None:
    shown = next(example.values[1] for example in EXAMPLES if example.values[0] == "Record")
    section = PAGE.partition("### 12.3")[2].partition("\n## ")[0]
    written = re.search(r"`((?:[0-9a-f]{2} )+[0-9a-f]{2})`", section)
    assert written
    data = bytes.fromhex(written[1])
    assert data == f"{shown['entity']}\n{shown['id']}\n{shown['ver']}".encode()
    assert f"`{sha256_hex(data)}`" in section
    assert digest_hex(digest_term(shown["entity"], shown["id"], shown["ver"])) == sha256_hex(data)


def test_every_member_of_a_statement_is_explained() -> None:
    section = PAGE.partition("### 16.1")[2].partition("### 16.2")[0]
    for name in Statement.__struct_fields__:
        assert f"`{name}" in section.partition("| member |")[2], name


def test_every_member_of_a_document_is_explained() -> None:
    section = PAGE.partition("### 16.2")[2].partition("### 16.3")[0]
    made = document(sources(), "zh")
    for name, value in made.items():
        assert f"`{name}`" in section, name
        for inner in _names(value):
            assert f"`{inner}`" in section, f"{name}.{inner}"


def _names(value: Any) -> list[str]:
    one = value[0] if isinstance(value, list) and value else value
    return list(one) if isinstance(one, dict) else []


@pytest.mark.parametrize("section", re.findall(r"section (\d+(?:\.\d+)?)", PAGE))
def test_a_section_that_is_referred_to_exists(section: str) -> None:
    assert re.search(rf"^#+ {re.escape(section)}\.? ", PAGE, re.M)


def test_every_section_that_the_code_cites_exists() -> None:
    """Docstrings say `openapi/sync-protocol.md, section 6.8`, and mean it."""
    root = FOLDER.parent
    rooms = [
        path for room in ("sync", "mobile_api", "domain", "media") for path in (root / room).rglob("*.py")
    ]
    cited = {
        number
        for path in [*rooms, *(root / "clients" / "python").rglob("*.py")]
        for numbers in re.findall(r"sync-protocol\.md,\s+sections? ([\d.,\s and–]+)", path.read_text("utf-8"))
        for number in re.findall(r"\d+(?:\.\d+)?", numbers)
    }
    assert cited
    assert [one for one in sorted(cited) if not re.search(rf"^#+ {re.escape(one)}\.? ", PAGE, re.M)] == []
