"""The headers of the tus protocol, parsed and written. A wrong one raises a problem that names it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from media.checksum import ALGORITHMS, Checksum
from media.upload import RENDITIONS, MediaKind, Metadata, Upload, UploadState
from mobile_api.problem import wrong
from mobile_api.uploads.problems import BadHeader, BadMetadata, WrongContentType

VERSION = "1.0.0"
EXTENSIONS = (
    "creation",
    "creation-with-upload",
    "creation-defer-length",
    "checksum",
    "expiration",
    "termination",
    "concatenation",
)
PARTIAL = "partial"
CONTENT_TYPE = "application/offset+octet-stream"

_INTEGER = re.compile(r"[0-9]{1,19}")
_MEDIA_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILE_TYPE = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}")
_UPLOAD_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,127}")
_MAX_PIECES = 128
_MAX_METADATA_CHARACTERS = 4096
_MAX_FILE_NAME_CHARACTERS = 255


def integer(headers: Mapping[str, str], name: str) -> int | None:
    """A header that holds a non-negative integer; None when absent."""
    value = headers.get(name)
    if value is None:
        return None
    if not _INTEGER.fullmatch(value):
        raise BadHeader(**wrong("not_whole_number", name))
    return int(value)


def required_integer(headers: Mapping[str, str], name: str) -> int:
    value = integer(headers, name)
    if value is None:
        raise BadHeader(**wrong("needed", name))
    return value


def declared_length(headers: Mapping[str, str]) -> int | None:
    """`Upload-Length`, or None when `Upload-Defer-Length: 1` says that it comes later."""
    length, defers = integer(headers, "Upload-Length"), headers.get("Upload-Defer-Length")
    if defers not in (None, "1"):
        raise BadHeader(**wrong("not_one_of", "Upload-Defer-Length", "1"))
    if (length is None) == (defers is None):
        raise BadHeader(**wrong("needed_or", "Upload-Length", "Upload-Defer-Length"))
    return length


def pieces(headers: Mapping[str, str]) -> tuple[str, ...]:
    """The upload ids in `Upload-Concat: final;<url> <url>`, in order; the URLs are absolute or relative."""
    _, _, urls = headers.get("Upload-Concat", "").partition(";")
    try:
        paths = [urlsplit(url).path for url in urls.split()]
    except ValueError:
        raise BadHeader(**wrong("not_offered", "Upload-Concat")) from None
    ids = tuple(path.rstrip("/").rpartition("/")[2] for path in paths)
    if not ids or not all(_UPLOAD_ID.fullmatch(one) for one in ids):
        raise BadHeader(**wrong("not_offered", "Upload-Concat"))
    if len(ids) > _MAX_PIECES:
        raise BadHeader(**wrong("too_long", "Upload-Concat", _MAX_PIECES))
    return ids


def concatenation(upload: Upload, folder: str) -> dict[str, str]:
    """`Upload-Concat` of an upload that has to do with it; `folder` is the path of all uploads."""
    if upload.is_piece:
        return {"Upload-Concat": PARTIAL}
    if upload.pieces:
        return {"Upload-Concat": "final;" + " ".join(f"{folder}/{piece}" for piece in upload.pieces)}
    return {}


def demand_content_type(headers: Mapping[str, str]) -> None:
    given = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if given != CONTENT_TYPE:
        raise WrongContentType(expected=CONTENT_TYPE)


def checksum(headers: Mapping[str, str]) -> Checksum | None:
    """`Upload-Checksum: <algorithm> <base64>`."""
    value = headers.get("Upload-Checksum")
    if value is None:
        return None
    algorithm, _, encoded = value.partition(" ")
    if algorithm not in ALGORITHMS:
        raise BadHeader(**wrong("not_one_of", "Upload-Checksum", ", ".join(ALGORITHMS)))
    try:
        digest = base64.b64decode(encoded, validate=True)
    except ValueError:
        digest = b""
    if len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise BadHeader(**wrong("not_base64", "Upload-Checksum"))
    return Checksum(algorithm, digest)


def metadata(headers: Mapping[str, str]) -> Metadata:
    """`Upload-Metadata: key base64,key base64,key`; keys are unique and hold no space or comma."""
    value = headers.get("Upload-Metadata", "")
    if len(value) > _MAX_METADATA_CHARACTERS:
        raise BadHeader(**wrong("too_long", "Upload-Metadata", _MAX_METADATA_CHARACTERS))
    pairs: list[tuple[str, str | None]] = []
    for item in value.split(",") if value.strip() else ():
        key, separator, encoded = item.strip().partition(" ")
        if not key or not key.isascii() or key in dict(pairs):
            raise BadMetadata(**wrong("not_unique", key[:64]))
        try:
            text = base64.b64decode(encoded, validate=True).decode() if separator else None
        except ValueError:
            raise BadMetadata(**wrong("not_base64", key)) from None
        pairs.append((key, text))
    return tuple(pairs)


def media_facts(pairs: Metadata) -> tuple[str, str, MediaKind]:
    """Media id, SHA-256 and kind from the metadata; the other known keys are checked on the way."""
    facts = dict(pairs)
    media_id, sha256, kind = facts.get("media"), facts.get("sha256"), facts.get("kind")
    if media_id is None or not _MEDIA_ID.fullmatch(media_id):
        raise BadMetadata(**wrong("not_reference", "media", "media"))
    if sha256 is None or not _SHA256.fullmatch(sha256):
        raise BadMetadata(**wrong("not_sha256", "sha256"))
    if kind not in RENDITIONS:
        raise BadMetadata(**wrong("not_one_of", "kind", ", ".join(RENDITIONS)))
    name, file_type = facts.get("filename"), facts.get("filetype")
    if name is not None and (len(name) > _MAX_FILE_NAME_CHARACTERS or not name.isprintable()):
        raise BadMetadata(**wrong("not_printable", "filename"))
    if file_type is not None and not _FILE_TYPE.fullmatch(file_type):
        raise BadMetadata(**wrong("not_media_type", "filetype"))
    return media_id, sha256, MediaKind(kind)


def encode_metadata(pairs: Metadata) -> str:
    """As the client sent it."""
    return ",".join(
        key if text is None else f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in pairs
    )


def http_date(moment: datetime) -> str:
    """RFC 9110, in GMT; `moment` is aware UTC."""
    return format_datetime(moment, usegmt=True)


def progress(upload: Upload) -> dict[str, str]:
    """What every answer about an upload says: how far it is, and until when it waits."""
    # Of one that is made of pieces, the protocol forbids to tell the offset before it is whole.
    headers = {} if upload.is_joining else {"Upload-Offset": str(upload.offset_bytes)}
    if upload.state is UploadState.PARTIAL:
        headers["Upload-Expires"] = http_date(upload.expires_at)
    return headers
