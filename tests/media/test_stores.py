"""Both stores keep the contract: a folder, and a bucket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from media.bucket import Bucket, BucketAddress
from media.local_store import LocalStore
from media.part_register import MemoryPartRegister
from media.refusal import StoreAway
from media.s3_store import S3Store
from media.store import Store
from tests.media.contract_store import StoreContract
from tests.media.memory_bucket import MemoryBucket
from tests.media.s3_server import S3Server


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    server = S3Server()
    yield server
    server.stop()


class TestLocalStore(StoreContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def make(self) -> Store:
        return LocalStore(self.folder)

    def leftovers(self) -> Iterable[str]:
        return [path.name for path in (self.folder / "partial").iterdir()]

    def quarantined(self, upload_id: str) -> bytes:
        return (self.folder / "quarantine" / upload_id).read_bytes()


class TestS3Store(StoreContract):
    large_bytes = 21_000_000

    @pytest.fixture(autouse=True)
    def _bucket(self, s3: S3Server) -> None:
        self.address = s3.address()
        self.register = MemoryPartRegister()

    def make(self) -> Store:
        return S3Store(Bucket(self.address), self.register)

    def leftovers(self) -> Iterable[str]:
        bucket = Bucket(self.address)
        open_uploads = bucket._client.list_multipart_uploads(Bucket=self.address.bucket).get("Uploads", [])
        return [*bucket.keys("partial/"), *(one["Key"] for one in open_uploads)]

    def quarantined(self, upload_id: str) -> bytes:
        return Bucket(self.address).get(f"quarantine/{upload_id}")


class TestS3StoreInMemory(StoreContract):
    """The fake keeps the contract too, so that what is tried on it means something."""

    @pytest.fixture(autouse=True)
    def _bucket(self) -> None:
        self.bucket = MemoryBucket(10_000)
        self.register = MemoryPartRegister()

    def make(self) -> Store:
        return S3Store(self.bucket, self.register, lambda number: 10_000)

    def leftovers(self) -> Iterable[str]:
        return [*self.bucket.keys("partial/"), *(key for key, _ in self.bucket.multiparts)]

    def quarantined(self, upload_id: str) -> bytes:
        return self.bucket.get(f"quarantine/{upload_id}")


def test_objects_are_encrypted_as_asked(s3: S3Server) -> None:
    address = s3.address(encryption="AES256")
    bucket, content = Bucket(address), b"clip" * 1000
    store = S3Store(bucket, MemoryPartRegister())
    store.create("u1")
    with store.open("u1") as writer:
        writer.write(content)
        writer.commit()
    sha256 = store.sha256("u1")
    store.take("u1", sha256)
    for key in bucket.keys(""):
        head = bucket._client.head_object(Bucket=address.bucket, Key=f"{address.prefix}/{key}")
        assert head["ServerSideEncryption"] == "AES256"


def test_a_bucket_that_does_not_answer_is_away() -> None:
    bucket = Bucket(
        BucketAddress(bucket="x", endpoint="http://127.0.0.1:9", access_key="AK", secret_key="SK")
    )
    with pytest.raises(StoreAway):
        bucket.check()
