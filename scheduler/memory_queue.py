"""The queue over a store in memory, for the simulator and for tests: the same port, the same contract suite."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from scheduler.instants import later
from scheduler.queue import Claim
from sync.memory import MemoryStore
from sync.reminder import ReminderKey, ReminderRow

Rows = dict[ReminderKey, ReminderRow]


class MemoryQueue:
    """See `scheduler.queue.ReminderQueue`. `now` gives an instant in UTC with milliseconds."""

    def __init__(self, store: MemoryStore, now: Callable[[], str]) -> None:
        self._store = store
        self._now = now

    def claim(self, kinds: Sequence[str], limit: int, lease_seconds: int) -> list[Claim]:
        """See `scheduler.queue.ReminderQueue.claim`."""
        now = self._now()

        def work(rows: Rows) -> list[Claim]:
            due = [
                row
                for row in rows.values()
                if row.state == "pending" and row.claimable_at <= now and row.kind in kinds
            ]
            due.sort(key=lambda row: (row.claimable_at, row.subject, row.kind))
            taken = [
                msgspec.structs.replace(row, fence=row.fence + 1, claimable_at=later(now, lease_seconds))
                for row in due[:limit]
            ]
            rows.update({(row.subject, row.kind, row.revision): row for row in taken})
            return [_claim(row, now) for row in taken]

        return self._store.with_reminders(work)

    def put_back(self, claim: Claim, error: str, pause_seconds: int) -> bool:
        """See `scheduler.queue.ReminderQueue.put_back`."""
        until = later(self._now(), pause_seconds)
        return self._change(
            claim,
            lambda row: msgspec.structs.replace(
                row, error=error, attempts=row.attempts + 1, claimable_at=until
            ),
        )

    def set_aside(self, claim: Claim, error: str) -> bool:
        """See `scheduler.queue.ReminderQueue.set_aside`."""
        return self._change(
            claim,
            lambda row: msgspec.structs.replace(row, error=error, attempts=row.attempts + 1, state="dead"),
        )

    def settling_time(self) -> str:
        """See `scheduler.queue.ReminderQueue.settling_time`."""
        return self._now()

    def _change(self, claim: Claim, change: Callable[[ReminderRow], ReminderRow]) -> bool:
        key = (claim.subject, claim.kind, claim.revision)

        def work(rows: Rows) -> bool:
            row = rows.get(key)
            if row is None or row.state != "pending" or row.fence != claim.fence:
                return False
            rows[key] = change(row)
            return True

        return self._store.with_reminders(work)


def _claim(row: ReminderRow, now: str) -> Claim:
    return Claim(
        subject=row.subject,
        kind=row.kind,
        revision=row.revision,
        due_at=row.due_at,
        past_at=row.past_at,
        claimed_at=now,
        fence=row.fence,
        attempts=row.attempts,
    )
