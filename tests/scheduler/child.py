"""A process that ticks until nothing is pending, or kills itself at one of its claims or after one of its effects.

`python -m tests.scheduler.child URL LEASE_SECONDS WHERE NUMBER`; it says `ready`, and begins at a line on its input.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from scheduler.effect import effect_id
from scheduler.queue import Claim
from scheduler.tick import Tick
from scheduler.ticker import Ticker
from server.db.open import open_store
from server.db.reminders_queue import SqlReminders
from sync.engine import Draft, Engine
from sync.outcome import Result
from sync.record import Record
from sync.reminder import Outcome, Settlement
from sync.store import DeviceRow
from tests.sync.reminding import CALL, RemindingRules
from tests.sync.toy import EPOCH

TICK_SECONDS = 0.05
BETWEEN, AFTER, NEVER = "between-claim-and-effect", "after-effect", "never"


class Mortal(Engine):
    """An engine whose process may end at once after a write."""

    ends_after = 0

    def write(
        self, door: DeviceRow, drafts: Sequence[Draft], settles: Sequence[Settlement] = ()
    ) -> list[Result]:
        results = super().write(door, drafts, settles)
        self.ends_after -= 1
        if self.ends_after == 0:
            end()
        return results


def end() -> None:
    """As a power cut ends a process."""
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Tick, each effect being a line whose id differs by claim: a second one would be seen."""
    url, lease_seconds, where, number = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    store = open_store(url, create=False)
    engine = Mortal(
        store,
        RemindingRules(),
        epoch=EPOCH,
        now=lambda: datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        salt=lambda: os.urandom(16),
    )
    engine.ends_after = number if where == AFTER else 0
    queue = SqlReminders(store.database)
    tried = 0

    def call(claim: Claim, job: Record | None, outcome: Outcome) -> Sequence[Draft]:
        nonlocal tried
        tried += 1
        if where == BETWEEN and tried == number:
            end()
        assert job is not None
        name = f"{job.id}-{claim.revision}-{claim.fence}"
        line = {"job": job.id, "text": outcome}
        draft = Draft(
            id=f"{effect_id(claim)}-{claim.fence}",
            entity="line",
            record=name,
            aggregate=job.aggregate,
            set=line,
            action="create",
        )
        return [draft]

    ticker = Ticker(Tick(engine, queue, {CALL: call}, lease_seconds=lease_seconds, at_once=2), TICK_SECONDS)
    print("ready", flush=True)
    sys.stdin.readline()
    ticker.start()
    while queue.pending("", "9999", 1):
        time.sleep(TICK_SECONDS)
    ticker.close()
    store.close()


if __name__ == "__main__":
    main()
