"""Which job does what each kind of reminder was asked for."""

from __future__ import annotations

from domain.remind_visit import VISIT_UNCONFIRMED
from scheduler.tick import Job
from scheduler.visit_unconfirmed import visit_unconfirmed

JOBS: dict[str, Job] = {VISIT_UNCONFIRMED: visit_unconfirmed}
