"""The file taken apart (openapi/evidence.md, section 3): what each part of it says, without believing any of it."""

from __future__ import annotations

import hashlib
import re
from typing import Any, NamedTuple

from doorstep_verify.note import Bad, Key, State, checkpoint_from, key_from, who_signed
from doorstep_verify.shape import Maybe, Misshapen, canonical, fits, parsed, read

FORMAT = "doorstep-evidence/1"
LARGEST_BYTES = 256 * 1024 * 1024
_SHAPE = {
    "format": FORMAT,
    "chain": {
        "aggregate": str,
        "entries": [{"commitment": str, "payload": Maybe(str), "salt": Maybe(str)}],
        "head": str,
    },
    "logs": [
        {
            "checkpoint": str,
            "consistency": [{"size": int, "root": str, "proof": [str]}],
            "leaves": [{"index": int, "data": str, "receipt": str, "proof": [str]}],
        }
    ],
    "made_at": str,
    "scope": frozenset({"sign_off", "work_order"}),
    "seal": str,
}
_LEAVES = {
    "doorstep.log.key.v1": {"leaf": str, "at": str, "key": str},
    "doorstep.log.restart.v1": {"leaf": str, "at": str, "origin": str, "root": str, "size": int},
    "doorstep.log.enrolment.v1": {
        "leaf": str,
        "at": str,
        "device": str,
        "enrolled_at": str,
        "key": {"crv": "P-256", "kty": "EC", "x": str, "y": str},
        "user": str,
    },
    "doorstep.log.sign-off.v1": {
        "leaf": str,
        "aggregate": str,
        "at": str,
        "chain": {"hash": str, "n": int},
        "device": str,
        "key_sha256": Maybe(str),
        "reason": Maybe(str),
        "received_at": str,
        "result": frozenset({"verified", "not_verified"}),
        "sign_off": str,
        "signed_as": Maybe(str),
    },
}
_CHANGE = dict.fromkeys(("op", "device", "user", "by", "entity", "record", "received_at"), str) | {
    "seq": int,
    "ver": int,
}
_HEX = re.compile(r"(?:[0-9a-f]{2})*")
_FIRST = bytes(32)


class Leaf(NamedTuple):
    """A leaf of a log: its place, what it says (None: nothing that a leaf says), and the part of the file."""

    place: int
    said: dict[str, Any] | None
    part: dict[str, Any]

    def kind(self) -> str:
        """`key`, `restart`, `enrolment` or `sign-off`; empty for none."""
        return self.said["leaf"].split(".")[2] if self.said else ""


class Log:
    """One log of the file."""

    def __init__(self, part: dict[str, Any]) -> None:
        self.part = part
        self.leaves = [Leaf(one["index"], _leaf(one["data"]), one) for one in part["leaves"]]
        self.keys = [key_from(one.said["key"]) for one in self.leaves if one.said and one.kind() == "key"]
        self.state: State | None = None
        self.signed_by: Key | None = None
        try:
            self.state, text, lines = checkpoint_from(part["checkpoint"])
        except (Bad, UnicodeEncodeError):
            return
        self.signed_by = self.signer(text, lines[0]) if len(lines) == 1 else None

    def signer(self, text: str, line: str) -> Key | None:
        """Whose signature it is, among the keys that the log names."""
        return who_signed(text, line, self.keys)

    def enrolment(self, key_sha256: str | None, before: int) -> tuple[int, dict[str, Any]] | None:
        """Place and leaf of the enrolment of a key."""
        for one in self.leaves:
            if (
                one.said
                and one.kind() == "enrolment"
                and one.place < before
                and thumbprint(one.said) == key_sha256
            ):
                return one.place, one.said
        return None


class File:
    """The whole file. Raises `Misshapen`."""

    def __init__(self, data: bytes) -> None:
        if len(data) > LARGEST_BYTES:
            raise Misshapen("too large")
        self.said = read(data, _SHAPE)
        self.aggregate: str = self.said["chain"]["aggregate"]
        self.entries: list[dict[str, Any]] = self.said["chain"]["entries"]
        self.logs = [Log(part) for part in self.said["logs"]]
        self.changes = [_change(one) for one in self.entries]
        self.hashes: list[str] = []
        head = _FIRST
        for one in self.entries:
            head = hashlib.sha256(head + octets(one["commitment"], 32)).digest()
            self.hashes.append(head.hex())

    def sealed_text(self) -> str:
        """What the seal signs."""
        unsealed = hashlib.sha256(canonical({**self.said, "seal": ""})).hexdigest()
        return f"{FORMAT}\n{unsealed}\n"

    def sign_offs(self) -> list[tuple[Log, int, dict[str, Any]]]:
        """(log, place, leaf) of each sign-off's leaf."""
        return [
            (log, one.place, one.said)
            for log in self.logs
            for one in log.leaves
            if one.said and one.kind() == "sign-off"
        ]

    def creations(self) -> dict[str, tuple[int, dict[str, Any]]]:
        """Sign-off → number and content of the entry that made it."""
        found: dict[str, tuple[int, dict[str, Any]]] = {}
        for n, change in enumerate(self.changes, start=1):
            if change and change["entity"] == "sign_off" and "statement" in change["after"]:
                found.setdefault(change["record"], (n, change))
        return found

    def media(self) -> dict[str, str]:
        """Media → SHA-256."""
        return {
            one["record"]: one["after"]["sha256"]
            for one in self.changes
            if one and one["entity"] == "media" and type(one["after"].get("sha256")) is str
        }

    def arrived(self) -> set[str]:
        """Media that had reached the server whole."""
        states = ({"event": "store"}, {"event": "verify"})
        return {
            one["record"]
            for one in self.changes
            if one
            and (one["entity"], one["by"]) == ("media", "system")
            and one["after"].get("state") in states
        }


def thumbprint(enrolment: dict[str, Any]) -> str:
    """SHA-256 of the key that was enrolled, by RFC 7638."""
    return hashlib.sha256(canonical(enrolment["key"])).hexdigest()


def octets(text: str, size: int) -> bytes:
    """Bytes from lower-case hexadecimal digits; empty for anything else."""
    return bytes.fromhex(text) if len(text) == 2 * size and _HEX.fullmatch(text) else b""


def commits(entry: dict[str, Any]) -> bool:
    """Whether an entry's content is what was committed to, or neither content nor salt is here."""
    payload, salt = entry["payload"], entry["salt"]
    if payload is None or salt is None:
        return payload is salt
    try:
        found = hashlib.sha256(octets(salt, 16) + payload.encode()).hexdigest()
    except UnicodeEncodeError:
        return False
    return bool(found == entry["commitment"])


def _leaf(data: str) -> dict[str, Any] | None:
    try:
        said = parsed(data.encode())
        shape = _LEAVES.get(str(said.get("leaf"))) if isinstance(said, dict) else None
        if shape is None or not fits(said, shape) or canonical(said).decode() != data:
            return None
        if said["leaf"] == "doorstep.log.key.v1":
            key_from(said["key"])
    except (Misshapen, Bad, TypeError, UnicodeEncodeError):
        return None
    return dict(said)


def _change(entry: dict[str, Any]) -> dict[str, Any] | None:
    if entry["payload"] is None or not commits(entry):
        return None
    try:
        said = parsed(entry["payload"].encode())
    except Misshapen:
        return None
    if not isinstance(said, dict):
        return None
    said = {"before": {}, "after": {}, **said}
    is_whole = all(fits(said.get(name), kind) for name, kind in _CHANGE.items())
    return said if is_whole and isinstance(said["after"], dict) and isinstance(said["before"], dict) else None
