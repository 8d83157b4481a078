"""Where media bytes are kept, as DOORSTEP_BLOB_STORE_URL names it: a folder, or a bucket that speaks S3."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

BUCKET_OPTIONS = ("endpoint", "region", "encryption", "key")
ENCRYPTIONS = ("AES256", "aws:kms")


@dataclass(frozen=True)
class FolderPlace:
    """A folder on this machine; a relative one counts from where the process started."""

    folder: Path


@dataclass(frozen=True)
class BucketPlace:
    """A bucket and a key prefix without slashes at its ends; no endpoint means the provider's own.

    `encryption` is how the bucket encrypts each object (AES256 or aws:kms; None leaves it to the bucket), `key`
    the id of the key for aws:kms.
    """

    bucket: str
    prefix: str
    endpoint: str | None
    region: str | None
    encryption: str | None = None
    key: str | None = None


BlobPlace = FolderPlace | BucketPlace


def parse_blob_store_url(text: str) -> BlobPlace:
    """Read a blob store URL; raises ValueError with what it must be."""
    url = urlsplit(text)
    if url.scheme == "file":
        return _folder(url)
    if url.scheme == "s3":
        return _bucket(url)
    raise ValueError("must begin with file: or s3://")


def _folder(url: SplitResult) -> FolderPlace:
    if url.netloc:
        raise ValueError("must be file:RELATIVE/FOLDER or, with three slashes, file:///ABSOLUTE/FOLDER")
    if not url.path.strip("/") or url.query or url.fragment:
        raise ValueError("must name a folder and nothing else")
    return FolderPlace(Path(unquote(url.path)))


def _bucket(url: SplitResult) -> BucketPlace:
    if "@" in url.netloc:
        raise ValueError(
            "must not hold a key: keys go into DOORSTEP_S3_ACCESS_KEY and DOORSTEP_S3_SECRET_KEY"
        )
    if not url.netloc:
        raise ValueError("must name a bucket: s3://BUCKET/PREFIX")
    options = dict(parse_qsl(url.query, keep_blank_values=True))
    if unknown := sorted(options.keys() - set(BUCKET_OPTIONS)):
        raise ValueError(f"must have no option but {', '.join(BUCKET_OPTIONS)} ({unknown[0]} is none)")
    endpoint = options.get("endpoint") or None
    if endpoint and urlsplit(endpoint).scheme not in ("http", "https"):
        raise ValueError("must give its endpoint as http://… or https://…")
    encryption, key = options.get("encryption") or None, options.get("key") or None
    if encryption not in (None, *ENCRYPTIONS):
        raise ValueError(f"must give its encryption as {' or '.join(ENCRYPTIONS)}")
    if key and encryption != "aws:kms":
        raise ValueError("must have encryption=aws:kms beside a key")
    prefix, region = unquote(url.path).strip("/"), options.get("region") or None
    return BucketPlace(url.netloc, prefix, endpoint, region, encryption, key)
