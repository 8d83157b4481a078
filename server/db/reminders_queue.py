"""Who tries which reminder, on either database."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scheduler.instants import later
from scheduler.queue import Claim
from server.db.connection import Connection, Database
from server.db.reminders import COLUMNS, on_the_clock, reminder
from server.db.statement import Statement
from sync.reminder import ReminderRow

_NOW = on_the_clock("SELECT {now}")
_BY_TIME = "INDEXED BY ix_reminder_claimable"
"""SQLite would take the other index, and walk over everything that is pending."""
_ANY_DUE = on_the_clock(
    # PostgreSQL looks into the index only for a time that it reckons once, and takes it surely only for an order.
    "SELECT 1 FROM reminder WHERE state = 'pending' AND claimable_at <= (SELECT {now}) AND kind = ANY(:kinds) "
    "ORDER BY claimable_at LIMIT 1",
    sqlite=f"SELECT 1 FROM reminder {_BY_TIME} "
    "WHERE state = 'pending' AND claimable_at <= {now} AND kind = ANY(:kinds) LIMIT 1",
)
_CLAIMED = "subject, kind, revision, due_at, past_at, fence, attempts"
_CLAIM = Statement(
    "WITH due AS MATERIALIZED (SELECT subject, kind, revision FROM reminder "
    "WHERE state = 'pending' AND claimable_at <= :now AND kind = ANY(:kinds) "
    "ORDER BY claimable_at, subject, kind LIMIT :limit FOR UPDATE SKIP LOCKED) "
    "UPDATE reminder SET claimable_at = :until, fence = reminder.fence + 1 FROM due "
    "WHERE reminder.subject = due.subject AND reminder.kind = due.kind AND reminder.revision = due.revision "
    "RETURNING " + ", ".join(f"reminder.{name}" for name in _CLAIMED.split(", ")),
    sqlite="UPDATE reminder SET claimable_at = :until, fence = fence + 1 WHERE (subject, kind, revision) IN "
    f"(SELECT subject, kind, revision FROM reminder {_BY_TIME} "
    "WHERE state = 'pending' AND claimable_at <= :now AND kind = ANY(:kinds) "
    f"ORDER BY claimable_at, subject, kind LIMIT :limit) RETURNING {_CLAIMED}",
)
_OURS = (
    "subject = :subject AND kind = :kind AND revision = :revision AND fence = :fence AND state = 'pending'"
)
_PUT_BACK = Statement(
    "UPDATE reminder SET claimable_at = :until, attempts = attempts + 1, error = :error WHERE " + _OURS
)
_SET_ASIDE = Statement(
    "UPDATE reminder SET state = 'dead', settled_at = :at, attempts = attempts + 1, error = :error WHERE "
    + _OURS
)
_PENDING = Statement(
    f"SELECT {COLUMNS} FROM reminder WHERE state = 'pending' AND due_at > :after AND due_at <= :until "
    "ORDER BY due_at, subject, kind LIMIT :limit"
)
_DEAD = Statement(
    f"SELECT {COLUMNS} FROM reminder WHERE state = 'dead' ORDER BY due_at, subject, kind LIMIT :limit"
)


class SqlReminders:
    """See `scheduler.queue.ReminderQueue`. Without `now`, the database's clock counts."""

    def __init__(self, database: Database, now: Callable[[], str] | None = None) -> None:
        self._database = database
        self._given = now

    def claim(self, kinds: Sequence[str], limit: int, lease_seconds: int) -> list[Claim]:
        """See `scheduler.queue.ReminderQueue.claim`. Where nothing is due, only reads."""
        given = self.settling_time()
        if self._database.read(lambda c: c.row(_ANY_DUE, kinds=kinds, now=given)) is None:
            return []

        def work(connection: Connection) -> list[Claim]:
            now = _now(connection, given)
            until = later(now, lease_seconds)
            found = connection.rows(_CLAIM, now=now, until=until, kinds=kinds, limit=limit)
            return [_claim(row, now) for row in found]

        return sorted(self._database.write(work), key=lambda one: (one.due_at, one.subject, one.kind))

    def put_back(self, claim: Claim, error: str, pause_seconds: int) -> bool:
        """See `scheduler.queue.ReminderQueue.put_back`."""

        def work(connection: Connection) -> bool:
            until = later(_now(connection, self.settling_time()), pause_seconds)
            return connection.run(_PUT_BACK, until=until, error=error, **_place(claim)) == 1

        return self._database.write(work)

    def set_aside(self, claim: Claim, error: str) -> bool:
        """See `scheduler.queue.ReminderQueue.set_aside`."""

        def work(connection: Connection) -> bool:
            at = _now(connection, self.settling_time())
            return connection.run(_SET_ASIDE, at=at, error=error, **_place(claim)) == 1

        return self._database.write(work)

    def settling_time(self) -> str:
        """See `scheduler.queue.ReminderQueue.settling_time`."""
        return self._given() if self._given is not None else ""

    def now(self) -> str:
        """The time on the clock that counts."""
        given = self.settling_time()
        return self._database.read(lambda connection: _now(connection, given))

    def pending(self, after: str, until: str, limit: int) -> list[ReminderRow]:
        """Those whose time lies after one instant and not after the other, in its order."""
        found = self._database.read(lambda c: c.rows(_PENDING, after=after, until=until, limit=limit))
        return [reminder(row) for row in found]

    def dead(self, limit: int) -> list[ReminderRow]:
        """Those that were set aside, in the order of their time."""
        return [reminder(row) for row in self._database.read(lambda c: c.rows(_DEAD, limit=limit))]


def _now(connection: Connection, given: str) -> str:
    found = connection.row(_NOW, now=given)
    assert found is not None
    return str(found[0])


def _place(claim: Claim) -> dict[str, object]:
    return {
        "subject": claim.subject,
        "kind": claim.kind,
        "revision": claim.revision,
        "fence": claim.fence,
    }


def _claim(row: tuple[object, ...], now: str) -> Claim:
    subject, kind, revision, due_at, past_at, fence, attempts = row
    assert isinstance(revision, int) and isinstance(fence, int) and isinstance(attempts, int)
    return Claim(
        subject=str(subject),
        kind=str(kind),
        revision=revision,
        due_at=str(due_at),
        past_at=str(past_at),
        claimed_at=now,
        fence=fence,
        attempts=attempts,
    )
