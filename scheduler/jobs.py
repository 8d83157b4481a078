"""Which job does what each kind of reminder was asked for."""

from __future__ import annotations

from domain.remind_case import CASE_IDLE, CASE_RECEIVED, CASE_UNCLAIMED
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
from scheduler.expert_case import case_idle, case_received, case_unclaimed
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
    CASE_RECEIVED: case_received,
    CASE_UNCLAIMED: case_unclaimed,
    CASE_IDLE: case_idle,
}
