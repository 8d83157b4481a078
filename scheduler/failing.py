"""What becomes of a claim whose effect failed: a pause that grows, and in the end it is set aside with its error."""

from __future__ import annotations

import logging

from scheduler.queue import Claim, ReminderQueue

log = logging.getLogger(__name__)

MOST_FAILURES = 5
FIRST_PAUSE_SECONDS = 30
"""After a first failure; each further pause is twice as long."""
MOST_CLAIMS = 20
"""So often it may be claimed without an end; then it is what ends the processes that try it."""
LONGEST_ERROR = 500


def failed(queue: ReminderQueue, claim: Claim, fault: Exception) -> str:
    """Put it back for a while, or set it aside after too many failures; says what became of it."""
    error = f"{type(fault).__name__}: {fault}"[:LONGEST_ERROR]
    if claim.attempts + 1 >= MOST_FAILURES:
        return set_aside(queue, claim, error)
    ours = queue.put_back(claim, error, pause_seconds(claim.attempts))
    return "failed" if ours else "overtaken"


def pause_seconds(attempts: int) -> int:
    """How long nobody tries after so many earlier failures."""
    return FIRST_PAUSE_SECONDS * 2**attempts


def set_aside(queue: ReminderQueue, claim: Claim, error: str) -> str:
    """Nobody tries it again; says what became of it."""
    if not queue.set_aside(claim, error):
        return "overtaken"
    log.error("the reminder %s of %s is set aside: %s", claim.kind, claim.subject, error)
    return "dead"
