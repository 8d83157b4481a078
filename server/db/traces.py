"""Old copies of what was erased from the records: in the ledger, the audit chains, quarantine, and uploads' rows.

They are emptied after the records, so that nothing new comes in meanwhile, in small transactions that may be repeated.
Commitments, hashes of the chain, numbers, authors and times stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from server.db.connection import Connection, Database
from server.db.statement import Statement
from sync.apply import decode_result
from sync.canonical import LARGEST_INTEGER
from sync.operation import InvalidOperation, Operation, decode_operation
from sync.redact import ERASED, NO_HASH, holds_personal, redacted_bytes
from sync.rules import Rules

AT_ONCE = 200
NOTHING = b"{}"
"""What stays of an operation that nobody can read."""

_LINES = Statement(
    "SELECT device, seq FROM operation WHERE aggregate = ANY(:aggregates) ORDER BY device, seq"
)
_ILLEGIBLE = Statement(
    "SELECT device, seq, payload FROM operation WHERE status = 'parked' AND aggregate = '' ORDER BY device, seq"
)
_LINE = Statement(
    "SELECT hash, status, payload, result FROM operation WHERE device = :device AND seq = :seq FOR UPDATE"
)
_REWRITE = Statement(
    "UPDATE operation SET hash = :hash, reason = :reason, waits_for = :waits_for, payload = :payload, result = :result "
    "WHERE device = :device AND seq = :seq"
)
_ENTRIES = Statement("SELECT n, payload FROM audit WHERE aggregate = :aggregate AND payload IS NOT NULL")
_EMPTY = Statement(
    "UPDATE audit SET salt = NULL, payload = NULL WHERE aggregate = :aggregate AND n = ANY(:numbers)"
)
_HELD = Statement(
    "SELECT device, place, payload FROM quarantine WHERE device > :device OR (device = :device AND place > :place) "
    "ORDER BY device, place LIMIT :limit"
)
_FORGET_ERRORS = Statement("UPDATE reminder SET error = '' WHERE subject = ANY(:subjects) AND error <> ''")
_PUT_BACK = Statement(
    "UPDATE quarantine SET hash = :hash, payload = :payload WHERE device = :device AND place = :place"
)


class Traces:
    """The old copies in one database. Every count is of what was found this time."""

    def __init__(self, database: Database, rules: Rules) -> None:
        self._database = database
        self._rules = rules

    def empty_ledger(self, aggregates: Sequence[str]) -> int:
        """Rewrite operations of these aggregates without personal values; parked ones wait for nothing any more."""
        lines = self._database.read(lambda c: c.rows(_LINES, aggregates=list(aggregates)))
        illegible = self._database.read(lambda c: c.rows(_ILLEGIBLE))
        lines += [(device, seq) for device, seq, payload in illegible if names(bytes(payload), aggregates)]
        count = 0
        for start in range(0, len(lines), AT_ONCE):
            some = lines[start : start + AT_ONCE]
            count += self._rewrite_all(some)
        return count

    def _rewrite_all(self, lines: Sequence[tuple[str, int]]) -> int:
        return self._database.write(lambda c: sum(self._rewrite(c, device, seq) for device, seq in lines))

    def _rewrite(self, connection: Connection, device: str, seq: int) -> bool:
        found = connection.row(_LINE, device=device, seq=seq)
        assert found is not None, "no line of the ledger is ever deleted"
        hash, status, payload, result = found[0], found[1], bytes(found[2]), bytes(found[3])
        kept = self.without_values(payload)
        said = decode_result(result)
        if status == "parked":
            said = msgspec.structs.replace(said, reason=ERASED, detail="")
        elif kept != payload:
            said = msgspec.structs.replace(said, detail="")
        told = msgspec.json.encode(said)
        if kept == payload and told == result:
            return False
        connection.run(
            _REWRITE,
            device=device,
            seq=seq,
            hash=hash if kept == payload else NO_HASH,
            reason=said.reason,
            waits_for="",
            payload=kept,
            result=told,
        )
        return True

    def without_values(self, payload: bytes) -> bytes:
        """An operation's bytes without personal values; what nobody can read goes as a whole."""
        operation = legible(payload)
        return NOTHING if operation is None else redacted_bytes(self._rules, operation, payload)

    def empty_audit(self, aggregate: str) -> int:
        """Empty salt and payload of entries that hold personal values."""
        entries = self._database.read(lambda c: c.rows(_ENTRIES, aggregate=aggregate))
        numbers = [n for n, payload in entries if holds_personal(self._rules, bytes(payload))]
        for start in range(0, len(numbers), AT_ONCE):
            some = numbers[start : start + AT_ONCE]
            self._empty(aggregate, some)
        return len(numbers)

    def _empty(self, aggregate: str, numbers: Sequence[int]) -> None:
        self._database.write(lambda c: c.run(_EMPTY, aggregate=aggregate, numbers=list(numbers)))

    def empty_errors(self, subjects: Sequence[str]) -> int:
        """Forget what went wrong with reminders of these records, each as `entity/id`: an error may quote a value."""
        return self._database.write(lambda c: c.run(_FORGET_ERRORS, subjects=list(subjects)))

    def empty_quarantine(self, aggregates: Sequence[str], roots: Sequence[str]) -> int:
        """Rewrite deposited operations that are about these aggregates, or make a site or order of one of `roots`."""
        last, count = ("", 0), 0
        while page := self._deposited(last):
            for device, place, payload in page:
                count += self._put_back(device, place, bytes(payload), aggregates, roots)
                last = device, place
        return count

    def _deposited(self, after: tuple[str, int]) -> list[tuple[str, int, bytes]]:
        device, place = after
        return self._database.read(lambda c: c.rows(_HELD, device=device, place=place, limit=AT_ONCE))

    def _put_back(
        self, device: str, place: int, payload: bytes, aggregates: Sequence[str], roots: Sequence[str]
    ) -> bool:
        operation = legible(payload)
        if operation is None:
            concerned = names(payload, aggregates)
        else:
            said = {operation.set.get("site"), operation.set.get("customer")}
            concerned = operation.aggregate in aggregates or not said.isdisjoint(roots)
        kept = self.without_values(payload) if concerned else payload
        if kept == payload:
            return False
        if kept == NOTHING:
            # The same bytes of one device are kept once: each place has its own.
            kept = b'{"erased":%d}' % place
        if kept == payload:
            return False
        hash = hashlib.sha256(kept).hexdigest()
        self._database.write(lambda c: c.run(_PUT_BACK, device=device, place=place, hash=hash, payload=kept))
        return True


def legible(payload: bytes) -> Operation | None:
    """The operation, whatever its size; None where it has not the form of one."""
    try:
        return decode_operation(payload, LARGEST_INTEGER)
    except InvalidOperation:
        return None


def names(payload: bytes, aggregates: Sequence[str]) -> bool:
    """Whether bytes that nobody can read name one of these aggregates."""
    return any(f'"{one}"'.encode() in payload for one in aggregates)
