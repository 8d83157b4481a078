"""Makes the file about one sign-off, or about all of a work order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import msgspec

from domain.evidence.leaf import SignOffLeaf, decode_leaf
from domain.evidence.package import Chain, Entry, Package, encode_package, sealed_text
from domain.sign_off import Checkpoint, InvalidStatement, Statement, parse
from server.db.connection import Connection, Database
from server.db.log_rows import LeafRow, head_of, leaves_about, leaves_of
from server.db.log_writer import LogWriter, enrolment_subject, sign_off_subject
from server.db.queries.chain import Kept, kept_of
from server.evidence.proofs import Proofs
from sync import audit
from sync.log.checkpoint import read_checkpoint
from sync.record import Record

Look = Callable[[str], object]
"""Check the sign-offs of an aggregate that nobody has checked yet."""
_change = msgspec.json.Decoder(audit.Change)


class NothingSigned(Exception):
    """There is no such sign-off in this order, or none at all."""


@dataclass(frozen=True, slots=True)
class Export:
    """Everything that making a file needs. All may block."""

    database: Database
    writer: LogWriter
    proofs: Proofs
    look: Look
    now: Callable[[], str]

    def of_order(self, aggregate: str, held: Sequence[int] = ()) -> bytes:
        """The file about all of an order. `held`: sizes of checkpoints that the reader has got elsewhere.

        Raises NothingSigned.
        """
        return self._file(aggregate, None, held)

    def of_sign_off(self, aggregate: str, sign_off: str, held: Sequence[int] = ()) -> bytes:
        """The file about one sign-off of an order. Raises NothingSigned."""
        return self._file(aggregate, sign_off, held)

    def log_all(self, aggregate: str) -> int:
        """Log the checked sign-offs of an order that are not logged yet; returns how many."""

        def work(connection: Connection) -> int:
            kept = kept_of(connection, aggregate)
            checked = [one for one in _sign_offs(kept, None) if one.fields.get("verification")]
            return self.writer.note_sign_offs(connection, checked, {aggregate: kept.aggregate})

        return self.database.write(work)

    def _file(self, aggregate: str, sign_off: str | None, held: Sequence[int]) -> bytes:
        self.look(aggregate)
        if self.database.read(lambda connection: _lacks(connection, aggregate)):
            self.log_all(aggregate)
        for log in self.database.read(lambda connection: _logs(connection, aggregate, sign_off)):
            self.proofs.name_key(log)
        package = self.database.read(lambda c: self._package(c, aggregate, sign_off, held))
        origin = read_checkpoint(package.logs[-1].checkpoint)[0].origin
        line = self.proofs.key.line(origin, sealed_text(package))
        return encode_package(msgspec.structs.replace(package, seal=line))

    def _package(
        self, connection: Connection, aggregate: str, sign_off: str | None, held: Sequence[int]
    ) -> Package:
        kept = kept_of(connection, aggregate)
        sign_offs = _sign_offs(kept, sign_off)
        places: defaultdict[str, set[int]] = defaultdict(set)
        states: defaultdict[str, set[tuple[int, str | None]]] = defaultdict(set)
        for one in sign_offs:
            named = _checkpoint(one)
            for row in leaves_about(connection, sign_off_subject(one.id)):
                places[row.log] |= {row.place, *_enrolled(connection, row)}
                states[row.log] |= {(size, None) for size in held}
                if named is not None and named.size <= row.place:
                    places[row.log].add(named.size - 1)
                    states[row.log].add((named.size, named.root_sha256))
        if not places:
            raise NothingSigned(sign_off or aggregate)
        shown = None if sign_off is None else _concerned(sign_offs)
        return Package(
            chain=Chain(
                aggregate=aggregate,
                entries=tuple(_entry(one, shown) for one in kept.entries),
                head=kept.aggregate.chain_head.hex(),
            ),
            logs=tuple(
                self.proofs.part(connection, log, places[log], states[log])
                for log in _in_order(connection, places)
            ),
            made_at=self.now(),
            scope="work_order" if sign_off is None else "sign_off",
            seal="",
        )


def _in_order(connection: Connection, logs: Iterable[str]) -> list[str]:
    """The logs as they followed one another."""
    heads = [head for log in logs if (head := head_of(connection, log)) is not None]
    return [one.log for one in sorted(heads, key=lambda one: (one.begun_at, one.log))]


def _sign_offs(kept: Kept, id: str | None) -> list[Record]:
    return [
        kept.records[key] for key in sorted(kept.records) if key[0] == "sign_off" and id in (None, key[1])
    ]


def _lacks(connection: Connection, aggregate: str) -> bool:
    """Whether a sign-off of this order was checked before there was a log."""
    return any(
        not leaves_about(connection, sign_off_subject(one.id))
        for one in _sign_offs(kept_of(connection, aggregate), None)
    )


def _logs(connection: Connection, aggregate: str, sign_off: str | None) -> list[str]:
    found = _sign_offs(kept_of(connection, aggregate), sign_off)
    return sorted({row.log for one in found for row in leaves_about(connection, sign_off_subject(one.id))})


def _enrolled(connection: Connection, row: LeafRow) -> set[int]:
    """Where the key of a sign-off's leaf was enrolled."""
    leaf = decode_leaf(row.data)
    if not isinstance(leaf, SignOffLeaf) or leaf.key_sha256 is None:
        return set()
    found = leaves_of(connection, row.log, enrolment_subject(leaf.key_sha256))
    return {one.place for one in found if one.place < row.place}


def _statement(sign_off: Record) -> Statement | None:
    try:
        return parse(sign_off.fields["statement"].encode())
    except (InvalidStatement, UnicodeEncodeError):
        return None


def _checkpoint(sign_off: Record) -> Checkpoint | None:
    statement = _statement(sign_off)
    return None if statement is None else statement.checkpoint


def _concerned(sign_offs: Sequence[Record]) -> set[tuple[str, str]]:
    """The records whose content belongs to these sign-offs: themselves, and the media that were signed."""
    found = set()
    for one in sign_offs:
        statement = _statement(one)
        found.add(("sign_off", one.id))
        found |= {("media", media.id) for media in (statement.media if statement else ())}
        if one.fields.get("signature_media"):
            found.add(("media", one.fields["signature_media"]))
    return found


def _entry(entry: audit.Entry, shown: set[tuple[str, str]] | None) -> Entry:
    commitment = entry.commitment.hex()
    if entry.payload is None or entry.salt is None:
        return Entry(commitment=commitment, payload=None, salt=None)
    if shown is not None:
        change = _change.decode(entry.payload)
        if (change.entity, change.record) not in shown:
            return Entry(commitment=commitment, payload=None, salt=None)
    return Entry(commitment=commitment, payload=entry.payload.decode(), salt=entry.salt.hex())
