"""First load of a large aggregate: an immutable file named by its SHA-256, fetched in pieces that survive any cut."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import msgspec

from doorstep_client import replica
from doorstep_client.line import Line
from doorstep_client.problem import Refused, Unreachable
from doorstep_client.store import Store
from doorstep_client.transport import expect_success
from sync.wire import AggregateChange

PIECE_BYTES = 1024 * 1024
LAST_ID = "~"
"""Sorts after every record id: `(ver, "~")` stands for everything up to and including that version."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Wanted(msgspec.Struct, frozen=True):
    """A snapshot that the server pointed to."""

    aggregate: str
    address: str
    ver: int

    @property
    def sha256(self) -> str:
        """The hash that the address names; empty when it names none."""
        found = _SHA256.findall(self.address)
        return found[-1] if found else ""


class _Content(msgspec.Struct):
    records: list[msgspec.Raw]


def wanted(store: Store) -> list[Wanted]:
    """Snapshots still to be fetched."""
    return [
        Wanted(*row) for row in store.all("SELECT aggregate, address, ver FROM snapshot ORDER BY aggregate")
    ]


def fetch(store: Store, line: Line, snapshot: Wanted) -> None:
    """Fetch one and stage it; raises `Unreachable` when cut, and goes on from there the next time.

    One that the server has replaced meanwhile is forgotten: the next exchange names its successor.
    """
    path = store.path.with_name(f"{store.path.name}.{snapshot.sha256[:16]}.part")
    total = None
    while total is None or path.stat().st_size < total:
        try:
            total = _fetch_piece(line, snapshot.address, path)
        except Refused as refused:
            path.unlink(missing_ok=True)
            with store.transaction():
                store.run("DELETE FROM snapshot WHERE aggregate = ?", snapshot.aggregate)
            raise Unreachable(f"the snapshot of {snapshot.aggregate} is gone: {refused}") from refused
    try:
        stage(store, snapshot, path.read_bytes())
    finally:
        path.unlink()


def stage(store: Store, snapshot: Wanted, data: bytes) -> None:
    """Lay a fetched snapshot aside; the next exchange goes on from its version and swaps everything in at once.

    Bytes that are not the ones that the address names are dropped, to be fetched again: raises `Unreachable`.
    """
    if hashlib.sha256(data).hexdigest() != snapshot.sha256:
        raise Unreachable(f"the snapshot of {snapshot.aggregate} is damaged; it will be fetched again")
    page = AggregateChange(
        id=snapshot.aggregate,
        ver=snapshot.ver,
        digest="",
        whole=True,
        more=True,
        after=(snapshot.ver, LAST_ID),
        records=msgspec.json.decode(data, type=_Content).records,
    )
    with store.transaction():
        replica.drop_staging(store, snapshot.aggregate)
        replica.stage(store, page, whole=True)
        store.run("DELETE FROM snapshot WHERE aggregate = ?", snapshot.aggregate)


def _fetch_piece(line: Line, address: str, path: Path) -> int:
    """Append the next piece; the size of the whole in bytes."""
    have = path.stat().st_size if path.exists() else 0
    headers = {"Range": f"bytes={have}-{have + PIECE_BYTES - 1}", "Accept-Encoding": "identity"}
    answer = line.call("GET", address, headers)
    if answer.status == 416:
        path.unlink(missing_ok=True)
        raise Unreachable("the snapshot has another size than what was fetched; it will be fetched again")
    expect_success(answer)
    is_part = answer.status == 206
    with path.open("ab" if is_part else "wb") as file:
        file.write(answer.body)
    if not is_part:
        return len(answer.body)
    return int(answer.headers["content-range"].rpartition("/")[2])
