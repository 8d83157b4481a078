"""Each MUST of the tus 1.0.0 core protocol, on a real server."""

from __future__ import annotations

import hashlib
import json

import pytest

from tests.media.server import BYTES, Answer, Server

HELLO = b"hello world"


def problem(answer: Answer) -> dict[str, object]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = json.loads(answer.body)
    assert document["status"] == answer.status
    return dict(document)


# General


def test_every_answer_but_options_names_the_version(server: Server, media: str) -> None:
    location = server.create(HELLO, media).location
    for answer in (
        server.head(location),
        server.patch(location, 3, b"x"),
        server.patch(location, 0, HELLO),
        server.head("/v1/uploads/none"),
    ):
        assert answer.headers["Tus-Resumable"] == "1.0.0"


@pytest.mark.parametrize("version", ["0.2.2", "1.0.1", None])
def test_another_version_is_refused_with_the_supported_one_and_not_processed(
    server: Server, media: str, version: str | None
) -> None:
    location = server.create(HELLO, media).location
    sent = BYTES | {"Upload-Offset": "0"} | ({"Tus-Resumable": version} if version else {})
    answer = server.ask("PATCH", location, sent, HELLO, omit=() if version else ("Tus-Resumable",))
    assert (answer.status, answer.headers["Tus-Version"]) == (412, "1.0.0")
    assert problem(answer)["code"] == "tus_version_unsupported"
    assert server.head(location).offset == 0


def test_answers_are_never_cached(server: Server, media: str) -> None:
    location = server.create(HELLO, media).location
    for answer in (server.head(location), server.patch(location, 5, b"x"), server.patch(location, 0, b"he")):
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_method_override_is_the_method(server: Server, media: str) -> None:
    location = server.create(HELLO, media).location
    sent = BYTES | {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert server.ask("POST", location, sent, HELLO).status == 204
    assert server.ask("POST", location, {"X-HTTP-Method-Override": "HEAD"}).offset == len(HELLO)


def test_a_post_to_an_upload_without_override_is_refused(server: Server, media: str) -> None:
    assert server.ask("POST", server.create(HELLO, media).location).status == 405


def test_nobody_without_an_account_gets_in(server: Server, media: str) -> None:
    location = server.create(HELLO, media).location
    for method in ("HEAD", "PATCH", "DELETE"):
        answer = server.ask(method, location, BYTES | {"Upload-Offset": "0"}, omit=("Authorization",))
        assert (answer.status, answer.headers["Upload-Offset"]) == (401, None)


def test_another_device_finds_nothing(server: Server, media: str) -> None:
    location = server.create(HELLO, media).location
    for method in ("HEAD", "PATCH", "DELETE"):
        answer = server.ask(
            method, location, BYTES | {"Upload-Offset": "0", "Authorization": "Bearer phone-2"}
        )
        assert (answer.status, answer.headers["Upload-Offset"]) == (404, None)


def test_problems_speak_the_language_of_the_reader(server: Server) -> None:
    chinese = server.head("/v1/uploads/none", **{"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"})
    assert chinese.headers["Content-Language"] == "zh-CN"
    answer = server.patch("/v1/uploads/none", 0, b"x", **{"Accept-Language": "zh-CN,en;q=0.5"})
    assert problem(answer)["detail"] == "没有此上传，请重新创建。"
    answer = server.patch("/v1/uploads/none", 0, b"x", **{"Accept-Language": "de, en;q=0.5"})
    assert problem(answer)["detail"] == "There is no such upload; please create it again."


# HEAD


def test_head_tells_the_offset_even_when_it_is_zero(server: Server, media: str) -> None:
    answer = server.head(server.create(HELLO, media).location)
    assert (answer.status, answer.headers["Upload-Offset"], answer.headers["Upload-Length"]) == (
        200,
        "0",
        "11",
    )


def test_head_tells_the_offset_of_a_complete_upload(server: Server, media: str) -> None:
    location = server.create(HELLO, media).location
    server.patch(location, 0, HELLO)
    answer = server.head(location)
    assert answer.headers["Upload-Offset"] == answer.headers["Upload-Length"] == "11"


def test_head_of_nothing_has_no_offset(server: Server) -> None:
    answer = server.head("/v1/uploads/none")
    assert (answer.status, answer.headers["Upload-Offset"]) == (404, None)


# PATCH


def test_patch_appends_and_tells_the_new_offset(server: Server, media: str) -> None:
    location = server.create(HELLO, media).location
    first = server.patch(location, 0, HELLO[:4])
    assert (first.status, first.offset) == (204, 4)
    second = server.patch(location, 4, HELLO[4:])
    assert (second.status, second.offset) == (204, 11)
    assert server.blob(hashlib.sha256(HELLO).hexdigest()).read_bytes() == HELLO


@pytest.mark.parametrize("offset", [0, 3, 5, 11, 2**60])
def test_patch_at_another_offset_conflicts_and_changes_nothing(
    server: Server, media: str, offset: int
) -> None:
    location = server.create(HELLO, media).location
    server.patch(location, 0, HELLO[:4])
    answer = server.patch(location, offset, b"#######")
    assert (answer.status, answer.offset) == (409, 4)
    assert problem(answer)["code"] == "upload_offset_conflict"
    assert server.patch(location, 4, HELLO[4:]).status == 204


@pytest.mark.parametrize("content_type", ["application/octet-stream", "text/plain", ""])
def test_patch_of_another_content_type_is_refused(server: Server, media: str, content_type: str) -> None:
    location = server.create(HELLO, media).location
    answer = server.patch(location, 0, HELLO, **{"Content-Type": content_type})
    assert answer.status == 415
    assert server.head(location).offset == 0


@pytest.mark.parametrize("offset", ["-1", "1.5", "x", "", "９", "1" * 30])
def test_patch_with_a_wrong_offset_names_the_header(server: Server, media: str, offset: str) -> None:
    location = server.create(HELLO, media).location
    answer = server.ask("PATCH", location, BYTES | {"Upload-Offset": offset.encode().decode("latin-1")}, b"x")
    assert (answer.status, problem(answer)["details"]["field"]) == (400, "Upload-Offset")  # type: ignore[index]


def test_patch_without_an_offset_names_the_header(server: Server, media: str) -> None:
    answer = server.ask("PATCH", server.create(HELLO, media).location, BYTES, b"x")
    assert (answer.status, problem(answer)["details"]["field"]) == (400, "Upload-Offset")  # type: ignore[index]


def test_patch_of_nothing_there_is_not_found(server: Server) -> None:
    assert server.patch("/v1/uploads/none", 0, b"x").status == 404


def test_patch_past_the_length_is_refused_untouched(server: Server, media: str) -> None:
    location = server.create(HELLO, media).location
    server.patch(location, 0, HELLO[:4])
    answer = server.patch(location, 4, HELLO)
    assert (answer.status, answer.offset) == (413, 4)
    assert server.head(location).offset == 4


def test_a_chunked_patch_past_the_length_is_refused(server: Server, media: str) -> None:
    location = server.create(HELLO, media).location
    answer = server.ask("PATCH", location, BYTES | {"Upload-Offset": "0"}, iter([HELLO, b"more"]))
    assert answer.status == 413
    assert server.head(location).offset <= len(HELLO)


def test_a_chunked_patch_is_taken(server: Server, media: str) -> None:
    location = server.create(HELLO, media).location
    answer = server.ask("PATCH", location, BYTES | {"Upload-Offset": "0"}, iter([HELLO[:3], HELLO[3:]]))
    assert (answer.status, answer.offset) == (204, 11)


def test_an_empty_patch_at_the_end_of_a_stored_upload_is_fine(server: Server, media: str) -> None:
    location = server.create(HELLO, media).location
    server.patch(location, 0, HELLO)
    answer = server.patch(location, 11, b"")
    assert (answer.status, answer.offset) == (204, 11)


def test_every_refusal_tells_where_the_upload_stands(server: Server, media: str) -> None:
    location = server.create(HELLO, media).location
    server.patch(location, 0, HELLO[:4])
    refused = {
        415: server.patch(location, 4, HELLO[4:], **{"Content-Type": "text/plain"}),
        400: server.patch(location, 4, HELLO[4:], **{"Upload-Checksum": "md5 x"}),
        409: server.patch(location, 3, HELLO[3:]),
        413: server.patch(location, 4, HELLO),
        460: server.patch(location, 4, HELLO[4:], **{"Upload-Checksum": "sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00="}),
    }
    assert {status: (answer.status, answer.offset) for status, answer in refused.items()} == {
        status: (status, 4) for status in refused
    }
    assert server.patch(location, 4, HELLO[4:]).status == 204
    stored = server.ask("DELETE", location)
    assert (stored.status, stored.offset) == (403, 11)


# OPTIONS


@pytest.mark.parametrize("path", ["/v1/uploads", "/v1/uploads/any"])
def test_options_tell_what_the_server_can(server: Server, path: str) -> None:
    answer = server.ask("OPTIONS", path, {"Tus-Resumable": "0.0.1"}, omit=("Authorization",))
    assert answer.status == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Max-Size"] == "50000000"
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "creation-defer-length",
        "checksum",
        "expiration",
        "termination",
        "concatenation",
    }
    assert "sha1" in answer.headers["Tus-Checksum-Algorithm"].split(",")


# Whole file


def test_a_file_that_is_not_the_declared_one_is_quarantined_and_never_stored(
    server: Server, media: str
) -> None:
    declared, other = HELLO, b"jello world"
    created = server.create(declared, media)
    answer = server.patch(created.location, 0, other)
    assert (answer.status, problem(answer)["code"]) == (422, "upload_sha256_mismatch")
    gone = server.head(created.location)
    assert (gone.status, gone.headers["Upload-Offset"]) == (410, None)
    kept = server.setup.folder / "bytes" / "quarantine" / created.location.rsplit("/", 1)[1]
    assert kept.read_bytes() == other
    assert not server.blob(hashlib.sha256(other).hexdigest()).exists()
    assert not any(media in line for line in server.told)


def test_after_quarantine_the_same_file_starts_anew(server: Server, media: str) -> None:
    first = server.create(HELLO, media).location
    server.patch(first, 0, b"jello world")
    second = server.create(HELLO, media)
    assert (second.location != first, second.offset) == (True, 0)
    assert server.patch(second.location, 0, HELLO).status == 204


def test_a_stored_file_is_told_once_with_its_hash(server: Server, media: str) -> None:
    server.patch(server.create(HELLO, media).location, 0, HELLO)
    told = [line for line in server.told if f" {media} " in line]
    assert [line.split()[2:] for line in told] == [[hashlib.sha256(HELLO).hexdigest(), "11"]]
