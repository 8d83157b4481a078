"""What a phone says to the product, as the generator's prepared bytes."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.load import ask, request
from domain.declaration import VERSION
from sync.wire import PROTOCOL


@dataclass(frozen=True)
class Caller:
    """A phone's standing with one server: the epoch that it knows, and its access token."""

    epoch: str
    token: str

    def exchange(self, body: bytes, **headers: str) -> bytes:
        """`POST /v1/sync`."""
        return request("POST", "/v1/sync", body, Authorization=f"Bearer {self.token}", **headers)

    def push(self, operations: list[bytes], **members: Any) -> bytes:
        """An outbox is sent, and with `pull` news are asked for in the same round trip."""
        outbox = {"pending": len(operations), "last_seq": json.loads(operations[-1])["seq"]}
        said = self._said(outbox=outbox, **members)
        return self.exchange(said[:-1] + b',"push":{"ops":[' + b",".join(operations) + b"]}}")

    def pull(self, manifest: dict[str, int], **headers: str) -> bytes:
        """What is lacking by this manifest?"""
        return self.exchange(self._said(pull={"manifest": manifest}), **headers)

    def poll(self, digest: str, **members: Any) -> bytes:
        """Is anything new?"""
        return self.exchange(self._said(pull={"digest": digest}, **members))

    def _said(self, **members: Any) -> bytes:
        said = {"protocol": PROTOCOL, "schema": VERSION, "epoch": self.epoch, **members}
        return json.dumps(said).encode()


@dataclass
class Learned:
    """A pull by a phone that had nothing: each request tells what the answers before it brought."""

    script: list[bytes] = field(default_factory=list)
    manifest: dict[str, int] = field(default_factory=dict)
    digest: str = ""
    records: int = 0
    record_bytes: int = 0
    """Of the first record."""


def learn(port: int, caller: Caller, **headers: str) -> Learned:
    """Pull everything once; `headers` go with the learned requests."""
    learned = Learned()
    more = True
    while more:
        learned.script.append(caller.pull(learned.manifest, **headers))
        said = json.loads(ask(port, caller.pull(learned.manifest)))["pull"]
        for one in said["aggregates"]:
            learned.records += len(one["records"])
            learned.manifest[one["id"]] = one["ver"]
            if not learned.record_bytes:
                learned.record_bytes = len(json.dumps(one["records"][0], ensure_ascii=False).encode())
        more, learned.digest = said["more"], said["digest"]
    return learned


def settle(database: Path) -> None:
    """Everything in the file itself, so that it can be copied and is read as after a quiet night."""
    raw = sqlite3.connect(database)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
