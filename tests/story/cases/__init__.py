"""The fourteen cases, each in a file of its own."""

from tests.story.cases.case import Case
from tests.story.cases.case_01_cancelled import Cancelled
from tests.story.cases.case_02_reassigned import Reassigned
from tests.story.cases.case_03_rescheduled import Rescheduled

CASES: tuple[type[Case], ...] = (Cancelled, Reassigned, Rescheduled)

__all__ = ["CASES", "Case"]
