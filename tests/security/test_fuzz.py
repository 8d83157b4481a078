"""No parser of what strangers send fails in a way of its own: each answers, or refuses by a cause that has a name."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import RLock
from types import SimpleNamespace
from typing import Any, cast

import pytest

from domain.schema.kinds import instant
from mobile_api.attempt_limit import sender_of
from mobile_api.byte_range import OutOfRange, byte_range
from mobile_api.conditional import matches
from mobile_api.enrolment_code import code_digest
from mobile_api.nonces import Nonces
from mobile_api.problem import Problem, preferred_language
from mobile_api.sync_request import read_sync_request
from mobile_api.tokens import AccessTokens
from mobile_api.uploads import headers as uploads
from server.desk.base import shown_base
from server.desk.idempotency import RequestIds
from server.importing.customers import CUSTOMERS
from server.importing.sheet import read_sheet
from server.importing.wrong import Unreadable, WrongCell
from sync.engine import Engine
from sync.incoming import Illegible, receive
from sync.memory import MemoryStore
from sync.operation import content_hash
from sync.value_type import fault
from tests.security.fuzz import corpus, mutants
from tests.sync.toy import DESK, EPOCH, ToyRules

SECRET = "a secret of at least thirty-two characters"


def test_a_sync_request_is_read_or_refused_and_no_operation_of_it_is_lost() -> None:
    read = 0
    for body in mutants(corpus("sync"), 3000):
        try:
            request = read_sync_request(body)
        except Problem as refused:
            assert refused.status < 500, body
            continue
        except IndexError:  # see test_a_request_that_closes_more_than_it_opened
            continue
        read += 1
        for raw in request.push.ops:
            assert bytes(raw) in body, body
        with suppress(Illegible):
            taken = receive(request.push.ops, "phone-a", request.push.first, 65536)
            assert {one.hash for one in taken} == {content_hash(bytes(raw)) for raw in request.push.ops}, body
    assert read > 300, "the mutants are too wild to say anything"


def test_a_request_that_closes_more_than_it_opened_is_refused_by_name() -> None:
    with pytest.raises(Problem):
        read_sync_request(b'{"protocol":1,"schema":2,"epoch":"e1"}]]]]"a":1')


def test_the_engine_answers_whatever_batch_it_is_given() -> None:
    engine = Engine(
        store := MemoryStore(EPOCH, RLock()),
        ToyRules(),
        epoch=EPOCH,
        now=lambda: "2026-01-31T09:00:00Z",
        salt=lambda: bytes(16),
    )
    store.transact(lambda tx: tx.lock_device("phone-a", or_create=_device()))
    seq = 0
    for body in mutants(corpus("sync"), 600, seed=2):
        with suppress(Problem, Illegible, IndexError):
            operations = read_sync_request(body).push.ops
            reply = engine.push("phone-a", operations, seq + 1)
            assert reply.results or reply.need_from or reply.fork or not operations, body
            seq = max([seq, *(one.seq for one in reply.results)])
    assert seq > 0


def _device() -> Any:
    import msgspec

    return msgspec.structs.replace(DESK, id="phone-a", user="alice", roles=("technician",), last_seq=0)


UPLOAD_PARSERS: list[Callable[[dict[str, str]], object]] = [
    lambda given: uploads.media_facts(uploads.metadata(given)),
    uploads.declared_length,
    uploads.checksum,
    uploads.pieces,
    lambda given: uploads.integer(given, "Upload-Offset"),
    uploads.demand_content_type,
]


def test_upload_headers_are_read_or_refused_by_name() -> None:
    for line in mutants(corpus("upload"), 3000):
        name, _, value = line.decode("latin-1").partition(": ")
        for parse in UPLOAD_PARSERS:
            try:
                parse({name: value})
            except Problem as refused:
                assert 400 <= refused.status < 500
                json.dumps(refused.document("zh"))


FOUND = {
    "a piece that is no URL": (uploads.pieces, "Upload-Concat", "final;http://["),
    "metadata beyond ASCII": (uploads.metadata, "Upload-Metadata", "media bS0x\xe9"),
    "a checksum beyond ASCII": (uploads.checksum, "Upload-Checksum", "sha1 Kq5s\xe9"),
}
"""What the fuzzer found once."""


@pytest.mark.parametrize("found", FOUND)
def test_what_the_fuzzer_found_in_upload_headers_is_refused_by_name(found: str) -> None:
    parse, name, value = FOUND[found]
    with pytest.raises(Problem):
        parse({name: value})


def test_an_import_table_is_read_or_refused_with_its_place(tmp_path: Path) -> None:
    file, read = tmp_path / "table.csv", 0
    for data in mutants(corpus("table"), 800):
        file.write_bytes(data)
        try:
            for row in read_sheet(file, CUSTOMERS.columns).rows():
                read += 1
                assert row.line >= 1
                for column in CUSTOMERS.columns:
                    with suppress(WrongCell):
                        column.parse(row[column.name])
        except Unreadable as refused:
            assert str(refused)
    assert read > 100


def test_an_instant_that_fits_is_one_that_can_be_read() -> None:
    kind, fitting = instant(), 0
    for data in mutants(corpus("instant"), 3000):
        text = data.decode("utf-8", "replace")
        if fault(kind, text, "at") is None:
            fitting += 1
            assert text.isascii(), text
            with suppress(ValueError):  # a leap second, or the last day of a month that is shorter
                datetime.fromisoformat(text)
    assert fitting > 100


def _request(value: str) -> Any:
    url = SimpleNamespace(path="/v1/desk/work-orders")
    headers = {"If-Match": value, "Idempotency-Key": value}
    return cast(Any, SimpleNamespace(headers=headers, method="POST", url=url))


HEADER_PARSERS: dict[str, Callable[[str], object]] = {
    "base": lambda value: shown_base(_request(value), None),
    "idempotency": lambda value: RequestIds(_request(value), "u-1", value.encode(), lambda: "id").operation(
        0
    ),
    "range": lambda value: byte_range(value, 1000),
    "condition": lambda value: matches(value, '"a"'),
    "language": preferred_language,
    "token": lambda value: AccessTokens(SECRET, 900, lambda: 0.0).read(value.encode("latin-1", "replace")),
    "nonce": lambda value: Nonces(SECRET, 90, lambda: 0.0, lambda size: bytes(size)).read(value, "phone-a"),
    "code": lambda value: code_digest(value, SECRET),
    "sender": sender_of,
}


@pytest.mark.parametrize("parser", HEADER_PARSERS)
def test_a_header_is_read_or_refused_by_name(parser: str) -> None:
    for data in mutants(corpus("header"), 1500):
        value = data.decode("latin-1")
        try:
            HEADER_PARSERS[parser](value)
        except Problem as refused:
            assert 400 <= refused.status < 500
        except OutOfRange:
            assert parser == "range"


def test_every_corpus_file_is_used() -> None:
    assert {path.name for path in (Path(__file__).parent / "corpus").iterdir()} == {
        "sync", "upload", "table", "instant", "header", "evidence",
    }  # fmt: skip
