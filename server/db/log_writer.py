"""Appends to the log inside the very transaction that writes what is to be logged (docs/decisions/0019)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from domain.evidence.leaf import (
    ChainPlace,
    DeviceKey,
    EnrolmentLeaf,
    KeyLeaf,
    Leaf,
    RestartLeaf,
    SignOffLeaf,
    decode_leaf,
    encode_leaf,
    says_the_same,
    sign_off_leaf,
)
from server.db.connection import Connection
from server.db.log_rows import Head, head_before, leaves_about, leaves_of, nodes_at
from server.db.statement import Statement
from sync.canonical import sha256_hex
from sync.log.note import NoteKey, Sign, signature_line
from sync.log.tree import grown, leaf_hash, peaks, root
from sync.record import Record
from sync.store import AggregateRow, Changes, Receipt

KEY, RESTART = "key", "restart"
_EPOCH = Statement("SELECT epoch FROM meta WHERE one = 1")
_BEGIN = Statement(
    "INSERT INTO log_head (log, origin, size, key, made_at) VALUES (:log, :origin, 0, '', :at) "
    "ON CONFLICT DO NOTHING"
)
_LOCK = Statement("SELECT log, origin, size, key, made_at FROM log_head WHERE log = :log FOR UPDATE")
_ADVANCE = Statement("UPDATE log_head SET size = :size, key = :key WHERE log = :log")
_ADD_LEAF = Statement(
    "INSERT INTO log_leaf (log, place, subject, data, receipt) VALUES (:log, :place, :subject, :data, :receipt)"
)
_ADD_NODE = Statement("INSERT INTO log_node (log, level, place, hash) VALUES (:log, :level, :place, :hash)")
_PHONE = Statement(
    "SELECT device.user_id, device.public_key, coalesce(contact.enrolled_at, '') FROM device "
    "LEFT JOIN device_contact AS contact ON contact.device = device.id WHERE device.id = :device"
)
_RECEIVED = Statement("SELECT received_at FROM operation WHERE device = :device AND seq = :seq")


def present_log(connection: Connection) -> str:
    """The log of the present epoch, which need not have begun."""
    row = connection.row(_EPOCH)
    assert row is not None
    return str(row[0])


def sign_off_subject(id: str) -> str:
    """By which the leaves of a sign-off are found."""
    return f"sign_off/{id}"


def enrolment_subject(key_sha256: str) -> str:
    """By which the leaf of a key is found."""
    return f"enrolment/{key_sha256}"


@dataclass(frozen=True, slots=True)
class LogWriter:
    """What appending needs: a name for new logs, the key, and the server's time as an instant in UTC."""

    host: str
    public: bytes
    sign: Sign
    now: Callable[[], str]

    def follow(self, connection: Connection, changes: Changes) -> None:
        """Log the sign-offs among the changes that are checked, as far as they are not logged yet."""
        checked = [record for record, _ in changes.records if _is_checked(record)]
        if checked:
            chains = {row.id: row for row in changes.aggregates}
            self.note_sign_offs(connection, checked, chains, changes.receipts)

    def note_sign_offs(
        self,
        connection: Connection,
        sign_offs: Sequence[Record],
        chains: dict[str, AggregateRow],
        receipts: Sequence[Receipt] = (),
    ) -> int:
        """Log checked sign-offs, each finding once; returns how many were new.

        `chains`: as this transaction leaves them.
        """
        appending = _Appending(self, connection)
        came = {(one.device, one.seq): one.received_at for one in receipts}
        for sign_off in sorted(sign_offs, key=lambda one: one.id):
            chain = chains[sign_off.aggregate]
            made = sign_off.created.device, sign_off.created.seq
            received_at = came.get(made) or _received_at(connection, *made)
            place = ChainPlace(hash=chain.chain_head.hex(), n=chain.chain_length)
            leaf = sign_off_leaf(sign_off, place, received_at, appending.at)
            if leaf is not None and not _is_logged(connection, leaf):
                self._note_bearer(connection, appending, leaf)
                appending.add(sign_off_subject(leaf.sign_off), leaf)
        return appending.write()

    def note_enrolment(self, connection: Connection, device: str) -> None:
        """Log the key of a phone that this transaction enrols."""
        appending = _Appending(self, connection)
        self._note_phone(connection, appending, device)
        appending.write()

    def note_key(self, connection: Connection, log: str) -> None:
        """See to it that a log names the present key: its checkpoints are signed with it."""
        _Appending(self, connection, log).write(even_alone=True)

    def _note_bearer(self, connection: Connection, appending: _Appending, leaf: SignOffLeaf) -> None:
        if leaf.key_sha256 is not None:
            self._note_phone(connection, appending, leaf.device)

    def _note_phone(self, connection: Connection, appending: _Appending, device: str) -> None:
        found = connection.row(_PHONE, device=device)
        if found is None or not found[1]:
            return
        user, public_key, enrolled_at = found
        subject = enrolment_subject(sha256_hex(bytes(public_key)))
        if subject in appending.subjects or leaves_of(connection, appending.head.log, subject):
            return
        key = msgspec.json.decode(bytes(public_key), type=DeviceKey)
        leaf = EnrolmentLeaf(at=appending.at, device=device, enrolled_at=enrolled_at, key=key, user=user)
        appending.add(subject, leaf)


class _Appending:
    """The present log, locked, and what is to be appended to it."""

    def __init__(self, writer: LogWriter, connection: Connection, log: str = "") -> None:
        self.at = writer.now()
        self._connection = connection
        self._sign = writer.sign
        self._leaves: list[tuple[str, str]] = []
        self.head = self._locked(writer.host, log or present_log(connection))
        self._key = NoteKey(self.head.origin, writer.public)
        if not self.head.size:
            self._name_the_log_before()
        self.subjects: set[str] = set()
        self._begun = len(self._leaves)

    def add(self, subject: str, leaf: Leaf) -> None:
        """One more leaf."""
        self.subjects.add(subject)
        self._leaves.append((subject, encode_leaf(leaf)))

    def write(self, *, even_alone: bool = False) -> int:
        """Write the leaves; returns how many. Without any, the key is named only when asked for `even_alone`."""
        asked = len(self._leaves) - self._begun
        head, key, connection = self.head, self._key.encoded(), self._connection
        if not asked and (not even_alone or head.key == key):
            return 0
        leaves = self._leaves
        if head.key != key:
            leaves = [(KEY, encode_leaf(KeyLeaf(at=self.at, key=key))), *leaves]
        for place, (subject, data) in enumerate(leaves, start=head.size):
            receipt = signature_line(f"{data}\n", self._key, self._sign)
            connection.run(_ADD_LEAF, log=head.log, place=place, subject=subject, data=data, receipt=receipt)
        hashes = [leaf_hash(data.encode()) for _, data in leaves]
        made = grown(head.size, nodes_at(connection, head.log, peaks(head.size)), hashes)
        for (level, place), hash in sorted(made.items()):
            connection.run(_ADD_NODE, log=head.log, level=level, place=place, hash=hash)
        connection.run(_ADVANCE, log=head.log, size=head.size + len(leaves), key=key)
        return asked

    def _locked(self, host: str, log: str) -> Head:
        self._connection.run(_BEGIN, log=log, origin=f"{host}/log/{log}", at=self.at)
        row = self._connection.row(_LOCK, log=log)
        assert row is not None
        return Head(*row)

    def _name_the_log_before(self) -> None:
        before = head_before(self._connection, self.head.log)
        if before is None:
            return
        nodes = nodes_at(self._connection, before.log, peaks(before.size))
        old = root(before.size, nodes).hex()
        leaf = RestartLeaf(at=self.at, origin=before.origin, root=old, size=before.size)
        self._leaves.append((RESTART, encode_leaf(leaf)))


def _is_checked(record: Record) -> bool:
    return record.entity == "sign_off" and bool(record.fields.get("verification"))


def _is_logged(connection: Connection, leaf: SignOffLeaf) -> bool:
    """Whether the last that was logged about the sign-off is the same."""
    known = [
        (one.place, decode_leaf(one.data))
        for one in leaves_about(connection, sign_off_subject(leaf.sign_off))
    ]
    told = [(one.at, place, one) for place, one in known if isinstance(one, SignOffLeaf)]
    # Places count within a log alone; between logs the time does.
    last = max(told, key=lambda one: one[:2], default=(None, None, None))[2]
    return last is not None and says_the_same(last, leaf)


def _received_at(connection: Connection, device: str, seq: int) -> str:
    row = connection.row(_RECEIVED, device=device, seq=seq)
    return str(row[0]) if row else ""
