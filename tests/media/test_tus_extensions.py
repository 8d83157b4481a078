"""Each MUST of the tus extensions that are offered, and what creation means here."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from tests.media.server import BYTES, Server, encode, metadata

HELLO = b"hello world"
SHA256 = hashlib.sha256(HELLO).hexdigest()


# Creation


def test_creation_tells_where_the_upload_is(server: Server, media: str) -> None:
    answer = server.create(HELLO, media)
    assert answer.status == 201
    assert answer.location.startswith("/v1/uploads/")
    assert server.head(answer.location).status == 200


def test_creation_without_any_length_names_the_header(server: Server, media: str) -> None:
    answer = server.ask("POST", headers={"Upload-Metadata": metadata(HELLO, media)})
    assert (answer.status, json.loads(answer.body)["details"]["field"]) == (400, "Upload-Length")


def test_creation_above_the_maximum_is_refused(server: Server, media: str) -> None:
    assert server.create(HELLO, media, **{"Upload-Length": "50000001"}).status == 413


def test_head_returns_the_metadata_as_it_was_sent(server: Server, media: str) -> None:
    sent = metadata(HELLO, media, filename="电梯 门机.mp4", filetype="video/mp4") + ",is_urgent"
    created = server.create(HELLO, media, **{"Upload-Metadata": sent})
    assert server.head(created.location).headers["Upload-Metadata"] == sent


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("media", ""),
        ("media", "../etc"),
        ("media", None),
        ("sha256", "AB" * 32),
        ("sha256", "ab" * 31),
        ("sha256", None),
        ("kind", "thumbnail"),
        ("kind", None),
        ("filename", "x" * 256),
        ("filename", "a\nb"),
        ("filetype", "video"),
    ],
)
def test_wrong_metadata_is_named(server: Server, field: str, value: str | None) -> None:
    facts = {"media": "m", "sha256": SHA256, "kind": "proxy", field: value}
    sent = encode({key: text for key, text in facts.items() if text is not None})
    answer = server.create(HELLO, **{"Upload-Metadata": sent})
    assert (answer.status, json.loads(answer.body)["details"]["field"]) == (400, field)


@pytest.mark.parametrize("sent", ["media !!!", "media bTE=,media bTE=", ",", "media /w==", " x"])
def test_metadata_that_is_not_the_protocol_s_is_refused(server: Server, sent: str) -> None:
    assert server.create(HELLO, **{"Upload-Metadata": sent}).status == 400


def test_endless_metadata_is_refused(server: Server) -> None:
    assert server.create(HELLO, **{"Upload-Metadata": "x " + "A" * 8000}).status == 400


def test_creating_the_same_media_again_leads_to_the_same_upload(server: Server, media: str) -> None:
    first = server.create(HELLO, media)
    server.patch(first.location, 0, HELLO[:4])
    again = server.create(HELLO, media)
    assert (again.status, again.location, again.offset) == (201, first.location, 4)


def test_creating_what_is_stored_is_done_at_once(server: Server, media: str) -> None:
    first = server.create(HELLO, media)
    server.patch(first.location, 0, HELLO)
    again = server.create(HELLO, media)
    assert (again.location, again.offset) == (first.location, 11)
    head = server.head(again.location)
    assert head.headers["Upload-Offset"] == head.headers["Upload-Length"]


def test_the_hash_of_another_s_file_gives_nothing(server: Server, media: str) -> None:
    server.patch(server.create(HELLO, media).location, 0, HELLO)
    other = server.create(HELLO, f"{media[:50]}-other")
    assert other.offset == 0
    assert server.patch(other.location, 0, HELLO).status == 204


def test_a_corrected_length_starts_anew(server: Server, media: str) -> None:
    wrong = server.create(HELLO, media, **{"Upload-Length": "12"})
    right = server.create(HELLO, media)
    assert right.location != wrong.location
    assert server.patch(right.location, 0, HELLO).status == 204
    assert server.create(HELLO, media, **{"Upload-Length": "12"}).status == 400


@pytest.mark.parametrize("length", ["3", "12"])
def test_another_length_never_costs_acknowledged_bytes(server: Server, media: str, length: str) -> None:
    first = server.create(HELLO, media)
    server.patch(first.location, 0, HELLO[:4])
    refused = server.create(HELLO, media, **{"Upload-Length": length})
    told = json.loads(refused.body)
    assert (refused.status, told["code"]) == (400, "upload_length_conflict")
    assert (told["details"]["field"], refused.offset) == ("Upload-Length", 4)
    assert server.create(HELLO, media).location == first.location
    assert server.patch(first.location, 4, HELLO[4:]).status == 204


def test_a_length_below_the_acknowledged_bytes_costs_none(server: Server, media: str) -> None:
    deferred = {"Upload-Defer-Length": "1", "Upload-Metadata": metadata(HELLO, media)}
    first = server.ask("POST", headers=deferred)
    server.patch(first.location, 0, HELLO[:4])
    assert server.create(HELLO, media, **{"Upload-Length": "3"}).status == 400
    assert server.head(first.location).offset == 4


def test_another_phone_that_may_takes_the_upload_over(server: Server, media: str) -> None:
    first = server.create(HELLO, media)
    server.patch(first.location, 0, HELLO[:4])
    again = server.create(HELLO, media, Authorization="Bearer phone-2")
    assert (again.location, again.offset) == (first.location, 4)
    assert server.head(first.location).status == 404
    assert server.patch(first.location, 4, HELLO[4:], Authorization="Bearer phone-2").status == 204


def test_an_empty_file_is_stored_at_once(server: Server, media: str) -> None:
    created = server.create(b"", media)
    assert (created.status, created.offset) == (201, 0)
    assert server.blob(hashlib.sha256(b"").hexdigest()).read_bytes() == b""


def test_the_gate_refuses_with_its_reason(make_server: Callable[..., Server]) -> None:
    server = make_server().start()
    (server.setup.folder / "refused").write_text("m1")
    answer = server.create(HELLO, "m1")
    assert (answer.status, json.loads(answer.body)["details"]) == (403, {"reason": "media_unknown"})


def test_what_is_refused_at_the_end_is_quarantined(make_server: Callable[..., Server]) -> None:
    server = make_server().start()
    created = server.create(HELLO, "m1")
    (server.setup.folder / "refused").write_text("m1")
    assert server.patch(created.location, 0, HELLO).status == 403
    assert server.head(created.location).status == 410
    upload_id = created.location.rsplit("/", 1)[1]
    assert (server.setup.folder / "bytes" / "quarantine" / upload_id).read_bytes() == HELLO
    assert not server.blob(SHA256).exists()


# Creation with upload


def test_creation_takes_the_first_bytes(server: Server, media: str) -> None:
    headers = BYTES | {"Upload-Length": "11", "Upload-Metadata": metadata(HELLO, media)}
    answer = server.ask("POST", headers=headers, body=HELLO[:4])
    assert (answer.status, answer.offset) == (201, 4)
    assert server.patch(answer.location, 4, HELLO[4:]).status == 204


def test_creation_takes_the_whole_file(server: Server, media: str) -> None:
    headers = BYTES | {"Upload-Length": "11", "Upload-Metadata": metadata(HELLO, media)}
    answer = server.ask("POST", headers=headers, body=HELLO)
    assert (answer.status, answer.offset) == (201, 11)
    assert any(f" {media} " in line for line in server.told)


def test_creation_with_bytes_of_another_type_is_refused(server: Server, media: str) -> None:
    headers = {"Upload-Length": "11", "Upload-Metadata": metadata(HELLO, media), "Content-Type": "text/plain"}
    assert server.ask("POST", headers=headers, body=HELLO).status == 415


def test_creation_again_with_bytes_goes_on_where_it_was(server: Server, media: str) -> None:
    headers = BYTES | {"Upload-Length": "11", "Upload-Metadata": metadata(HELLO, media)}
    server.ask("POST", headers=headers, body=HELLO[:4])
    answer = server.ask("POST", headers=headers, body=HELLO[:6])
    assert (answer.status, answer.offset) == (201, 4)


# Deferred length


def test_a_deferred_length_is_said_to_be_deferred(server: Server, media: str) -> None:
    sent = {"Upload-Defer-Length": "1", "Upload-Metadata": metadata(HELLO, media)}
    location = server.ask("POST", headers=sent).location
    server.patch(location, 0, HELLO[:4])
    head = server.head(location)
    assert (head.headers["Upload-Defer-Length"], head.headers["Upload-Length"]) == ("1", None)
    assert server.patch(location, 4, HELLO[4:], **{"Upload-Length": "11"}).offset == 11
    head = server.head(location)
    assert (head.headers["Upload-Defer-Length"], head.headers["Upload-Length"]) == (None, "11")


def test_a_deferred_length_is_settled_once(server: Server, media: str) -> None:
    sent = {"Upload-Defer-Length": "1", "Upload-Metadata": metadata(HELLO, media)}
    location = server.ask("POST", headers=sent).location
    assert server.patch(location, 0, HELLO[:4], **{"Upload-Length": "11"}).status == 204
    assert server.patch(location, 4, b"", **{"Upload-Length": "12"}).status == 400
    assert server.head(location).headers["Upload-Length"] == "11"


@pytest.mark.parametrize("value", ["0", "2", "yes"])
def test_another_deferral_is_refused(server: Server, media: str, value: str) -> None:
    sent = {"Upload-Defer-Length": value, "Upload-Metadata": metadata(HELLO, media)}
    assert server.ask("POST", headers=sent).status == 400


def test_an_unknown_length_has_the_server_s_limit(make_server: Callable[..., Server]) -> None:
    server = make_server(max_size_bytes=8).start()
    sent = {"Upload-Defer-Length": "1", "Upload-Metadata": metadata(HELLO)}
    location = server.ask("POST", headers=sent).location
    assert server.patch(location, 0, HELLO).status == 413


# Checksum


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_matching_checksum_is_taken(server: Server, media: str, algorithm: str) -> None:
    location = server.create(HELLO, media).location
    digest = base64.b64encode(hashlib.new(algorithm, HELLO[:4]).digest()).decode()
    answer = server.patch(location, 0, HELLO[:4], **{"Upload-Checksum": f"{algorithm} {digest}"})
    assert (answer.status, answer.offset) == (204, 4)


def test_a_mismatching_checksum_discards_the_bytes(server: Server, media: str) -> None:
    location = server.create(HELLO, media).location
    server.patch(location, 0, HELLO[:2])
    digest = base64.b64encode(hashlib.sha1(b"other").digest()).decode()
    answer = server.patch(location, 2, HELLO[2:], **{"Upload-Checksum": f"sha1 {digest}"})
    assert (answer.status, answer.offset) == (460, 2)
    assert server.head(location).offset == 2
    assert server.patch(location, 2, HELLO[2:]).status == 204
    assert server.blob(SHA256).read_bytes() == HELLO


@pytest.mark.parametrize("value", ["md5 XrY7u+Ae7tCTyyK7j1rNww==", "sha1 !!!", "sha1", "sha1 YWJj"])
def test_a_checksum_that_cannot_be_read_is_refused(server: Server, media: str, value: str) -> None:
    location = server.create(HELLO, media).location
    assert server.patch(location, 0, HELLO, **{"Upload-Checksum": value}).status == 400
    assert server.head(location).offset == 0


# Expiration


def test_answers_tell_until_when_an_upload_waits(server: Server, media: str) -> None:
    created = server.create(HELLO, media)
    for answer in (created, server.patch(created.location, 0, HELLO[:4]), server.head(created.location)):
        expires = parsedate_to_datetime(answer.headers["Upload-Expires"])
        assert timedelta(days=29) < expires - datetime.now(UTC) <= timedelta(days=30)
    server.patch(created.location, 4, HELLO[4:])
    assert server.head(created.location).headers["Upload-Expires"] is None


def test_an_expired_upload_is_gone_and_can_be_created_anew(make_server: Callable[..., Server]) -> None:
    server = make_server(expires_after=timedelta(0)).start()
    first = server.create(HELLO)
    assert server.patch(first.location, 0, HELLO).status == 410
    assert server.head(first.location).status == 410
    assert server.create(HELLO).location != first.location


# Termination


def test_a_terminated_upload_is_gone_and_its_bytes_are_freed(server: Server, media: str) -> None:
    location = server.create(HELLO, media).location
    server.patch(location, 0, HELLO[:4])
    assert server.ask("DELETE", location).status == 204
    for answer in (
        server.head(location),
        server.patch(location, 4, HELLO[4:]),
        server.ask("DELETE", location),
    ):
        assert answer.status == 410
    upload_id = location.rsplit("/", 1)[1]
    assert not list((server.setup.folder / "bytes" / "partial").glob(f"{upload_id}*"))


def test_a_stored_file_cannot_be_terminated(server: Server, media: str) -> None:
    location = server.create(HELLO, media).location
    server.patch(location, 0, HELLO)
    assert server.ask("DELETE", location).status == 403
    assert server.head(location).offset == 11
