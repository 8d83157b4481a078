"""The promises as shipped: clocks, rules and targets. A company puts its own book after this one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from domain.clocks.limit import Before, DaysAfter, Elapsed, InHoursElse, Limit, WorkingDays
from domain.clocks.rules import Clock, Match, Rule, RuleBook

HOUR = 60

CLOCKS = {
    "first_reply": Clock("首次响应", "first reply", "request received", "acknowledged"),
    "complaint_reply": Clock("投诉回复", "complaint reply", "complaint received", "answered by a person"),
    "triage": Clock("故障分诊", "triage", "request received", "plan made"),
    "urgent_expert": Clock("紧急专家支持", "urgent expert", "urgent request received", "expert engaged"),
    "technician_confirms": Clock(
        "技师确认", "technician confirms", "assigned", "acknowledged and customer contacted"
    ),
    "visit_confirmation": Clock("上门确认", "visit confirmation", "visit arranged", "time confirmed"),
    "repair": Clock("修复时限", "repair", "request received", "work done"),
    "delay_notice": Clock("延误通知", "delay notice", "slip known", "customer told"),
    "report": Clock("服务报告", "report", "work done", "report delivered or handed over"),
    "bad_rating": Clock("低分处理", "bad rating", "rating below 3", "supervisor acts"),
    "follow_up_first": Clock("首次回访", "first follow-up", "work done", "customer called"),
    "follow_up_second": Clock("二次回访", "second follow-up", "work done", "customer called"),
}

PAUSES = {"customer": "the customer keeps us waiting: a decision, access, a date of theirs"}

EXCUSES = {
    "customer_asked": "the customer asked for a later time",
    "customer_unreachable": "the customer could not be reached, with the tries recorded",
    "no_access": "the site could not be entered",
    "force_majeure": "flood, storm, quarantine, power cut",
    "clock_uncertain": "the device's clock leaves it open, and a supervisor believes the person",
}

_REACHED = ("customer_asked", "customer_unreachable", "force_majeure", "clock_uncertain")
_ON_SITE = ("customer_asked", "no_access", "force_majeure", "clock_uncertain")
_OURS = ("force_majeure", "clock_uncertain")


class Target(msgspec.Struct, frozen=True):
    """A share of all orders, rather than a time of one."""

    zh: str
    en: str
    least_percent: int


TARGETS = {
    "first_time_fix": Target("一次修复率", "first-time fix", 80),
    "finally_solved": Target("最终解决率", "finally solved", 98),
}


def _follow_ups(clock: str, days: int) -> Iterable[Rule]:
    """Major faults and valued customers are called; what does not start is no smaller than a major fault."""
    for when in (Match(severity="urgent"), Match(severity="major"), Match(tier="vip")):
        yield Rule(clock=clock, when=when, limit=DaysAfter(days), warn_minutes=2 * HOUR, excuses=_REACHED)


def _repair(limit: Limit, when: Match) -> Rule:
    return Rule(
        clock="repair",
        when=when,
        limit=limit,
        warn_minutes=4 * HOUR,
        pauses=("customer",),
        excuses=_ON_SITE,
    )


def contract_rules(contract: str, ordinary_hours: int, major_hours: int) -> tuple[Rule, Rule]:
    """The repair promise that one contract makes by its own hours, to be put into a book."""
    return (
        _repair(Elapsed(ordinary_hours * HOUR), Match(contract=contract)),
        _repair(Elapsed(major_hours * HOUR), Match(contract=contract, severity="major")),
    )


BOOK = RuleBook(
    version=1,
    in_force_from=datetime(2024, 1, 1, tzinfo=UTC),
    rules=(
        Rule(clock="first_reply", limit=InHoursElse(2 * HOUR, 1), warn_minutes=30, excuses=_OURS),
        Rule(
            clock="first_reply",
            when=Match(always_on=True),
            limit=Elapsed(2 * HOUR),
            warn_minutes=30,
            excuses=_OURS,
        ),
        Rule(clock="complaint_reply", limit=Elapsed(6 * HOUR), warn_minutes=HOUR, excuses=_REACHED),
        Rule(clock="triage", limit=Elapsed(HOUR), warn_minutes=15, excuses=_REACHED),
        Rule(
            clock="urgent_expert",
            when=Match(severity="urgent"),
            limit=Elapsed(HOUR),
            warn_minutes=15,
            excuses=_OURS,
        ),
        Rule(clock="technician_confirms", limit=Elapsed(4 * HOUR), warn_minutes=HOUR, excuses=_REACHED),
        Rule(clock="visit_confirmation", limit=Before(60), warn_minutes=15, excuses=_REACHED),
        _repair(WorkingDays(3), Match()),
        _repair(Elapsed(24 * HOUR), Match(level="premium")),
        _repair(Elapsed(72 * HOUR), Match(level="premium", severity="major")),
        Rule(clock="delay_notice", limit=Before(24 * HOUR), warn_minutes=2 * HOUR, excuses=_REACHED),
        Rule(clock="report", limit=Elapsed(HOUR), warn_minutes=15, excuses=_REACHED),
        Rule(clock="bad_rating", limit=Elapsed(HOUR), warn_minutes=15, excuses=_OURS),
        *_follow_ups("follow_up_first", 3),
        *_follow_ups("follow_up_second", 7),
    ),
)
