"""A file taken apart for its checks: what each part of it says, without believing any of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from domain.evidence.leaf import EnrolmentLeaf, KeyLeaf, Leaf, NoLeaf, SignOffLeaf, decode_leaf
from domain.evidence.package import Entry, LogPart, Package, Proven
from domain.sign_off import InvalidStatement, Statement, parse
from domain.verification import IsSigned as IsEs256
from sync import audit, canonical
from sync.clock import Clock
from sync.log.checkpoint import Checkpoint, read_checkpoint
from sync.log.note import IsSigned as IsEd25519
from sync.log.note import NoNote, NoteKey, read_key, signer
from sync.record import Record

_HEX = re.compile(r"(?:[0-9a-f]{2})*")
_change = msgspec.json.Decoder(audit.Change)


class Arithmetic(msgspec.Struct, frozen=True):
    """The two kinds of signatures."""

    is_es256: IsEs256
    is_ed25519: IsEd25519


class Outside(msgspec.Struct, frozen=True, kw_only=True):
    """What the reader brings along, from elsewhere than the file."""

    keys: tuple[NoteKey, ...] = ()
    """One of these must have signed each checkpoint; none: not compared."""
    held: tuple[str, ...] = ()
    """Checkpoints that were got elsewhere, as notes."""
    files: frozenset[str] | None = None
    """SHA-256 of each file that lies beside; None: nobody looks."""


class LogCase:
    """One log of the file."""

    def __init__(self, part: LogPart, arithmetic: Arithmetic) -> None:
        self.part = part
        self._arithmetic = arithmetic
        self.leaves: list[tuple[Proven, Leaf | None]] = [(one, _leaf(one.data)) for one in part.leaves]
        self.keys = [_key(leaf) for _, leaf in self.leaves if isinstance(leaf, KeyLeaf)]
        self.checkpoint: Checkpoint | None = None
        self.signed_by: NoteKey | None = None
        try:
            self.checkpoint, text, lines = read_checkpoint(part.checkpoint)
        except NoNote:
            return
        self.signed_by = self.signer(text, lines[0]) if len(lines) == 1 else None

    def signer(self, text: str, line: str) -> NoteKey | None:
        """Whose signature it is, among the keys that the log names."""
        return signer(text, line, self.keys, self._arithmetic.is_ed25519)

    def enrolment(self, key_sha256: str | None, before: int) -> tuple[int, EnrolmentLeaf] | None:
        """Place and leaf of the enrolment of a key."""
        for proven, leaf in self.leaves:
            if isinstance(leaf, EnrolmentLeaf) and proven.index < before and leaf.thumbprint() == key_sha256:
                return proven.index, leaf
        return None


class Logged(msgspec.Struct, frozen=True):
    """A sign-off's leaf, with where it is."""

    log: LogCase
    index: int
    leaf: SignOffLeaf


class Case:
    """The whole file."""

    def __init__(self, package: Package, arithmetic: Arithmetic, outside: Outside) -> None:
        self.package = package
        self.arithmetic = arithmetic
        self.outside = outside
        self.logs = [LogCase(part, arithmetic) for part in package.logs]
        self.changes = [_read_change(one) for one in package.chain.entries]
        self.hashes = list(_hashes(package.chain.entries))

    def logged(self) -> list[Logged]:
        """All leaves of sign-offs, in their order."""
        return [
            Logged(log, proven.index, leaf)
            for log in self.logs
            for proven, leaf in log.leaves
            if isinstance(leaf, SignOffLeaf)
        ]

    def creations(self) -> dict[str, tuple[int, audit.Change]]:
        """Sign-off → number and content of the entry that made it, of those whose content is here."""
        found: dict[str, tuple[int, audit.Change]] = {}
        for n, change in enumerate(self.changes, start=1):
            if change is not None and change.entity == "sign_off" and "statement" in change.after:
                found.setdefault(change.record, (n, change))
        return found

    def media(self) -> list[Record]:
        """Media of which the file tells the hash."""
        return [
            _record(one, self.package.chain.aggregate)
            for one in self.changes
            if one is not None and one.entity == "media" and type(one.after.get("sha256")) is str
        ]

    def arrived(self) -> set[str]:
        """Media whose originals the server had, whole, by what the chain tells."""
        return {
            one.record
            for one in self.changes
            if one is not None
            and (one.entity, one.by) == ("media", "system")
            and one.after.get("state") in ({"event": "store"}, {"event": "verify"})
        }


class _Told(msgspec.Struct):
    """What a sign-off's creation must say, for its fields to be compared with what was signed."""

    statement: str
    document: str
    document_sha256: str
    visit: str
    outcome: str
    signed_at: str
    signature: str | None = None
    reason: str | None = None
    signer: dict[str, str | None] | None = None
    signature_media: str | None = None


def sign_off_record(change: audit.Change, aggregate: str) -> Record | None:
    """The sign-off that a change made; None where it says what no sign-off says."""
    try:
        msgspec.convert(change.after, _Told)
    except msgspec.ValidationError:
        return None
    return _record(change, aggregate)


def _record(change: audit.Change, aggregate: str) -> Record:
    return Record(
        entity=change.entity,
        id=change.record,
        aggregate=aggregate,
        ver=change.ver,
        created=Clock(change.ver, change.device, change.seq, change.by),
        fields=dict(change.after),
        clocks={},
    )


def signed_hashes(statement: Statement) -> list[str]:
    """SHA-256 of each original that was signed, the drawn signature last."""
    drawn = statement.signature_image_sha256
    return [one.sha256 for one in statement.media] + ([drawn] if drawn else [])


def statement_of(change: audit.Change) -> Statement | None:
    """What was signed; None where that is no statement."""
    said = change.after.get("statement")
    try:
        return parse(said.encode()) if isinstance(said, str) else None
    except (InvalidStatement, UnicodeEncodeError):
        return None


def octets(text: str, size: int) -> bytes:
    """Bytes from lower-case hexadecimal digits; empty, which no hash is, for anything else."""
    return bytes.fromhex(text) if len(text) == 2 * size and _HEX.fullmatch(text) else b""


def path(proof: Sequence[str]) -> list[bytes]:
    """The hashes of a proof."""
    return [octets(one, 32) for one in proof]


def _leaf(data: str) -> Leaf | None:
    try:
        return decode_leaf(data)
    except NoLeaf:
        return None


def _key(leaf: KeyLeaf) -> NoteKey:
    return read_key(leaf.key)


def _read_change(entry: Entry) -> audit.Change | None:
    """The content of an entry that holds; None for one that is not here, or is not what was committed to."""
    if not commits(entry) or entry.payload is None:
        return None
    try:
        return _change.decode(entry.payload.encode())
    except canonical.NOT_JSON:
        return None


def commits(entry: Entry) -> bool:
    """Whether an entry's content is what was committed to, or neither content nor salt is here."""
    if entry.payload is None or entry.salt is None:
        return entry.payload is entry.salt
    try:
        payload = entry.payload.encode()
    except UnicodeEncodeError:
        return False
    return audit.commit(octets(entry.salt, 16), payload).hex() == entry.commitment


def _hashes(entries: Sequence[Entry]) -> Iterator[str]:
    head = audit.GENESIS
    for one in entries:
        head = audit.link(head, octets(one.commitment, 32))
        yield head.hex()
