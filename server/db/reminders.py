"""Rows of reminders inside a transaction of the engine, on either database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server.db.connection import Connection
from server.db.statement import Statement
from sync.reminder import Forgotten, Reminder, ReminderRow, Settlement

COLUMNS = "subject, kind, revision, due_at, past_at, state, claimable_at, fence, attempts, error"


def on_the_clock(text: str, *, sqlite: str = "") -> Statement:
    """A statement in which `{now}` is the time given as `:now`, or the database's own where that is empty."""
    return Statement(
        text.replace("{now}", _POSTGRES_NOW), sqlite=(sqlite or text).replace("{now}", _SQLITE_NOW)
    )


_POSTGRES_NOW = (
    "coalesce(nullif(:now::text, ''), "
    """to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))"""
)
_SQLITE_NOW = "coalesce(nullif(:now, ''), strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"

_CANCEL = on_the_clock(
    "UPDATE reminder SET state = 'cancelled', settled_at = {now} "
    "WHERE subject = :subject AND kind = :kind AND revision <= :up_to AND state = 'pending'"
)
_ASK = Statement(
    f"INSERT INTO reminder ({COLUMNS}, settled_at) "
    "VALUES (:subject, :kind, :revision, :due_at, :past_at, 'pending', :due_at, 0, 0, '', '') "
    "ON CONFLICT DO NOTHING"
)
_SETTLE = on_the_clock(
    "UPDATE reminder SET state = :outcome, settled_at = {now} "
    "WHERE subject = :subject AND kind = :kind AND revision = :revision AND fence = :fence "
    "AND state = 'pending' AND (:outcome = 'missed' OR past_at > {now})"
)
_OF_SUBJECT = Statement(f"SELECT {COLUMNS} FROM reminder WHERE subject = :subject ORDER BY kind, revision")


def write(connection: Connection, words: Sequence[Reminder | Forgotten]) -> None:
    """See `sync.store.Changes.reminders`. In the order of subjects, as everybody does who locks several."""
    for word in sorted(words, key=lambda one: (one.subject, one.kind)):
        up_to = word.revision - 1 if isinstance(word, Reminder) else word.revision
        connection.run(_CANCEL, subject=word.subject, kind=word.kind, up_to=up_to, now="")
        if isinstance(word, Reminder):
            connection.run(
                _ASK,
                subject=word.subject,
                kind=word.kind,
                revision=word.revision,
                due_at=word.due_at,
                past_at=word.past_at,
            )


def settle(connection: Connection, settlement: Settlement) -> bool:
    """See `sync.store.WriteTransaction.settle`."""
    changed = connection.run(
        _SETTLE,
        subject=settlement.subject,
        kind=settlement.kind,
        revision=settlement.revision,
        fence=settlement.fence,
        outcome=settlement.outcome,
        now=settlement.at,
    )
    return changed == 1


def of_subject(connection: Connection, subject: str) -> list[ReminderRow]:
    """See `sync.store.Snapshot.reminders`."""
    return [reminder(row) for row in connection.rows(_OF_SUBJECT, subject=subject)]


def reminder(row: tuple[Any, ...]) -> ReminderRow:
    """A row, its columns in the order of `COLUMNS`."""
    return ReminderRow(
        subject=row[0],
        kind=row[1],
        revision=row[2],
        due_at=row[3],
        past_at=row[4],
        state=row[5],
        claimable_at=row[6],
        fence=row[7],
        attempts=row[8],
        error=row[9],
    )
