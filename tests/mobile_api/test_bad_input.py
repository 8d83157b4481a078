"""Whatever comes, the answer names what is wrong: never a 500, never a lost operation."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import zstandard

from mobile_api.request_body import decompressed
from sync.store import StoreUnavailable
from tests.mobile_api.live import Company, Phone, serving, sync_body

LIMIT = 256 * 1024
BOMB = gzip.compress(bytes(200 * 1024 * 1024), 9)


@pytest.fixture(scope="module")
def shared() -> Iterator[Company]:
    """One company for the whole table: bad input leaves no trace."""
    company = Company(max_sync_body_bytes=LIMIT, body_stall_seconds=0.3)
    with serving(company.app()) as port:
        company.port = port
        company.job("j1")
        yield company


@pytest.fixture(scope="module")
def sender(shared: Company) -> Phone:
    """A phone in good standing."""
    return shared.phone()


def _with(**changed: Any) -> bytes:
    return json.dumps({"protocol": 1, "schema": 2, "epoch": "epoch-1", **changed}).encode()


GOOD = _with(pull={"manifest": {}})
FIELDS = [
    (_with(schema="2"), "schema"),
    (_with(schema=-1), "schema"),
    (_with(schema=2**40), "schema"),
    (_with(schema=1.5), "schema"),
    (b'{"protocol":1,"epoch":""}', "schema"),
    (b'{"schema":1,"epoch":""}', "protocol"),
    (b"[]", "body"),
    (b"[" * 100_000, "body"),
    (b"null", "body"),
    (b'"text"', "body"),
    (_with(protocol="1"), "protocol"),
    (_with(epoch=None), "epoch"),
    (_with(epoch="x" * 65), "epoch"),
    (_with(epoch="a\x00b"), "epoch"),
    (_with(push=[]), "push"),
    (_with(push={"ops": {}}), "push.ops"),
    (_with(push={"first": -1}), "push.first"),
    (_with(push={"first": 2**53}), "push.first"),
    (_with(push={"parked": [1, 2**60]}), "push.parked[1]"),
    (_with(push={"parked": ["1"]}), "push.parked[0]"),
    (_with(push={"ops": [{}]}), "push.ops[0].seq"),
    (_with(pull=5), "pull"),
    (_with(pull={"manifest": {"job/j1": -1}}), "pull.manifest.job/j1"),
    (_with(pull={"manifest": {"job/j1": 2**53}}), "pull.manifest.job/j1"),
    (_with(pull={"manifest": {"job/j1": 2**70}}), "pull.manifest.job/j1"),
    (_with(pull={"manifest": {"no slash": 1}}), "pull.manifest[0]"),
    (_with(pull={"manifest": {"job/\x00": 1}}), "pull.manifest[0]"),
    (_with(pull={"manifest": {}, "after": {"job/j1": [1]}}), "pull.after[...]"),
    (_with(pull={"manifest": {}, "after": {"job/j1": [-1, "x"]}}), "pull.after.job/j1"),
    (_with(pull={"manifest": {}, "after": {"job/j1": [1, "\x00"]}}), "pull.after.job/j1"),
    (_with(pull={"manifest": {}, "refetch": ["../etc"]}), "pull.refetch[0]"),
    (_with(pull={"digest": "0" * 63}), "pull.digest"),
    (_with(pull={"digest": 'x","leak":"'}), "pull.digest"),
    (_with(outbox={"pending": -1}), "outbox.pending"),
    (_with(outbox={"upload_bytes": 2**60}), "outbox.upload_bytes"),
    (_with(outbox={"digest": "\x00" * 64}), "outbox.digest"),
]


@pytest.mark.parametrize(("body", "field"), FIELDS)
def test_wrong_field_is_named(sender: Phone, body: bytes, field: str) -> None:
    answer = sender.post("/v1/sync", body, sender.by_token())

    assert (answer.status, answer.code) == (400, "field_invalid"), answer.raw
    assert answer.json["details"]["field"] == field


@pytest.mark.parametrize("operation", [None, 7, {}])
def test_an_operation_without_a_place_is_told_what_would_tell_it(sender: Phone, operation: Any) -> None:
    answer = sender.post("/v1/sync", _with(push={"ops": [operation]}), sender.by_token())

    details = answer.json["details"]
    assert answer.status == 400
    assert (details["field"], details["fault"], details["name"]) == (
        "push.ops[0].seq",
        "needed_or",
        "push.first",
    )


DEEP = b'{"protocol":1,"schema":2,"epoch":"","extra":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
ILLEGIBLE = [
    b"",
    b"{",
    GOOD[:-1],
    b"\xef\xbb\xbf" + GOOD,
    b'{"protocol":1,"schema":2,"epoch":"\xff"}',
    b'{"protocol":1,"schema":2,"epoch":"\\ud800"}',
    b"\x00\x01\x02",
    GOOD + b"{}",
    DEEP,
    b'{"protocol":1,"schema":2,"epoch":"","push":{"ops":[{"a":]}}',
    b'{"protocol":1,"schema":2,"epoch":"","push":{"ops":[,]}}',
    b'{"protocol":1,"schema":2,"epoch":"","push":{"ops":[' + b"[" * 5000,
]


@pytest.mark.parametrize("body", ILLEGIBLE)
def test_what_is_not_json_says_so(sender: Phone, body: bytes) -> None:
    answer = sender.post("/v1/sync", body, sender.by_token())

    assert (answer.status, answer.code) == (400, "json_invalid"), answer.raw


@pytest.mark.parametrize("protocol", [0, 2, -1, 10**15])
@pytest.mark.parametrize("rest", [{"schema": 2, "epoch": ""}, {"something": "else"}])
def test_unknown_protocol_says_which_one_is_spoken(
    sender: Phone, protocol: int, rest: dict[str, Any]
) -> None:
    answer = sender.post("/v1/sync", json.dumps({"protocol": protocol, **rest}).encode(), sender.by_token())

    assert (answer.status, answer.code) == (400, "protocol_unsupported")
    assert answer.json["details"] == {"supported": 1, "received": protocol}


def test_unknown_members_are_let_pass(sender: Phone) -> None:
    assert sender.post("/v1/sync", _with(pull={"manifest": {}}, later=1), sender.by_token()).status == 200


DAMAGED = {
    "gzip without its end": ("gzip", gzip.compress(GOOD)[:-4]),
    "gzip cut early": ("gzip", gzip.compress(GOOD)[:20]),
    "nothing as gzip": ("gzip", b""),
    "plain as gzip": ("gzip", GOOD),
    "gzip with another checksum": ("gzip", gzip.compress(GOOD)[:-8] + b"\x00" * 8),
    "gzip and more": ("gzip", gzip.compress(GOOD) + b"more"),
    "zlib as gzip": ("gzip", zlib.compress(GOOD)),
    "garbage as zstd": ("zstd", b"garbage" * 4),
    "zstd and more": ("zstd", zstandard.compress(GOOD) + b"more"),
}


# Named: gzip writes the time into its bytes, and names made of them would differ between workers.
@pytest.mark.parametrize(("encoding", "body"), DAMAGED.values(), ids=DAMAGED.keys())
def test_body_that_does_not_decompress_says_so(sender: Phone, encoding: str, body: bytes) -> None:
    answer = sender.post("/v1/sync", body, {"Content-Encoding": encoding, **sender.by_token()})

    assert (answer.status, answer.code) == (400, "body_damaged"), answer.raw


def test_truncated_zstd_is_not_taken_for_a_request(sender: Phone) -> None:
    body = zstandard.compress(sync_body(*[sender.operation() for _ in range(50)]))

    answer = sender.post("/v1/sync", body[:-20], {"Content-Encoding": "zstd", **sender.by_token()})

    assert answer.status == 400


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "x"])
def test_unknown_encoding_names_the_known_ones(sender: Phone, encoding: str) -> None:
    answer = sender.post("/v1/sync", GOOD, {"Content-Encoding": encoding, **sender.by_token()})

    assert (answer.status, answer.code) == (415, "content_encoding_unsupported")
    assert answer.headers["Accept-Encoding"] == "gzip, zstd"


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_other_content_types_are_refused(sender: Phone, content_type: str) -> None:
    answer = sender.post("/v1/sync", GOOD, {"Content-Type": content_type, **sender.by_token()})

    assert (answer.status, answer.code) == (415, "content_type_unsupported")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
def test_other_methods_are_refused(sender: Phone, method: str) -> None:
    answer = sender.request(method, "/v1/sync", None, sender.by_token())

    assert answer.status == 405
    assert answer.headers["Allow"] == "POST"


def test_body_at_the_limit_is_read_and_one_byte_more_is_not(sender: Phone) -> None:
    exact = GOOD + b" " * (LIMIT - len(GOOD))

    assert sender.post("/v1/sync", exact, sender.by_token()).status == 200
    over = sender.post("/v1/sync", exact + b" ", sender.by_token())
    assert (over.status, over.code) == (413, "request_too_large")
    assert over.json["details"] == {"limit_bytes": LIMIT}


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
def test_limit_holds_for_the_decompressed_body(sender: Phone, compress: Callable[[bytes], bytes]) -> None:
    encoding = "gzip" if compress is gzip.compress else "zstd"
    exact = GOOD + b" " * (LIMIT - len(GOOD))
    headers = {"Content-Encoding": encoding, **sender.by_token()}

    assert sender.post("/v1/sync", compress(exact), headers).status == 200
    assert sender.post("/v1/sync", compress(exact + b" "), headers).code == "request_too_large"


@pytest.mark.parametrize("bomb", [("gzip", BOMB), ("zstd", zstandard.compress(bytes(200 * 1024 * 1024)))])
def test_bomb_is_refused_without_being_unpacked(sender: Phone, bomb: tuple[str, bytes]) -> None:
    encoding, body = bomb
    assert len(body) < LIMIT

    answer = sender.post("/v1/sync", body, {"Content-Encoding": encoding, **sender.by_token()})

    assert (answer.status, answer.code) == (413, "request_too_large")
    assert len(decompressed(body, encoding.encode(), LIMIT)) == LIMIT + 1


def test_body_without_a_length_is_bounded_too(sender: Phone) -> None:
    answer = sender.request("POST", "/v1/sync", iter([b" " * 65536] * 8), sender.by_token())  # type: ignore[arg-type]

    assert (answer.status, answer.code) == (413, "request_too_large")


@pytest.mark.parametrize("path", ["/v1/enrol", "/v1/token"])
def test_small_routes_take_small_bodies(sender: Phone, path: str) -> None:
    assert sender.post(path, b" " * 20_000).code == "request_too_large"


@pytest.mark.parametrize("body", ILLEGIBLE)
def test_enrolment_that_is_not_json_says_so(sender: Phone, body: bytes) -> None:
    answer = sender.post("/v1/enrol", body[:10_000])

    assert answer.status == 400
    assert answer.code in ("json_invalid", "field_invalid")


HOSTILE = [
    {"Doorstep-Device": "\x01", "Doorstep-Nonce": "", "Doorstep-Signature": ""},
    {"Doorstep-Device": "a" * 5000, "Doorstep-Nonce": "x", "Doorstep-Signature": "x"},
    {"Doorstep-Device": "' or 1=1 --", "Doorstep-Nonce": "x", "Doorstep-Signature": "x"},
    {"Doorstep-Device": "é", "Doorstep-Nonce": "é", "Doorstep-Signature": "é"},
    {"Doorstep-Device": "device-1", "Doorstep-Nonce": "é" * 43, "Doorstep-Signature": "é" * 86},
    {"Doorstep-Device": "device-1", "Doorstep-Nonce": "A" * 4000, "Doorstep-Signature": "x"},
    {"Doorstep-Signature": "x"},
]


@pytest.mark.parametrize("headers", HOSTILE)
@pytest.mark.parametrize("path", ["/v1/sync", "/v1/token"])
def test_hostile_credentials_are_refused(sender: Phone, path: str, headers: dict[str, str]) -> None:
    assert sender.post(path, b"{}", headers).status in (400, 401)


def test_unknown_address_and_method_are_problems_too(sender: Phone) -> None:
    assert sender.get("/v1/nowhere").code == "not_found"
    assert sender.request("DELETE", "/v1/schema", None).code == "method_not_allowed"


def test_database_out_of_reach_is_told_with_a_time_to_come_back(
    company: Company, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise StoreUnavailable("disk full")

    monkeypatch.setattr(company.engine, "exchange", unreachable)
    monkeypatch.setattr(company.devices, "get", unreachable)
    for answer in (phone.sync(phone.operation()), phone.post("/v1/token", b"", phone.signature(b""))):
        assert (answer.status, answer.code) == (503, "store_unavailable")
        assert answer.headers["Retry-After"] == "5"
        assert b"disk" not in answer.raw


def test_fault_of_ours_is_a_problem_without_its_insides(
    company: Company, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret insides")

    monkeypatch.setattr(company.engine, "exchange", broken)

    answer = phone.sync()

    assert (answer.status, answer.code) == (500, "internal_error")
    assert b"secret" not in answer.raw


def test_nothing_secret_reaches_the_log(
    company: Company, phone: Phone, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level("DEBUG")
    secrets = [phone.token, phone.nonce, phone.signature(b"")["Doorstep-Signature"], "13800138000"]
    phone.sync(phone.operation({"phone": "13800138000"}))
    phone.sync(signed=True)
    phone.post("/v1/token", b"", phone.signature(b""))
    monkeypatch.setattr(company.engine, "exchange", None)
    phone.sync(phone.operation({"phone": "13800138000"}))

    assert "unexpected error" in caplog.text
    assert not [secret for secret in secrets if secret in caplog.text]
