"""Toy rules with reminders: an hour before a job's window somebody is called, unless the job is cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sync.record import Record
from sync.reminder import Forgotten, Reminder
from sync.rules import Remind, View
from tests.sync.toy import ToyRules

CALL = "call"


def hour_before(instant: str) -> str:
    """An hour earlier, with milliseconds."""
    earlier = datetime.fromisoformat(instant) - timedelta(hours=1)
    return earlier.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _starts_at(job: Record | None) -> str | None:
    if job is None or job.deleted or job.fields["state"] == "cancelled":
        return None
    window = job.fields.get("window")
    return window["starts_at"] if window else None


def remind_job(before: Record | None, after: Record, view: View) -> Iterator[Reminder | Forgotten]:
    """Another start is another reminder; none is none."""
    new, subject = _starts_at(after), f"job/{after.id}"
    if new == _starts_at(before):
        return
    if new is None:
        yield Forgotten(subject=subject, kind=CALL, revision=after.ver)
    else:
        past_at = datetime.fromisoformat(new).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        yield Reminder(
            subject=subject, kind=CALL, revision=after.ver, due_at=hour_before(new), past_at=past_at
        )


class RemindingRules(ToyRules):
    """The toy's rules, and its reminders."""

    reminds: dict[str, Remind] = {"job": remind_job}
