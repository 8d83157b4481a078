"""A bucket of any store that speaks S3 as the place of media bytes.

Imported only where one is set: its library takes ten mebibytes of every process that knows it.
"""

from __future__ import annotations

from media.bucket import Bucket, BucketAddress
from media.refusal import StoreAway
from media.s3_store import S3Store
from server.blob_store_url import BucketPlace
from server.db.bucket_partials import SqlPartRegister
from server.db.connection import Database
from server.observe.health import Check
from server.settings import Settings


def bucket_store(settings: Settings, place: BucketPlace, database: Database) -> tuple[S3Store, list[Check]]:
    """The store, and what readiness asks of it."""
    bucket = Bucket(
        BucketAddress(
            bucket=place.bucket,
            prefix=place.prefix,
            endpoint=place.endpoint,
            region=place.region,
            access_key=settings.s3_access_key or None,
            secret_key=settings.s3_secret_key or None,
            encryption=place.encryption,
            encryption_key=place.key,
        )
    )
    return S3Store(bucket, SqlPartRegister(database)), [_check(bucket)]


def _check(bucket: Bucket) -> Check:
    def fault() -> str | None:
        try:
            bucket.check()
        except StoreAway as away:
            return f"the bucket cannot be used: {away}"
        return None

    return Check("bucket", fault)
