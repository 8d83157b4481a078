"""A phone's operations: authored, sent, answered, and authored again by a copy (sections 4.3, 7 and 9)."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.stranger.canonical import content_hash, sha256
from tests.stranger.digest import outbox_digest
from tests.stranger.limit import fault

Operation = dict[str, Any]


def fork_id(device: str, seq: int, content: Any) -> str:
    """The identity of the copy that sent another content under a number that is taken."""
    return "f-" + sha256(f"{device}\n{seq}\n{content_hash(content)}".encode())[:24]


@dataclass
class Outbox:
    """Operations by number, with the last result of each; nothing is ever dropped."""

    device: str
    operations: dict[int, Operation] = field(default_factory=dict)
    results: dict[int, dict[str, Any]] = field(default_factory=dict)
    last_seq: int = 0
    need_from: int = 0
    quarantined: int = 0
    former: list["Outbox"] = field(default_factory=list)

    def author(self, make: Callable[[str, int], Operation]) -> Operation:
        """The next operation, made of the device and its number; raises ValueError where it breaks a limit."""
        operation = make(self.device, self.last_seq + 1)
        reason = fault(json.dumps(operation, ensure_ascii=False), self.device)
        if reason:
            raise ValueError(reason)
        self.last_seq += 1
        self.operations[self.last_seq] = operation
        return operation

    def pending(self) -> list[int]:
        """Numbers to send: unanswered ones, and from `need_from` on all that are kept."""
        return [
            seq
            for seq in sorted(self.operations)
            if seq not in self.results or (self.need_from and seq >= self.need_from)
        ]

    def push(self) -> dict[str, Any]:
        """The `push` member of the next exchange."""
        seqs = self.pending()
        push: dict[str, Any] = {"ops": [self.operations[seq] for seq in seqs], "parked": self.parked()}
        push["parked_ids"] = self.parked_ids()
        return push | ({"first": seqs[0]} if seqs else {})

    def told(self) -> dict[str, Any]:
        """The `outbox` member: what a lost phone would leave missing."""
        unsent = [seq for seq in sorted(self.operations) if seq not in self.results]
        return {
            "pending": len(unsent),
            "last_seq": self.last_seq,
            "digest": outbox_digest(self.operations[seq]["id"] for seq in unsent),
        }

    def parked(self) -> list[int]:
        """Numbers that wait at the server; they stay listed."""
        return [seq for seq, result in sorted(self.results.items()) if result["status"] == "parked"]

    def parked_ids(self) -> list[str]:
        """Ids of what waits elsewhere: under an earlier device id, or behind a duplicate."""
        former = [box.operations[seq]["id"] for box in self.former for seq in box.parked()]
        mine = [
            result["id"]
            for _, result in sorted(self.results.items())
            if result["status"] == "duplicate" and "wrote" not in result
        ]
        return former + mine

    def overlay(self, versions: dict[str, int]) -> list[int]:
        """Numbers whose effect the base does not hold yet (section 9, 4)."""
        return [seq for seq in sorted(self.operations) if not self._arrived(seq, versions)]

    def take(self, reply: dict[str, Any]) -> None:
        """Store what the server says; a fork makes this the copy's outbox."""
        self.need_from = reply.get("need_from", 0)
        self.quarantined = max(self.quarantined, reply.get("quarantined", 0))
        for result in reply.get("results", []):
            self.results[result["seq"]] = result
        for result in reply.get("updates", []):
            self._update(result)
        if reply.get("fork"):
            self._become(reply["fork"])

    def _update(self, result: dict[str, Any]) -> None:
        """Its number may be another device's: the id tells whose it is."""
        for box in [self, *self.former]:
            for seq, operation in box.operations.items():
                if operation["id"] == result["id"]:
                    waits = box is self and seq != result["seq"] and result["status"] == "parked"
                    if not waits:
                        box.results[seq] = result

    def _arrived(self, seq: int, versions: dict[str, int]) -> bool:
        result = self.results.get(seq)
        if result is None or result["status"] == "parked":
            return False
        return all(versions.get(name, 0) >= version for name, version in result.get("wrote", {}).items())

    def _become(self, copy: str) -> None:
        unanswered = [self.operations.pop(seq) for seq in self.pending()]
        self.former.append(Outbox(self.device, self.operations, self.results, self.last_seq))
        self.device, self.operations, self.results, self.last_seq = copy, {}, {}, 0
        for seq, operation in enumerate(unanswered, start=1):
            self.operations[seq] = operation | {"device": copy, "seq": seq}
            self.last_seq = seq
