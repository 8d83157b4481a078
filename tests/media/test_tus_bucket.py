"""The real server with a bucket: unmodified clients, cuts and kills; the acknowledged offset never decreases."""

from __future__ import annotations

import hashlib
import http.client
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from tusclient.client import TusClient

from media.bucket import Bucket, BucketAddress
from media.part_register import MemoryPartRegister
from media.s3_store import S3Store
from tests.media.cutting_proxy import CuttingProxy
from tests.media.s3_server import S3Server
from tests.media.server import Server, metadata
from tests.media.test_tus_kills import Promises

CONTENT = Random(31).randbytes((9 << 20) + 12_345)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    server = S3Server()
    yield server
    server.stop()


@pytest.fixture
def address(s3: S3Server) -> BucketAddress:
    return s3.address()


def stored(address: BucketAddress) -> bytes:
    with S3Store(Bucket(address), MemoryPartRegister()).read(SHA256) as blob:
        return blob.read()


def upload(server: Server, promises: Promises) -> None:
    """As a phone does it, in three requests. Raises when the server dies."""
    at = server.create(CONTENT)
    promises.note(at)
    for end in (3_000_000, 9_000_000, len(CONTENT)):
        if at.offset < end:
            location = server.create(CONTENT).location
            at = server.patch(location, at.offset, CONTENT[at.offset : end])
            promises.note(at)


def test_tuspy_resumes_after_cut_connections(
    make_server: Callable[..., Server], address: BucketAddress, tmp_path: Path
) -> None:
    server = make_server(bucket=address).start()
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(CONTENT)
    facts = {"media": "m1", "sha256": SHA256, "kind": "original"}
    with CuttingProxy(server.setup.port, cuts=[1_500_000, 4_000_000]).running() as proxy:
        client = TusClient(
            f"http://127.0.0.1:{proxy.port}/v1/uploads", headers={"Authorization": "Bearer phone-1"}
        )
        client.uploader(str(clip), metadata=facts, retries=9, retry_delay=0).upload()
    assert proxy.cut_count == 2
    assert stored(address) == CONTENT
    assert len(server.told) == 1


@pytest.mark.parametrize("kill_at", range(3, 36, 8))
def test_a_kill_never_takes_back_an_offset(
    make_server: Callable[..., Server], address: BucketAddress, kill_at: int
) -> None:
    server, promises = make_server(bucket=address), Promises()
    server.start(kill_at=kill_at)
    try:
        upload(server, promises)
    except (OSError, http.client.HTTPException):
        server.wait()
    server.kill()
    server.start(kill_at=0)
    upload(server, promises)
    assert stored(address) == CONTENT
    assert server.told
    assert Bucket(address).keys("partial/") == []


def test_parts_are_joined_in_a_bucket(make_server: Callable[..., Server], address: BucketAddress) -> None:
    server, locations = make_server(bucket=address).start(), []
    for part in (CONTENT[: 5 << 20], CONTENT[5 << 20 :]):
        created = server.ask("POST", headers={"Upload-Concat": "partial", "Upload-Length": str(len(part))})
        assert server.patch(created.location, 0, part).status == 204
        locations.append(created.location)
    declared = {"Upload-Concat": f"final;{' '.join(locations)}", "Upload-Metadata": metadata(CONTENT)}
    final = server.ask("POST", headers=declared)
    assert (final.status, final.offset) == (201, len(CONTENT))
    assert stored(address) == CONTENT
    assert Bucket(address).keys("partial/") == []


def test_a_bucket_that_goes_away_and_comes_back_costs_a_repeat(
    make_server: Callable[..., Server], s3: S3Server, address: BucketAddress
) -> None:
    server = make_server(bucket=address).start()
    created = server.create(CONTENT)
    Bucket(address)._client.delete_bucket(Bucket=address.bucket)
    # Few bytes: a refusal in the middle of many is lost when the server hangs up.
    away = server.patch(created.location, 0, CONTENT[:1000])
    assert (away.status, away.offset, away.headers["Retry-After"]) == (503, 0, "5")
    Bucket(address)._client.create_bucket(Bucket=address.bucket)
    assert server.patch(created.location, 0, CONTENT).status == 204
    assert stored(address) == CONTENT
