"""Deposits of phones that may not take part, on either database."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from server.db.connection import Connection, Database
from server.db.statement import Statement

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
_DEVICES = Statement("SELECT device, places, size_bytes FROM quarantine_size ORDER BY device")


class SqlQuarantine:
    """See `mobile_api.ports.Quarantine`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def deposit(self, device: str, operations: Sequence[bytes], *, most_bytes: int, now: str) -> int:
        """See `mobile_api.ports.Quarantine.deposit`."""
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

    def devices(self) -> list[tuple[str, int, int]]:
        """(device, operations, bytes) of every deposit, by device."""
        return [(row[0], row[1], row[2]) for row in self._database.read(lambda c: c.rows(_DEVICES)) if row[1]]

    def deposited(self, device: str, after: int, limit: int) -> list[tuple[int, str, bytes]]:
        """(place, received at, payload) of a device's deposit after a place, in order."""
        found = self._database.read(lambda c: c.rows(_LIST, device=device, after=after, limit=limit))
        return [(row[0], row[1], bytes(row[2])) for row in found]
