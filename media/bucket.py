"""The few operations on a bucket that a store is made of, over boto3; failures in the words of uploads.

A seam, as `media.disk` is: tests can fail or kill between any two of them. Blocking: call from a thread.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from media.refusal import StoreAway, StoreFull

log = logging.getLogger(__name__)

COPY_LIMIT_BYTES = 5 << 30
"""The largest object that a bucket copies in one request."""
_COPY_PART_BYTES = 1 << 30
_LEAST_PART_BYTES = 8 << 20
_MOST_PARTS = 10_000
_BLOCK_BYTES = 1 << 20
_FULL = frozenset({"QuotaExceeded", "InsufficientCapacity", "XMinioStorageFull", "507"})


class ObjectMissing(Exception):
    """There is no object under this key."""


class MultipartMissing(Exception):
    """There is no such multipart upload (any more), or not with these parts."""


@dataclass(frozen=True, kw_only=True)
class BucketAddress:
    """Where a bucket is and how objects are kept in it. Without keys the machine's own role is used."""

    bucket: str
    prefix: str = ""
    """Before every key; without slashes at its ends."""
    endpoint: str | None = None
    region: str | None = None
    access_key: str | None = None
    secret_key: str | None = None
    encryption: str | None = None
    """`AES256` or `aws:kms`: how the bucket encrypts each object; None leaves it to the bucket's default."""
    encryption_key: str | None = None
    """Id of the key for `aws:kms`; None means the bucket's own."""

    def __repr__(self) -> str:
        return f"BucketAddress({self.bucket!r}, prefix={self.prefix!r}, endpoint={self.endpoint!r})"


class Bucket:
    """A bucket of anything that speaks S3. Raises StoreAway when it does not answer, StoreFull when it is full."""

    def __init__(self, address: BucketAddress) -> None:
        self._bucket = address.bucket
        self._prefix = f"{address.prefix}/" if address.prefix else ""
        self._kept: dict[str, Any] = {}
        if address.encryption:
            self._kept["ServerSideEncryption"] = address.encryption
        if address.encryption_key:
            self._kept["SSEKMSKeyId"] = address.encryption_key
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=address.endpoint,
            region_name=address.region or ("us-east-1" if address.endpoint else None),
            aws_access_key_id=address.access_key,
            aws_secret_access_key=address.secret_key,
            config=Config(
                connect_timeout=5,
                read_timeout=30,
                retries={"mode": "standard", "max_attempts": 3},
                max_pool_connections=40,
                # Newer checksums are not known to every store; the whole file's hash is read back anyway.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"addressing_style": "path" if address.endpoint else "auto"},
            ),
        )

    def check(self) -> None:
        """Raises StoreAway unless the bucket is there and these keys may use it."""
        with _translated():
            try:
                self._client.head_bucket(Bucket=self._bucket)
            except ClientError as error:
                raise StoreAway(f"{self._bucket}: {_code(error)}") from error

    def put(self, key: str, data: bytes | bytearray) -> None:
        """Durable when this returns; replaces what was there."""
        with _translated():
            kept = self._client.put_object(**self._at(key), Body=bytes(data), **self._kept)
            if not self._is_encrypted(kept):
                self._client.delete_object(**self._at(key))
                raise StoreAway("the bucket does not encrypt as asked")

    def get(self, key: str, start: int = 0, count: int | None = None) -> bytes:
        """Bytes from `start` on; fewer than `count` at the end. Raises ObjectMissing."""
        if count == 0:
            return b""
        with _translated():
            return bytes(self._client.get_object(**self._at(key), **_range(start, count))["Body"].read())

    def blocks(self, key: str, start: int = 0) -> Iterator[bytes]:
        """The object's bytes from `start` on, streamed. Raises ObjectMissing."""
        with _translated():
            body = self._client.get_object(**self._at(key), **_range(start, None))["Body"]
            try:
                yield from body.iter_chunks(_BLOCK_BYTES)
            finally:
                body.close()

    def size(self, key: str) -> int | None:
        """Size in bytes, None when there is no such object."""
        try:
            with _translated():
                return int(self._client.head_object(**self._at(key))["ContentLength"])
        except ObjectMissing:
            return None

    def delete(self, keys: Iterable[str]) -> None:
        """Repeating is safe."""
        with _translated():
            for key in keys:
                self._client.delete_object(**self._at(key))

    def keys(self, prefix: str) -> list[str]:
        """All keys that begin so."""
        with _translated():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix + prefix
            )
            return [
                one["Key"].removeprefix(self._prefix) for page in pages for one in page.get("Contents", ())
            ]

    def begin(self, key: str) -> str:
        """Begin a multipart upload; returns the bucket's name for it."""
        with _translated():
            begun = self._client.create_multipart_upload(**self._at(key), **self._kept)
            if not self._is_encrypted(begun):
                self._client.abort_multipart_upload(**self._at(key), UploadId=begun["UploadId"])
                raise StoreAway("the bucket does not encrypt as asked")
            return str(begun["UploadId"])

    def put_part(self, key: str, multipart: str, number: int, data: bytes | bytearray) -> str:
        """Durable when this returns its ETag; replaces a part of the same number. Raises MultipartMissing."""
        with _translated():
            sent = self._client.upload_part(
                **self._at(key), UploadId=multipart, PartNumber=number, Body=bytes(data)
            )
            return str(sent["ETag"])

    def part_etags(self, key: str, multipart: str) -> Mapping[int, tuple[str, int]]:
        """ETag and size of each part that is there, by number. Raises MultipartMissing."""
        with _translated():
            pages = self._client.get_paginator("list_parts").paginate(**self._at(key), UploadId=multipart)
            return {
                one["PartNumber"]: (one["ETag"], one["Size"])
                for page in pages
                for one in page.get("Parts", ())
            }

    def complete(self, key: str, multipart: str, etags: Sequence[str]) -> None:
        """Make the parts one object, at once or not at all. Raises MultipartMissing."""
        parts = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]
        with _translated():
            self._client.complete_multipart_upload(
                **self._at(key), UploadId=multipart, MultipartUpload={"Parts": parts}
            )

    def abort(self, key: str) -> None:
        """Free the parts of every unfinished multipart upload of this key. Repeating is safe."""
        with _translated():
            pages = self._client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self._bucket, Prefix=self._prefix + key
            )
            found = [one["UploadId"] for page in pages for one in page.get("Uploads", ())]
            for multipart in found:
                try:
                    self._client.abort_multipart_upload(**self._at(key), UploadId=multipart)
                except ClientError as error:
                    if _code(error) != "NoSuchUpload":
                        raise

    def copy(self, source: str, target: str, size_bytes: int) -> None:
        """At once or not at all; inside the bucket, so that no byte comes here, where the bucket can do that.

        Raises ObjectMissing.
        """
        from_where = {"Bucket": self._bucket, "Key": self._prefix + source}
        with _translated():
            try:
                if size_bytes <= COPY_LIMIT_BYTES:
                    self._client.copy_object(**self._at(target), CopySource=from_where, **self._kept)
                else:
                    self._copy_in_parts(from_where, target, size_bytes)
                return
            except ClientError as error:
                # Ceph does not copy objects that it encrypts.
                if _code(error) != "NotImplemented":
                    raise
        self._copy_through(source, target, size_bytes)

    def _copy_in_parts(self, from_where: dict[str, str], target: str, size_bytes: int) -> None:
        multipart, etags = self.begin(target), []
        for number, start in enumerate(range(0, size_bytes, _COPY_PART_BYTES), 1):
            last = min(start + _COPY_PART_BYTES, size_bytes) - 1
            copied = self._client.upload_part_copy(
                **self._at(target),
                CopySource=from_where,
                CopySourceRange=f"bytes={start}-{last}",
                UploadId=multipart,
                PartNumber=number,
            )
            etags.append(copied["CopyPartResult"]["ETag"])
        self.complete(target, multipart, etags)

    def _copy_through(self, source: str, target: str, size_bytes: int) -> None:
        part_bytes = max(_LEAST_PART_BYTES, -(-size_bytes // _MOST_PARTS))
        if size_bytes <= part_bytes:
            self.put(target, self.get(source))
            return
        self.abort(target)
        multipart, etags = self.begin(target), []
        for number, start in enumerate(range(0, size_bytes, part_bytes), 1):
            etags.append(self.put_part(target, multipart, number, self.get(source, start, part_bytes)))
        self.complete(target, multipart, etags)

    def _is_encrypted(self, answer: Mapping[str, Any]) -> bool:
        """Some buckets know only some ways and leave the others out in silence."""
        asked = self._kept.get("ServerSideEncryption")
        return asked is None or answer.get("ServerSideEncryption") == asked

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + key}


def _range(start: int, count: int | None) -> dict[str, str]:
    if start == 0 and count is None:
        return {}
    return {"Range": f"bytes={start}-" if count is None else f"bytes={start}-{start + count - 1}"}


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = _code(error)
        if code in ("NoSuchKey", "404", "NotFound"):
            raise ObjectMissing(code) from error
        if code in ("NoSuchUpload", "InvalidPart", "InvalidPartOrder"):
            raise MultipartMissing(code) from error
        if code in _FULL:
            raise StoreFull(code) from error
        # Also refused keys: an operator's matter, which no phone can help and every phone can wait for.
        log.error("the bucket refused %s: %s", error.operation_name, code)
        raise StoreAway(code) from error
    except (BotoCoreError, OSError) as error:
        log.error("the bucket does not answer: %s", type(error).__name__)
        raise StoreAway(type(error).__name__) from error
