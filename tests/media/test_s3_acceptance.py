"""The bucket's store on Ceph's gateway, a real S3 server: signatures, encryption, the smallest part it takes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count
from random import Random

import pytest

from media.bucket import Bucket, BucketAddress
from media.part_register import MemoryPartRegister
from media.refusal import StoreAway
from media.s3_store import S3Store
from media.store import Store
from tests.media.contract_store import StoreContract
from tests.parts.ceph import Ceph, CephMissing, running_ceph

_numbers = count()


@pytest.fixture(scope="session")
def ceph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ceph]:
    try:
        # Sockets have short paths.
        with running_ceph(tmp_path_factory.mktemp("c") / "c") as running:
            yield running
    except CephMissing as missing:
        pytest.skip(f"Ceph cannot be had here: {missing}")


@pytest.fixture
def address(ceph: Ceph) -> BucketAddress:
    """A new bucket."""
    address = BucketAddress(
        bucket=f"clips-{next(_numbers)}",
        prefix="production/media",
        endpoint=ceph.endpoint,
        access_key=ceph.access_key,
        secret_key=ceph.secret_key,
    )
    Bucket(address)._client.create_bucket(Bucket=address.bucket)
    return address


class TestS3StoreOnCeph(StoreContract):
    large_bytes = 21_000_000

    @pytest.fixture(autouse=True)
    def _bucket(self, address: BucketAddress) -> None:
        self.address = address
        self.register = MemoryPartRegister()

    def make(self) -> Store:
        return S3Store(Bucket(self.address), self.register)

    def leftovers(self) -> Iterable[str]:
        bucket = Bucket(self.address)
        open_uploads = bucket._client.list_multipart_uploads(Bucket=self.address.bucket).get("Uploads", [])
        return [*bucket.keys("partial/"), *(one["Key"] for one in open_uploads)]

    def quarantined(self, upload_id: str) -> bytes:
        return Bucket(self.address).get(f"quarantine/{upload_id}")


def test_a_wrong_secret_is_a_store_that_is_away(address: BucketAddress) -> None:
    stranger = Bucket(replace(address, secret_key="another"))
    for act in (stranger.check, lambda: stranger.put("x", b"x"), lambda: stranger.get("x")):
        with pytest.raises(StoreAway):
            act()


def test_a_bucket_that_leaves_out_the_encryption_in_silence_is_away(address: BucketAddress) -> None:
    asked = Bucket(replace(address, encryption="AES256"))
    # Releases before 17 do not know it; newer ones do it.
    for act in (lambda: asked.put("x", b"x"), lambda: asked.begin("y")):
        try:
            act()
        except StoreAway as away:
            assert "does not encrypt" in str(away)
            assert asked.keys("") == []


def test_every_object_is_encrypted_as_asked(address: BucketAddress) -> None:
    encryption = "aws:kms"
    asked = replace(address, encryption=encryption, encryption_key="media")
    bucket, content = Bucket(asked), Random(9).randbytes((8 << 20) + 100_000)
    store, sha256 = S3Store(bucket, MemoryPartRegister()), hashlib.sha256(content).hexdigest()
    store.create("u1")
    with store.open("u1") as writer:
        writer.write(content)
        writer.commit()
    assert store.sha256("u1") == sha256
    store.take("u1", sha256)
    for found in bucket.keys(""):
        head = bucket._client.head_object(Bucket=asked.bucket, Key=f"{asked.prefix}/{found}")
        assert head.get("ServerSideEncryption") == encryption, found
    with store.read(sha256) as blob:
        assert blob.read() == content
