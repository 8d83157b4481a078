"""Push and pull in one round trip, and polls that find nothing new."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
import zstandard

from sync.wire import manifest_digest
from tests.mobile_api.live import Company, Phone, sync_body
from tests.sync.toy import ToyRules


def test_what_is_pushed_comes_back_in_the_same_answer(phone: Phone) -> None:
    answer = phone.sync(phone.operation({"used": {"inc": 2}}))

    assert answer.json["push"]["results"][0]["wrote"] == {"job/j1": 2}
    (aggregate,) = answer.json["pull"]["aggregates"]
    assert (aggregate["ver"], aggregate["records"][0]["fields"]["used"]) == (2, 2)


def test_replayed_push_changes_nothing(phone: Phone) -> None:
    operation = phone.operation({"used": {"inc": 1}})
    first = phone.sync(operation)

    again = phone.sync(operation)

    assert again.json["push"] == first.json["push"]
    assert again.json["pull"]["digest"] == first.json["pull"]["digest"]


def test_gap_is_told_and_nothing_after_it_is_taken(phone: Phone) -> None:
    phone.operation()

    assert phone.sync(phone.operation()).json["push"]["need_from"] == 1


def test_phone_sees_nothing_of_other_peoples_jobs(company: Company, phone: Phone) -> None:
    company.job("j2", assignee="bob")

    answer = phone.sync()

    assert [one["id"] for one in answer.json["pull"]["aggregates"]] == ["job/j1"]


def test_poll_with_the_right_digest_is_unchanged(phone: Phone) -> None:
    digest = phone.sync().json["pull"]["digest"]

    answer = phone.sync(pull={"digest": digest})

    assert answer.json["pull"] == {"unchanged": True, "digest": digest}
    assert (answer.json["epoch"], answer.json["schema"]) == ("epoch-1", 2)


def test_quick_answer_tells_what_the_engine_would_tell(company: Company, phone: Phone) -> None:
    digest = manifest_digest({"job/j1": 1})
    engine_says = phone.sync(pull={"digest": digest}).json

    quick = phone.sync(pull={"digest": digest}).json

    assert quick["pull"] == engine_says["pull"]
    for member in ("protocol", "epoch", "schema", "server_time"):
        assert quick[member] == engine_says[member]


def test_unchanged_poll_asks_the_engine_once_and_then_only_the_row(
    company: Company, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = phone.sync().json["pull"]["digest"]
    monkeypatch.setattr(company.engine, "exchange", None)

    assert phone.sync(pull={"digest": digest}).json["pull"]["unchanged"]


def test_desk_change_is_seen_by_the_next_poll(company: Company, phone: Phone) -> None:
    digest = phone.sync().json["pull"]["digest"]
    assert phone.sync(pull={"digest": digest}).json["pull"]["unchanged"]
    company.change("j1", phone="555")

    assert phone.sync(pull={"digest": digest}).json["pull"]["send_manifest"]


def test_withdrawn_job_is_seen_by_the_next_poll(company: Company, phone: Phone) -> None:
    answer = phone.sync()
    digest = answer.json["pull"]["digest"]
    phone.sync(pull={"digest": digest})
    company.change("j1", assignee="bob")

    assert phone.sync(pull={"digest": digest}).json["pull"]["send_manifest"]
    assert phone.sync(pull={"manifest": {"job/j1": 1}}).json["pull"]["leave"] == ["job/j1"]


def test_poll_from_another_epoch_sends_its_manifest(phone: Phone) -> None:
    digest = phone.sync().json["pull"]["digest"]
    phone.sync(pull={"digest": digest})

    answer = phone.sync(pull={"digest": digest}, epoch="before-the-restore")

    assert answer.json["pull"]["send_manifest"]
    assert answer.json["epoch"] == "epoch-1"


def test_phone_with_another_digest_sends_its_manifest(phone: Phone) -> None:
    phone.sync()

    assert phone.sync(pull={"digest": "0" * 64}).json["pull"]["send_manifest"]


def test_push_without_a_pull_is_answered_without_one(phone: Phone) -> None:
    answer = phone.sync(phone.operation(), pull=None)

    assert "pull" not in answer.json
    assert answer.json["push"]["results"][0]["status"] == "applied"


def test_parked_operations_are_answered_with_their_present_result(company: Company, phone: Phone) -> None:
    line = phone.operation({"text": "late"}, entity="line", record="l1")
    assert phone.sync(line).json["push"]["results"][0]["status"] == "parked"

    body = json.dumps({**json.loads(sync_body()), "push": {"parked": [1, 77]}}).encode()
    updates = phone.post("/v1/sync", body, phone.by_token()).json["push"]["updates"]

    assert [(one["seq"], one["status"]) for one in updates] == [(1, "parked")]


@pytest.mark.parametrize("asked", [{"parked": [1]}, {"parked_ids": ["waits"]}], ids=["by_number", "by_id"])
def test_a_poll_that_asks_for_parked_work_is_answered_though_nothing_is_new(
    phone: Phone, asked: dict[str, Any]
) -> None:
    line = phone.operation({"text": "late"}, entity="line", record="l1", id="waits")
    digest = phone.sync(line).json["pull"]["digest"]
    assert phone.sync(pull={"digest": digest}).json["pull"]["unchanged"]

    request = {**json.loads(sync_body()), "push": asked, "pull": {"digest": digest}}
    answer = phone.post("/v1/sync", json.dumps(request).encode(), phone.by_token()).json

    assert [(one["id"], one["status"]) for one in answer["push"]["updates"]] == [("waits", "parked")]
    assert answer["pull"]["unchanged"]


def test_another_persons_operation_is_not_told_by_its_id(company: Company, phone: Phone) -> None:
    theirs = company.phone("bob")
    line = theirs.operation({"text": "late"}, entity="line", record="l1", id="theirs")
    assert theirs.sync(line).json["push"]["results"][0]["status"] == "parked"

    request = {**json.loads(sync_body()), "push": {"parked_ids": ["theirs", "", "not an id", "\0"]}}
    answer = phone.post("/v1/sync", json.dumps(request).encode(), phone.by_token())

    assert (answer.status, answer.json["push"]) == (200, {})


def test_one_poisoned_operation_does_not_hold_up_the_others(phone: Phone) -> None:
    good = phone.operation({"used": {"inc": 1}})
    poison = phone.operation({"remarks": "poison"})
    after = phone.operation({"used": {"inc": 1}})

    results = phone.sync(good, poison, after).json["push"]["results"]

    assert [one["status"] for one in results] == ["applied", "parked", "applied"]


@pytest.mark.parametrize(
    "illegible",
    [
        b'{"set":{"remarks":"half \\ud83d"}}',
        b'{"set":{"remarks":"\xff\xfe"}}',
        b"[" * 3000 + b"]" * 3000,
        b'{"a":' * 2000 + b"1" + b"}" * 2000,
        b'{"set":tru}',
        b'{"set":NaN}',
        b'{"set":"a\nb"}',
        b"7",
        b"null",
        b'{"seq":1e999}',
        b'"],[{\\""',
    ],
)
def test_operation_that_cannot_be_read_is_parked_in_its_place(phone: Phone, illegible: bytes) -> None:
    first, _, third = phone.operation(), phone.operation(), phone.operation({"used": {"inc": 1}})

    answer = phone.sync(first, illegible, third)

    assert answer.status == 200, answer.raw
    results = answer.json["push"]["results"]
    assert [(one["seq"], one["status"]) for one in results] == [(1, "applied"), (2, "parked"), (3, "applied")]


def test_operation_that_cannot_be_read_is_kept_byte_for_byte(company: Company, phone: Phone) -> None:
    illegible = b'{ "set" : {"remarks":"half \\ud83d"} }'

    phone.sync(illegible)

    assert [one.payload for one in company.ledger(phone.device)] == [illegible]


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_compressed_push_is_read_and_signed_over_its_json(phone: Phone, encoding: str) -> None:
    body = sync_body(phone.operation())
    compressed = gzip.compress(body) if encoding == "gzip" else zstandard.compress(body)

    answer = phone.post("/v1/sync", compressed, {"Content-Encoding": encoding, **phone.signature(body)})

    assert answer.json["push"]["results"][0]["status"] == "applied"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("GZIP;q=0.5, zstd;q=0", "gzip"),
        ("*", "zstd"),
        ("br", None),
        ("gzip;q=0", None),
        ("gzip;q=x", None),
        ("", None),
    ],
)
def test_large_answer_is_compressed_as_the_phone_accepts(
    company: Company, phone: Phone, accepted: str, encoding: str | None
) -> None:
    for number in range(20):
        company.job(f"k{number}")

    answer = phone.sync(headers={**phone.by_token(), "Accept-Encoding": accepted})

    assert answer.headers["Content-Encoding"] == encoding
    unpack: dict[str | None, Callable[[bytes], bytes]] = {
        "gzip": gzip.decompress,
        "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
        None: bytes,
    }
    assert len(json.loads(unpack[encoding](answer.raw))["pull"]["aggregates"]) == 21
    assert answer.headers["Vary"] == ("accept-encoding" if encoding else None)


def test_small_answer_is_not_compressed(phone: Phone) -> None:
    digest = phone.sync().json["pull"]["digest"]

    answer = phone.sync(pull={"digest": digest}, headers={**phone.by_token(), "Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in answer.headers


def test_silent_phones_last_outbox_is_known(company: Company, phone: Phone) -> None:
    outbox = {"pending": 3, "last_seq": 7, "digest": "a" * 64, "uploads": 2, "upload_bytes": 9_000_000}

    phone.sync(outbox=outbox)

    said = company.devices.said[phone.device]
    assert said.outbox is not None
    assert (said.outbox.pending, said.outbox.uploads, said.outbox.digest) == (3, 2, "a" * 64)
    assert said.at == "2027-01-15T08:00:00.000Z"


def test_changed_outbox_is_noted_by_a_poll_too(company: Company, phone: Phone) -> None:
    digest = phone.sync(outbox={"pending": 1}).json["pull"]["digest"]

    phone.sync(pull={"digest": digest}, outbox={"pending": 2})

    said = company.devices.said[phone.device].outbox
    assert said is not None and said.pending == 2


def test_poll_repeated_after_something_else_was_said_is_noted(company: Company, phone: Phone) -> None:
    digest = phone.sync().json["pull"]["digest"]
    for _ in range(2):
        phone.sync(pull={"digest": digest}, outbox={"pending": 1})
    phone.sync(pull=None, outbox={"pending": 5})

    phone.sync(pull={"digest": digest}, outbox={"pending": 1})

    said = company.devices.said[phone.device].outbox
    assert said is not None and said.pending == 1


def test_phone_that_is_given_news_is_noted_at_once(company: Company, phone: Phone) -> None:
    phone.sync()
    company.clock.pass_seconds(5)
    company.change("j1", phone="555")

    phone.sync(pull={"manifest": {"job/j1": 1}})

    assert company.devices.said[phone.device].at == "2027-01-15T08:00:05.000Z"


def test_idle_polls_are_noted_once_a_minute(company: Company, phone: Phone) -> None:
    digest = phone.sync(outbox={"pending": 1}).json["pull"]["digest"]
    before = company.devices.writes
    for _ in range(5):
        phone.sync(pull={"digest": digest}, outbox={"pending": 1})
    assert company.devices.writes == before

    company.clock.pass_seconds(60)
    phone.sync(pull={"digest": digest}, outbox={"pending": 1})

    assert company.devices.writes == before + 1


def test_answer_carries_the_requests_id(phone: Phone) -> None:
    assert (
        phone.sync(headers={**phone.by_token(), "X-Request-Id": "abc-1"}).headers["X-Request-Id"] == "abc-1"
    )
    assert phone.sync(headers={**phone.by_token(), "X-Request-Id": "a b"}).headers["X-Request-Id"] != "a b"
    assert phone.get("/v1/nowhere").headers["X-Request-Id"].startswith("request-")


def test_schema_is_the_declaration_and_is_sent_once(phone: Phone) -> None:
    first = phone.get("/v1/schema")

    assert first.raw == ToyRules.schema.to_json()
    assert first.headers["ETag"] == f'"{hashlib.sha256(first.raw).hexdigest()}"'
    again = phone.get("/v1/schema", {"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.raw) == (304, b"")


def test_manifest_counts_what_the_phone_must_hold(company: Company, phone: Phone) -> None:
    company.job("j2")
    company.job("j3", assignee="bob")
    pulled = phone.sync().json["pull"]["aggregates"]

    manifest = phone.get("/v1/manifest").json

    assert manifest["expected"] == {"jobs": 2}
    assert [{name: one[name] for name in ("id", "ver", "digest")} for one in manifest["aggregates"]] == [
        {name: one[name] for name in ("id", "ver", "digest")} for one in pulled
    ]
    assert [one["counts"] for one in manifest["aggregates"]] == [{"job": 1}, {"job": 1}]


def test_manifest_tells_until_when_the_phone_can_prove_itself(company: Company, phone: Phone) -> None:
    credential: dict[str, Any] = phone.get("/v1/manifest").json["credential"]

    assert credential["nonce_expires_at"] == "2027-04-15T08:00:00.000Z"
    company.clock.pass_seconds(89 * 86_400)
    phone.nonce = credential["nonce"]
    assert phone.sync(signed=True).status == 200
