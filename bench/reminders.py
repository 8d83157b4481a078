"""What reminders cost: `python -m bench.reminders [URL]`. Exits with 1 when a bar is missed.

One thousand visits that nobody has confirmed are due, and a hundred thousand are not: field service's own rules and
job, real transactions (SQLite: `synchronous=FULL`). Judged by the processor time of this process, because others share
the machine; the wall time, in which PostgreSQL's own work lies, is printed beside it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.company import STARTED_AT, Company
from mobile_api.clock import instant
from scheduler.instants import later
from scheduler.jobs import JOBS
from scheduler.tick import Tick, Ticked
from server.db.connection import Connection
from server.db.migrate import migrate
from server.db.reminders_queue import SqlReminders
from server.db.statement import Statement

DUE = 1_000
PENDING = 100_000
FIRING_SECONDS = 2.0
IDLE_MILLISECONDS = 2.0
IDLE_TICKS = 200
_MORE = Statement(
    "INSERT INTO reminder (subject, kind, revision, due_at, past_at, state, claimable_at, fence, attempts, error, "
    "settled_at) SELECT 'visit/later-' || n, :kind, 1, :at, :past, 'pending', :at, 0, 0, '', '' "
    "FROM generate_series(1, :count) AS n",
    sqlite="WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count) "
    "INSERT INTO reminder (subject, kind, revision, due_at, past_at, state, claimable_at, fence, attempts, error, "
    "settled_at) SELECT 'visit/later-' || n, :kind, 1, :at, :past, 'pending', :at, 0, 0, '', '' FROM numbers",
)


def main() -> int:
    """Measure on the database given, which must be empty, or on a SQLite file of its own."""
    with TemporaryDirectory() as folder:
        url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{Path(folder) / 'doorstep.db'}"
        migrate(url)
        company = Company(url)
        try:
            return _judged(company)
        finally:
            company.close()


def _judged(company: Company) -> int:
    company.furnish(phones=4, jobs=DUE // 4)
    database = company.store.database
    next_year = later(instant(STARTED_AT), 365 * 86400)

    def more(connection: Connection) -> int:
        kind = next(iter(JOBS))
        return connection.run(
            _MORE, kind=kind, at=later(next_year, 0), past=later(next_year, 3600), count=PENDING
        )

    database.write(more)
    before_the_visits = later(instant(STARTED_AT), 1800)
    tick = Tick(company.engine, SqlReminders(database, lambda: before_the_visits), JOBS)
    ticked: list[object] = []
    fired_cpu, fired_wall = _spent(lambda: ticked.append(tick()))
    assert ticked == [Ticked(late=DUE)], ticked
    idle_cpu, idle_wall = _spent(lambda: [tick() for _ in range(IDLE_TICKS)])
    idle_cpu, idle_wall = (seconds * 1000 / IDLE_TICKS for seconds in (idle_cpu, idle_wall))
    print(
        f"firing {DUE} due: {fired_cpu:.2f} s of processor, {fired_wall:.2f} s in all (bar {FIRING_SECONDS} s)"
    )
    print(
        f"a tick with nothing due among {PENDING}: {idle_cpu:.2f} ms of processor, {idle_wall:.2f} ms in all "
        f"(bar {IDLE_MILLISECONDS} ms)"
    )
    return int(fired_cpu >= FIRING_SECONDS or idle_cpu >= IDLE_MILLISECONDS)


def _spent(work: Callable[[], object]) -> tuple[float, float]:
    """Processor and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


if __name__ == "__main__":
    sys.exit(main())
