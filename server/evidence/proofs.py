"""A log's states, and the proofs that lead from leaves and earlier states to the present one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from domain.evidence.package import Consistency, LogPart, Proven
from server.db.connection import Connection, Database
from server.db.log_rows import Head, head_of, leaves_at, leaves_of, nodes_at
from server.db.log_writer import KEY, LogWriter, present_log
from server.evidence.key import LogKey
from sync.log.checkpoint import Checkpoint
from sync.log.tree import (
    consistency_ranges,
    inclusion_ranges,
    nodes_of,
    peaks,
    proof,
    root,
)


@dataclass(frozen=True, slots=True)
class Proofs:
    """Reads one database's logs. All may block."""

    database: Database
    key: LogKey
    writer: LogWriter

    def checkpoint(self) -> str:
        """The present log's state as a signed note. The log begins with it, if it has not begun."""
        log = self.database.read(present_log)
        self.name_key(log)
        return self.database.read(lambda connection: self._note(connection, _head(connection, log)))

    def consistency(self, earlier: int, size: int) -> Consistency | None:
        """That the present log with `size` entries continues the one with `earlier`; None where it had not so many."""

        def work(connection: Connection) -> Consistency | None:
            head = head_of(connection, present_log(connection))
            if head is None or not 0 < earlier <= size <= head.size:
                return None
            return _consistency(connection, head.log, earlier, size)

        return self.database.read(work)

    def name_key(self, log: str) -> None:
        """See to it that a log names the key that signs its checkpoints; it is written only where that is missing."""
        head = self.database.read(lambda connection: head_of(connection, log))
        if head is None or head.key != self.key.named(head.origin).encoded():
            self.database.write(lambda connection: self.writer.note_key(connection, log))

    def part(
        self,
        connection: Connection,
        log: str,
        places: Collection[int],
        states: Collection[tuple[int, str | None]],
    ) -> LogPart:
        """Leaves of a log with their proofs, its keys among them.

        `states`: earlier sizes, each with the root that somebody says it had, which is left out where it had not.
        """
        head = _head(connection, log)
        keys = {one.place for one in leaves_of(connection, log, KEY)}
        leaves = leaves_at(connection, log, sorted(keys | set(places)))
        ranges = {one.place: inclusion_ranges(one.place, head.size) for one in leaves}
        nodes = nodes_at(connection, log, nodes_of([pair for some in ranges.values() for pair in some]))
        earlier = {
            size: _consistency(connection, log, size, head.size)
            for size in sorted({size for size, _ in states if 0 < size <= head.size})
        }
        said = {(size, root or earlier[size].root) for size, root in states if size in earlier}
        return LogPart(
            checkpoint=self._note(connection, head),
            consistency=tuple(one for size, one in earlier.items() if (size, one.root) in said),
            leaves=tuple(
                Proven(
                    index=one.place,
                    data=one.data,
                    receipt=one.receipt,
                    proof=_hex(proof(ranges[one.place], nodes)),
                )
                for one in leaves
            ),
        )

    def _note(self, connection: Connection, head: Head) -> str:
        nodes = nodes_at(connection, head.log, peaks(head.size))
        return self.key.checkpoint(Checkpoint(head.origin, head.size, root(head.size, nodes)))


def _head(connection: Connection, log: str) -> Head:
    head = head_of(connection, log)
    assert head is not None
    return head


def _consistency(connection: Connection, log: str, earlier: int, size: int) -> Consistency:
    ranges = consistency_ranges(earlier, size)
    nodes = nodes_at(connection, log, nodes_of(ranges) | set(peaks(earlier)))
    return Consistency(size=earlier, root=root(earlier, nodes).hex(), proof=_hex(proof(ranges, nodes)))


def _hex(hashes: Collection[bytes]) -> tuple[str, ...]:
    return tuple(one.hex() for one in hashes)
