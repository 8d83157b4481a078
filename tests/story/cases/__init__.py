"""The fourteen cases, each in a file of its own."""

from tests.story.cases.case import Case
from tests.story.cases.case_01_cancelled import Cancelled
from tests.story.cases.case_02_reassigned import Reassigned
from tests.story.cases.case_03_rescheduled import Rescheduled
from tests.story.cases.case_04_two_technicians import TwoTechnicians
from tests.story.cases.case_05_last_part import LastPartTwice
from tests.story.cases.case_06_both_corrected import BothCorrected
from tests.story.cases.case_07_late_verdict import LateVerdict
from tests.story.cases.case_08_edited_after_signature import EditedAfterSignature
from tests.story.cases.case_09_checklist_changed import ChecklistChanged
from tests.story.cases.case_10_repeated import Repeated
from tests.story.cases.case_11_wrong_clock import WrongClock
from tests.story.cases.case_12_phone_lost import PhoneLost
from tests.story.cases.case_13_deleted import Deleted
from tests.story.cases.case_14_contrary_answer import ContraryAnswer

CASES: tuple[type[Case], ...] = (
    Cancelled,
    Reassigned,
    Rescheduled,
    TwoTechnicians,
    LastPartTwice,
    BothCorrected,
    LateVerdict,
    EditedAfterSignature,
    ChecklistChanged,
    Repeated,
    WrongClock,
    PhoneLost,
    Deleted,
    ContraryAnswer,
)

__all__ = ["CASES", "Case"]
