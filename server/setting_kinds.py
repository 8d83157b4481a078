"""The kinds of value that a setting can have: each reads a text, or says in a few words what it must be."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from server.blob_store_url import parse_blob_store_url

SHORTEST_SECRET = 32
SIZE_UNITS = {"": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3, "TiB": 1024**4}
HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*")


@dataclass(frozen=True)
class Kind:
    """How a value is read and described.

    `parse` raises ValueError whose text continues "DOORSTEP_… "; a `secret` value is never shown.
    """

    form: str
    parse: Callable[[str], Any]
    secret: bool = False


def whole(least: int, most: int) -> Kind:
    """A whole number from `least` to `most`."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,18}", text) or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return Kind(f"{least} to {most}", parse)


def size(least: int, most: int) -> Kind:
    """A number of bytes, plain or with KiB, MiB, GiB or TiB."""
    form = f"{_shown(least)} to {_shown(most)}"

    def parse(text: str) -> int:
        found = re.fullmatch(r"([0-9]{1,18}) ?(|KiB|MiB|GiB|TiB)", text)
        size_bytes = int(found[1]) * SIZE_UNITS[found[2]] if found else -1
        if not least <= size_bytes <= most:
            raise ValueError(f"must be a size from {form}, in bytes or with KiB, MiB, GiB or TiB")
        return size_bytes

    return Kind(form, parse)


def choice(*allowed: str) -> Kind:
    """One of a few words, spelled exactly."""

    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return text

    return Kind(" / ".join(allowed), parse)


def _shown(size_bytes: int) -> str:
    unit = max(
        (name for name in SIZE_UNITS if size_bytes % SIZE_UNITS[name] == 0), key=SIZE_UNITS.__getitem__
    )
    return f"{size_bytes // SIZE_UNITS[unit]} {unit}".rstrip()


def _database_url(text: str) -> str:
    if text.startswith("sqlite:///"):
        path = text.removeprefix("sqlite:///")
        # A database in memory would lose acknowledged work with the process.
        if not path.strip("/") or path.endswith("/") or path == ":memory:" or "?" in path:
            raise ValueError("must name a database file after sqlite:///")
        return text
    url = urlsplit(text)
    if url.scheme != "postgresql":
        raise ValueError("must begin with sqlite:/// or postgresql://")
    _check_port(url.netloc)
    if not url.path.strip("/"):
        raise ValueError("must end with the name of a database")
    return text


def _base_url(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise ValueError("must be http:// or https:// and a host")
    _check_port(url.netloc)
    if url.path.strip("/") or url.query or url.fragment or url.username:
        raise ValueError("must end after the host and port, without path, query or user")
    return text.rstrip("/")


def _check_port(netloc: str) -> None:
    try:
        _ = urlsplit(f"//{netloc}").port
    except ValueError:
        raise ValueError("must have a port from 1 to 65535, or none") from None


def _host(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        # Digits and dots that are no address would otherwise pass as a name.
        if not HOST_NAME.fullmatch(text) or re.fullmatch(r"[0-9.]+", text):
            raise ValueError("must be an IP address or a host name") from None
        return text


def _timezone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, KeyError):  # unknown names, folders, and paths that lead outside
        raise ValueError("must be a time zone's IANA name") from None


def _secret(text: str) -> str:
    if len(text) < SHORTEST_SECRET:
        raise ValueError(f"must have at least {SHORTEST_SECRET} characters, and has {len(text)}")
    return text


def _file(text: str) -> Path:
    if text.endswith("/"):
        raise ValueError("must be the path of a file, and this is a folder's")
    return Path(text)


def _metrics_token(text: str) -> str:
    if len(text) < SHORTEST_SECRET or not re.fullmatch(r"[!-~]+", text):
        raise ValueError(f"must have at least {SHORTEST_SECRET} ASCII characters and no blank")
    return text


DATABASE_URL = Kind("sqlite:///FILE or postgresql://…", _database_url)
BLOB_STORE_URL = Kind(
    "file:FOLDER or s3://BUCKET/PREFIX?endpoint=…&region=…&encryption=…&key=…", parse_blob_store_url
)
BASE_URL = Kind("http(s)://HOST[:PORT]", _base_url)
HOST = Kind("IP address or host name", _host)
TIMEZONE = Kind("IANA name", _timezone)
SECRET = Kind(f"at least {SHORTEST_SECRET} characters", _secret, secret=True)
S3_ACCESS_KEY = Kind("text", str)
S3_SECRET_KEY = Kind("text", str, secret=True)
FILE = Kind("path of a file", _file)
METRICS_TOKEN = Kind(f"at least {SHORTEST_SECRET} characters", _metrics_token, secret=True)
