"""The list of erased customers, on either database."""

from __future__ import annotations

import msgspec

from server.db.connection import Connection, Database
from server.db.statement import Statement

_BEGIN = Statement(
    "INSERT INTO erasure (customer, asked_at, asked_by, reason, finished_at) "
    "VALUES (:customer, :at, :by, :reason, NULL) ON CONFLICT (customer) DO NOTHING"
)
_FINISH = Statement("UPDATE erasure SET finished_at = :at WHERE customer = :customer AND finished_at IS NULL")
_ALL = Statement(
    "SELECT customer, asked_at, asked_by, reason, finished_at FROM erasure ORDER BY asked_at, customer"
)


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """One erased customer. `finished_at` is None while the erasure is not complete: repeating it completes it."""

    customer: str
    asked_at: str
    asked_by: str
    reason: str
    finished_at: str | None = None


class Erasures:
    """Who was erased, when and by whom."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, erasure: Erasure) -> None:
        """Write down that an erasure begins; the first word about a customer stands."""

        def work(connection: Connection) -> None:
            connection.run(
                _BEGIN,
                customer=erasure.customer,
                at=erasure.asked_at,
                by=erasure.asked_by,
                reason=erasure.reason,
            )

        self._database.write(work)

    def finish(self, customer: str, at: str) -> None:
        """Write down that nothing is left to be done."""
        self._database.write(lambda connection: connection.run(_FINISH, customer=customer, at=at))

    def all(self) -> list[Erasure]:
        """All, the oldest first."""
        return [
            Erasure(customer=customer, asked_at=at, asked_by=by, reason=reason, finished_at=finished)
            for customer, at, by, reason, finished in self._database.read(lambda c: c.rows(_ALL))
        ]
