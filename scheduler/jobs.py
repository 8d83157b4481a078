"""Which job does what each kind of reminder was asked for."""

from __future__ import annotations

from domain.remind_customer import (
    ASK_CUSTOMER,
    ASK_EVENING,
    REMIND_CUSTOMER,
    TELL_CONFIRMED,
    TELL_DONE,
    TELL_ON_THE_WAY,
)
from domain.remind_visit import VISIT_UNCONFIRMED
from scheduler.ask_customer import ask_customer, remind_customer
from scheduler.tell_customer import tell_confirmed, tell_done, tell_on_the_way
from scheduler.tick import Job
from scheduler.visit_unconfirmed import visit_unconfirmed

JOBS: dict[str, Job] = {
    VISIT_UNCONFIRMED: visit_unconfirmed,
    ASK_EVENING: ask_customer,
    ASK_CUSTOMER: ask_customer,
    REMIND_CUSTOMER: remind_customer,
    TELL_CONFIRMED: tell_confirmed,
    TELL_ON_THE_WAY: tell_on_the_way,
    TELL_DONE: tell_done,
}
