"""Each MUST of tus concatenation, and what joining means here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from random import Random

import pytest

from tests.media.server import BYTES, Answer, Server, encode, metadata

CONTENT = Random(17).randbytes(90_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
THIRDS = (CONTENT[:30_000], CONTENT[30_000:60_000], CONTENT[60_000:])


def piece(server: Server, content: bytes, sent: int | None = None, **headers: str) -> str:
    """The location of a piece; `sent` is how many of its bytes are there."""
    created = server.ask(
        "POST", headers={"Upload-Concat": "partial", "Upload-Length": str(len(content))} | headers
    )
    assert created.status == 201
    if part := content[:sent]:
        assert server.patch(created.location, 0, part, **headers).status == 204
    return created.location


def join(server: Server, media: str, *locations: str, **headers: str) -> Answer:
    declared = {"Upload-Concat": f"final;{' '.join(locations)}", "Upload-Metadata": metadata(CONTENT, media)}
    return server.ask("POST", headers=declared | headers)


def test_pieces_are_joined_in_the_order_given(server: Server, media: str) -> None:
    locations = [piece(server, part) for part in THIRDS]
    final = join(server, media, *locations)
    assert (final.status, final.offset) == (201, len(CONTENT))
    assert server.blob(SHA256).read_bytes() == CONTENT
    assert any(f" {media} " in line for line in server.told)


def test_pieces_in_another_order_are_not_the_declared_file(server: Server, media: str) -> None:
    locations = [piece(server, part) for part in THIRDS]
    assert join(server, media, *reversed(locations)).status == 422
    assert join(server, media, *locations).status == 201


def test_head_of_a_piece_says_so(server: Server) -> None:
    head = server.head(piece(server, THIRDS[0], sent=100))
    assert (head.headers["Upload-Concat"], head.offset, head.headers["Upload-Metadata"]) == (
        "partial",
        100,
        None,
    )


def test_head_of_a_final_names_its_pieces_and_the_whole_length(server: Server, media: str) -> None:
    locations = [piece(server, part) for part in THIRDS]
    head = server.head(join(server, media, *locations).location)
    assert head.headers["Upload-Concat"] == f"final;{' '.join(locations)}"
    assert head.headers["Upload-Length"] == head.headers["Upload-Offset"] == str(len(CONTENT))
    assert head.headers["Upload-Metadata"] == metadata(CONTENT, media)


def test_a_final_takes_no_bytes(server: Server, media: str) -> None:
    final = join(server, media, *[piece(server, part) for part in THIRDS]).location
    answer = server.patch(final, len(CONTENT), b"more")
    assert (answer.status, json.loads(answer.body)["code"]) == (403, "upload_is_joined")
    assert server.head(final).offset == answer.offset == len(CONTENT)


def test_a_final_is_not_created_with_bytes(server: Server, media: str) -> None:
    headers = BYTES | {"Upload-Concat": "final;/v1/uploads/a", "Upload-Metadata": metadata(CONTENT, media)}
    assert server.ask("POST", headers=headers, body=b"x").status == 403


@pytest.mark.parametrize("name", ["Upload-Length", "Upload-Defer-Length"])
def test_a_final_has_no_length_of_its_own(server: Server, media: str, name: str) -> None:
    answer = join(server, media, piece(server, CONTENT), **{name: "1"})
    assert (answer.status, json.loads(answer.body)["details"]["field"]) == (400, name)


@pytest.mark.parametrize(
    "value", ["", "final", "final;", "final;/v1/uploads/../x y/", "whole", "final;/v1/uploads/" + "x" * 200]
)
def test_a_concatenation_that_cannot_be_read_is_refused(server: Server, media: str, value: str) -> None:
    answer = server.create(CONTENT, media, **{"Upload-Concat": value})
    assert answer.status == 400


def test_absolute_addresses_are_taken(server: Server, media: str) -> None:
    locations = [f"http://127.0.0.1:{server.setup.port}{piece(server, part)}" for part in THIRDS]
    assert join(server, media, *locations).status == 201


def test_unfinished_pieces_are_not_joined(server: Server, media: str) -> None:
    whole, lacking = piece(server, THIRDS[0]), piece(server, THIRDS[1], sent=10)
    answer = join(server, media, whole, lacking)
    assert (answer.status, json.loads(answer.body)["code"]) == (409, "upload_piece_unfinished")
    assert server.head(whole).offset == len(THIRDS[0])


@pytest.mark.parametrize("unfit", ["nothing", "another phone's", "whole file", "ended"])
def test_only_pieces_of_this_phone_are_joined(server: Server, media: str, unfit: str) -> None:
    location = "/v1/uploads/nothing"
    if unfit == "another phone's":
        location = piece(server, THIRDS[0], Authorization="Bearer phone-2")
    if unfit == "whole file":
        location = server.create(CONTENT, f"{media[:50]}-w").location
    if unfit == "ended":
        location = piece(server, THIRDS[0])
        assert server.ask("DELETE", location).status == 204
    answer = join(server, media, location)
    assert (answer.status, json.loads(answer.body)["code"]) == (400, "upload_piece_unfit")


def test_a_complete_piece_is_no_file_by_itself(server: Server, media: str) -> None:
    before = len(server.told)
    location = piece(server, b"a piece alone")
    assert server.head(location).offset == 13
    assert len(server.told) == before
    assert not server.blob(hashlib.sha256(b"a piece alone").hexdigest()).exists()


def test_pieces_are_freed_once_the_whole_is_stored(server: Server, media: str) -> None:
    locations = [piece(server, part) for part in THIRDS]
    join(server, media, *locations)
    assert [server.head(location).status for location in locations] == [410] * 3


def test_joining_again_is_done_at_once(server: Server, media: str) -> None:
    locations = [piece(server, part) for part in THIRDS]
    first, again = join(server, media, *locations), join(server, media, *locations)
    assert (again.status, again.location, again.offset) == (201, first.location, len(CONTENT))


def test_a_piece_is_created_with_bytes_and_a_deferred_length(server: Server, media: str) -> None:
    headers = BYTES | {"Upload-Concat": "partial", "Upload-Defer-Length": "1"}
    created = server.ask("POST", headers=headers, body=CONTENT[:500])
    assert (created.status, created.offset) == (201, 500)
    rest = server.patch(created.location, 500, CONTENT[500:], **{"Upload-Length": str(len(CONTENT))})
    assert rest.status == 204
    assert join(server, media, created.location).status == 201


def test_a_file_begun_in_one_piece_may_be_sent_in_several(server: Server, media: str) -> None:
    begun = server.create(CONTENT, media).location
    server.patch(begun, 0, CONTENT[:10])
    assert join(server, media, *[piece(server, part) for part in THIRDS]).status == 201
    assert server.head(begun).status == 410


def test_the_gate_is_asked_for_a_final_before_anything_is_joined(make_server: Callable[..., Server]) -> None:
    server = make_server().start()
    (server.setup.folder / "refused").write_text("m1")
    location = piece(server, CONTENT)
    assert join(server, "m1", location).status == 403
    assert server.head(location).offset == len(CONTENT)


def test_no_client_can_name_the_server_s_own_facts(server: Server, media: str) -> None:
    sent = encode({"media": media, "sha256": SHA256, "kind": "piece"})
    assert server.create(CONTENT, media, **{"Upload-Metadata": sent}).status == 400
    joined = "joined from " + "YQ=="
    sent = f"{metadata(CONTENT, media)},{joined}"
    assert server.create(CONTENT, media, **{"Upload-Metadata": sent}).status == 400
    sent = encode({"media": "piece:x", "sha256": SHA256, "kind": "proxy"})
    assert server.create(CONTENT, media, **{"Upload-Metadata": sent}).status == 400


def test_a_kill_while_joining_costs_nothing(make_server: Callable[..., Server]) -> None:
    """At every third step of the join; after the restart the same request stores the same file."""
    for kill_at in range(1, 120, 3):
        server = make_server().start()
        locations = [piece(server, part) for part in THIRDS]
        server.kill()
        server.start(kill_at=kill_at)
        try:
            answer = join(server, "m1", *locations)
            assert answer.status == 201
        except OSError:
            server.wait()
        died = server.is_dead
        server.kill()
        server.start(kill_at=0)
        again = join(server, "m1", *locations)
        assert (again.status, again.offset) == (201, len(CONTENT)), again.body
        assert server.blob(SHA256).read_bytes() == CONTENT
        assert server.told
        server.kill()
        if not died:
            break
    assert 10 < kill_at < 118
