"""Which media files the rows of a backup say are stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from server.db.backup.dump import Header, Row

TABLE, STORED = "upload", "stored"


class StoredUploads:
    """Notes the hashes of stored uploads while their rows pass by."""

    def __init__(self) -> None:
        self.sha256: set[str] = set()

    def noting(self, header: Header, pages: Iterable[list[Row]]) -> Iterator[list[Row]]:
        """The same pages; of any other table nothing is noted."""
        if header.table != TABLE:
            yield from pages
            return
        names = [name for name, _ in header.columns]
        state, sha256 = names.index("state"), names.index("sha256")
        for page in pages:
            self.sha256.update(row[sha256] for row in page if row[state] == STORED)
            yield page
