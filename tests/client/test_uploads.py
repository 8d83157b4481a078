"""Files against the product's own tus endpoint, in a process of its own that can be killed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from doorstep_client import HttpTransport, Phone, Unreachable
from doorstep_client.transport import Answer
from tests.client.conftest import OpenPhone
from tests.client.server import Server
from tests.media.server import Server as MediaServer


class Both:
    """The exchange goes to the engine in this process, uploads to the media server; calls can be cut."""

    def __init__(self, engine: Server, media: HttpTransport) -> None:
        self._engine = engine
        self._media = media
        self.patches: list[int] = []
        """Offsets of the chunks that were sent."""
        self.cut_before: set[int] = set()
        """Numbers of chunks (from 1) that never reach the server."""
        self.cut_after: set[int] = set()
        """Numbers of chunks whose answer is lost."""
        self.knows_the_phone = True

    def send(self, method: str, address: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        if "/v1/uploads" not in address:
            return self._engine.send(method, address, headers, body)
        if not self.knows_the_phone:
            return Answer(401, {}, b'{"code": "device_unknown"}')
        if method == "PATCH":
            self.patches.append(int(headers["Upload-Offset"]))
            if len(self.patches) in self.cut_before:
                raise Unreachable("cut")
        answer = self._media.send(method, address, {**headers, "Authorization": "Bearer phone-1"}, body)
        if method == "PATCH" and len(self.patches) in self.cut_after:
            raise Unreachable("cut")
        return answer


@pytest.fixture
def media(tmp_path: Path) -> Iterator[MediaServer]:
    folder = tmp_path / "media"
    folder.mkdir()
    made = MediaServer(folder).start()
    yield made
    made.kill()


@pytest.fixture
def wire(server: Server, media: MediaServer) -> Iterator[Both]:
    transport = HttpTransport(f"http://127.0.0.1:{media.setup.port}")
    yield Both(server, transport)
    transport.close()


@pytest.fixture
def phone(open_phone: OpenPhone, wire: Both) -> Phone:
    return fresh(open_phone, wire)


def fresh(open_phone: OpenPhone, wire: Both) -> Phone:
    phone = open_phone("a", wire)
    phone._uploader._chunk_bytes = 10_000
    if not phone.store.get("nonce", str):
        phone.enrol("CODE-A", "phone", "test")
    return phone


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(os.urandom(35_000))
    return path


def is_stored(media: MediaServer, file: Path) -> bool:
    blob = media.blob(hashlib.sha256(file.read_bytes()).hexdigest())
    return blob.exists() and blob.read_bytes() == file.read_bytes()


def test_a_file_arrives_as_it_was(phone: Phone, media: MediaServer, clip: Path):
    phone.attach("m1", clip, "original", "video/mp4")
    assert phone.freshness().uploads == 1 and phone.freshness().upload_bytes == 35_000
    assert phone.upload() == 4
    assert is_stored(media, clip) and [one.state for one in phone.uploads()] == ["stored"]
    assert phone.freshness().uploads == 0


@pytest.mark.parametrize("chunk", [1, 2, 4])
@pytest.mark.parametrize("side", ["before", "after"])
def test_a_cut_costs_at_most_the_chunk_on_its_way(
    open_phone: OpenPhone, phone: Phone, wire: Both, media: MediaServer, clip: Path, chunk: int, side: str
):
    phone.attach("m1", clip)
    (wire.cut_before if side == "before" else wire.cut_after).add(chunk)
    with pytest.raises(Unreachable):
        phone.upload()
    phone.close()
    again = fresh(open_phone, wire)
    again.upload()
    assert is_stored(media, clip)
    assert len(wire.patches) == (5 if side == "before" else 4), "nothing that had arrived was sent again"


def test_an_upload_goes_on_after_the_server_was_killed(phone: Phone, media: MediaServer, clip: Path):
    phone.attach("m1", clip)
    assert phone.upload(most_chunks=2) == 2
    media.kill()
    with pytest.raises(Unreachable):
        phone.upload()
    media.start()
    assert phone.upload() == 2
    assert is_stored(media, clip)


def test_an_upload_that_the_server_forgot_starts_again(phone: Phone, media: MediaServer, clip: Path):
    phone.attach("m1", clip)
    phone.upload(most_chunks=1)
    with phone.store.transaction():
        phone.store.run("UPDATE upload SET address = '/v1/uploads/no-such-upload', offset_bytes = 30000")
    phone.upload()
    assert is_stored(media, clip) and phone.uploads()[0].state == "stored"


def test_posters_go_before_proxies_before_originals(phone: Phone, wire: Both, tmp_path: Path):
    for kind in ("original", "proxy", "poster"):
        file = tmp_path / kind
        file.write_bytes(kind.encode())
        phone.attach(f"m-{kind}", file, kind)  # type: ignore[arg-type]
    phone.upload(most_chunks=1)
    assert [(one.kind, one.state) for one in phone.uploads()] == [
        ("poster", "stored"),
        ("proxy", "queued"),
        ("original", "queued"),
    ]


def test_queueing_the_same_file_again_changes_nothing(phone: Phone, clip: Path):
    phone.attach("m1", clip)
    phone.upload()
    phone.attach("m1", clip)
    assert [one.state for one in phone.uploads()] == ["stored"]


def test_a_file_that_is_gone_is_told_and_does_not_stop_the_others(
    phone: Phone, media: MediaServer, clip: Path, tmp_path: Path
):
    lost = tmp_path / "lost.jpg"
    lost.write_bytes(b"photo")
    phone.attach("m0", lost)
    phone.attach("m1", clip)
    lost.unlink()
    phone.upload()
    assert [one.state for one in phone.uploads()] == ["missing", "stored"]
    assert "lost.jpg" in phone.uploads()[0].detail and phone.freshness().uploads == 1


def test_a_file_whose_row_is_not_known_yet_waits_its_turn(
    phone: Phone, media: MediaServer, clip: Path, tmp_path: Path
):
    early = tmp_path / "early.jpg"
    early.write_bytes(b"photo")
    (media.setup.folder / "refused").write_text("m0")
    phone.attach("m0", early)
    phone.attach("m1", clip)
    phone.upload()
    assert [one.state for one in phone.uploads()] == ["queued", "stored"]
    (media.setup.folder / "refused").unlink()
    phone.upload()
    assert is_stored(media, early)


def test_a_file_waits_while_the_server_does_not_know_the_phone(
    phone: Phone, wire: Both, media: MediaServer, clip: Path
):
    phone.attach("m1", clip)
    wire.knows_the_phone = False
    phone.upload()
    assert [one.state for one in phone.uploads()] == ["queued"]
    wire.knows_the_phone = True
    phone.upload()
    assert is_stored(media, clip)


def test_a_file_that_changed_under_way_is_told(phone: Phone, clip: Path):
    phone.attach("m1", clip)
    phone.upload(most_chunks=1)
    clip.write_bytes(os.urandom(35_000))
    phone.upload()
    (one,) = phone.uploads()
    assert one.state == "refused" and "sha256" in one.detail


def test_an_empty_file_arrives_too(phone: Phone, media: MediaServer, tmp_path: Path):
    empty = tmp_path / "empty.txt"
    empty.touch()
    phone.attach("m1", empty)
    phone.upload()
    assert [one.state for one in phone.uploads()] == ["stored"]
