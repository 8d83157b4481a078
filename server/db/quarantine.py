"""Deposits of phones that may not take part, on either database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from server.db.connection import Connection, Database
from server.db.statement import Statement
from sync.wire import Outbox

_ENTER = Statement(
    "INSERT INTO quarantine_size (device, size_bytes, places) VALUES (:device, 0, 0) "
    "ON CONFLICT (device) DO UPDATE SET places = quarantine_size.places RETURNING size_bytes, places"
)
"""Also locks the row, so that two deposits of one device follow each other."""
_LEAVE = Statement(
    "UPDATE quarantine_size SET size_bytes = :size_bytes, places = :places WHERE device = :device"
)
_HELD = Statement("SELECT hash FROM quarantine WHERE device = :device AND hash = ANY(:hashes)")
_KEEP = Statement(
    "INSERT INTO quarantine (device, place, hash, received_at, payload) "
    "VALUES (:device, :place, :hash, :received_at, :payload)"
)
_LIST = Statement(
    "SELECT place, received_at, payload FROM quarantine "
    "WHERE device = :device AND place > :after ORDER BY place LIMIT :limit"
)
_NOTE = Statement(
    "INSERT INTO quarantine_take_over (device, number, taken_at, taken_by, user_id, note) "
    "SELECT :device, coalesce(max(number), 0) + 1, :at, :by, :user, :note "
    "FROM quarantine_take_over WHERE device = :device"
)
_TAKE_OVERS = Statement(
    "SELECT taken_at, taken_by, user_id, note FROM quarantine_take_over WHERE device = :device ORDER BY number"
)
_HOLDINGS = (
    "SELECT held.device, device.user_id, device.revoked, device.last_seq, contact.name, contact.revoked_at, "
    "first.received_at, newest.received_at, held.places, held.size_bytes, contact.heard_at, contact.pending, "
    "contact.outbox_last_seq, contact.outbox_digest, contact.uploads, contact.upload_bytes "
    "FROM quarantine_size AS held "
    "JOIN quarantine AS first ON first.device = held.device AND first.place = 1 "
    "JOIN quarantine AS newest ON newest.device = held.device AND newest.place = held.places "
    "LEFT JOIN device ON device.id = held.device LEFT JOIN device_contact AS contact ON contact.device = device.id "
)
_PAGE = Statement(f"{_HOLDINGS} WHERE held.device > :after ORDER BY held.device LIMIT :limit")
_ONE = Statement(f"{_HOLDINGS} WHERE held.device = :device")


ToKeep = Callable[[Sequence[bytes]], Sequence[bytes]]
"""Operations as they came → as they are stored: without what was erased."""


class TakeOver(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody took a deposit over into the records."""

    at: str
    by: str
    """The account that said so."""
    user: str
    """In whose name the operations entered."""
    note: str | None


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a device lies here, and what the device last said that it still held."""

    device: str
    user: str | None
    """None: the database does not know the device, so nobody knows whose it is."""
    revoked: bool | None
    """None: unknown device."""
    arrived_seq: int
    """The last of its operations that went into the ledger."""
    name: str | None
    revoked_at: str | None
    since: str
    newest_at: str
    count: int
    size_bytes: int
    heard_at: str | None
    outbox: Outbox | None
    """None: it never said, or the device is unknown."""


class SqlQuarantine:
    """See `mobile_api.ports.Quarantine`."""

    def __init__(self, database: Database, to_keep: ToKeep = lambda operations: operations) -> None:
        """`to_keep`: what of deposited operations is stored; of the same always the same."""
        self._database = database
        self._to_keep = to_keep

    def deposit(self, device: str, operations: Sequence[bytes], *, most_bytes: int, now: str) -> int:
        """See `mobile_api.ports.Quarantine.deposit`."""
        operations = self._to_keep(operations)
        hashes = [hashlib.sha256(operation).hexdigest() for operation in operations]

        def work(connection: Connection) -> int:
            size, places = connection.row(_ENTER, device=device) or (0, 0)
            held = {hash for (hash,) in connection.rows(_HELD, device=device, hashes=hashes)}
            kept = 0
            for hash, payload in zip(hashes, operations, strict=True):
                if hash not in held:
                    if size + len(payload) > most_bytes:
                        break
                    size, places = size + len(payload), places + 1
                    connection.run(
                        _KEEP, device=device, place=places, hash=hash, received_at=now, payload=payload
                    )
                    held.add(hash)
                kept += 1
            connection.run(_LEAVE, device=device, size_bytes=size, places=places)
            return kept

        return self._database.write(work)

    def holdings(self, after: str, limit: int) -> list[Holding]:
        """A page of the devices with a deposit, by device id, after one of them."""
        return [
            _holding(row) for row in self._database.read(lambda c: c.rows(_PAGE, after=after, limit=limit))
        ]

    def holding(self, device: str) -> Holding | None:
        """A device's deposit; None when it has deposited nothing."""
        found = self._database.read(lambda c: c.row(_ONE, device=device))
        return _holding(found) if found else None

    def deposited(self, device: str, after: int, limit: int) -> list[tuple[int, str, bytes]]:
        """(place, received at, payload) of a device's deposit after a place, in order."""
        found = self._database.read(lambda c: c.rows(_LIST, device=device, after=after, limit=limit))
        return [(row[0], row[1], bytes(row[2])) for row in found]

    def note_take_over(self, device: str, take_over: TakeOver) -> None:
        """Write down who takes a deposit over. Raises nothing of its own; called again, it is written again."""

        def work(connection: Connection) -> None:
            # The row is locked by itself, so that two of one device get numbers one after the other.
            connection.row(_ENTER, device=device)
            connection.run(
                _NOTE,
                device=device,
                at=take_over.at,
                by=take_over.by,
                user=take_over.user,
                note=take_over.note or "",
            )

        self._database.write(work)

    def take_overs(self, device: str) -> list[TakeOver]:
        """All that were written down for a device, the first one first."""
        found = self._database.read(lambda c: c.rows(_TAKE_OVERS, device=device))
        return [TakeOver(at=at, by=by, user=user, note=note or None) for at, by, user, note in found]


def _holding(row: tuple[Any, ...]) -> Holding:
    pending, last_seq, digest, uploads, upload_bytes = row[11:]
    outbox = None
    if pending is not None and row[10] is not None:
        outbox = Outbox(pending, last_seq, digest, uploads, upload_bytes)
    return Holding(
        device=row[0],
        user=row[1],
        revoked=None if row[2] is None else bool(row[2]),
        arrived_seq=row[3] or 0,
        name=row[4],
        revoked_at=row[5],
        since=row[6],
        newest_at=row[7],
        count=row[8],
        size_bytes=row[9],
        heard_at=row[10],
        outbox=outbox,
    )
