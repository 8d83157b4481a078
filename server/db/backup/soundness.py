"""Whether the rows of a backup belong together: what the engine promises of every committed moment holds of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from server.db.backup.dump import Header, Row
from server.db.backup.stored_uploads import StoredUploads
from sync.record import DIGEST_MODULUS, digest_term

TOLD_AT_MOST = 5


class Soundness:
    """Is shown all rows of all tables, and says what does not fit."""

    def __init__(self) -> None:
        self.uploads = StoredUploads()
        self._aggregates: dict[str, tuple[int, int]] = {}
        """Digest and number of records, as the aggregate's row says."""
        self._digests: defaultdict[str, int] = defaultdict(int)
        self._counts: defaultdict[str, int] = defaultdict(int)
        self._last_seq: dict[str, int] = {}
        self._seqs: defaultdict[str, int] = defaultdict(int)
        self._withdrawn: set[str] = set()
        """Their ledgers may go on: what they deposited was taken over, and the device's row was left alone."""

    def see(self, header: Header, pages: Iterable[list[Row]]) -> int:
        """Read a table to its end; returns how many rows it has."""
        count = 0
        names = [name for name, _ in header.columns]
        for page in self.uploads.noting(header, pages):
            count += len(page)
            for row in page:
                self._note(header.table, dict(zip(names, row, strict=True)))
        return count

    def faults(self) -> list[str]:
        """Sentences; none when all is well."""
        found = [f"aggregate {id}: its digest does not add up" for id in sorted(self._wrong_digests())]
        found += [
            f"aggregate {id}: {count} records are promised and {self._counts[id]} are here"
            for id, (_, count) in sorted(self._aggregates.items())
            if self._counts[id] != count
        ]
        found += [
            f"device {id}: the ledger ends at {self._seqs[id]} and not at {last}"
            for id, last in sorted(self._last_seq.items())
            if self._seqs[id] < last or (self._seqs[id] > last and id not in self._withdrawn)
        ]
        return found

    def _wrong_digests(self) -> set[str]:
        known = {id: digest for id, (digest, _) in self._aggregates.items()}
        return {id for id in known.keys() | self._digests.keys() if known.get(id) != self._digests[id]}

    def _note(self, table: str, row: dict[str, object]) -> None:
        match table:
            case "aggregate":
                digest, count = row["digest"], row["record_count"]
                assert isinstance(digest, bytes) and isinstance(count, int)
                self._aggregates[str(row["id"])] = int.from_bytes(digest, "big"), count
            case "record":
                home = str(row["aggregate"])
                self._counts[home] += 1
                if not row["deleted"]:
                    term = digest_term(str(row["entity"]), str(row["id"]), _whole(row["ver"]))
                    self._digests[home] = (self._digests[home] + term) % DIGEST_MODULUS
            case "device":
                self._last_seq[str(row["id"])] = _whole(row["last_seq"])
                if row["revoked"]:
                    self._withdrawn.add(str(row["id"]))
            case "operation":
                device = str(row["device"])
                self._seqs[device] = max(self._seqs[device], _whole(row["seq"]))
            case _:
                pass


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
