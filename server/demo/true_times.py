"""The times that the rules take from the operation, put right: people act when they tap, a year is loaded in a minute.

Two kinds of records carry such a time: who owned a visit from when to when, and when an inbox item was opened. The
rules write them, so they are changed in a last pass, when their versions are known.
"""

from __future__ import annotations

from collections.abc import Iterator

from domain.commands.draft import Drafted
from domain.identity import assignment_id, inbox_item_id
from domain.place import work_order
from server.demo.content.load import Record
from server.demo.content.moments import minute_from, text
from server.demo.job import change

ANSWERED_AFTER_MINUTES = 10
"""A customer who wants another time says so this long after being asked."""


def true_times(order: Record, visits: list[Record]) -> list[Drafted]:
    """The changes for one order, all in one group."""
    return [change for visit in visits for change in _of_visit(order, visit)]


def answered_at(visit: Record) -> str:
    """When the customer said that another time suits better."""
    return _later(visit["asked_at"], ANSWERED_AFTER_MINUTES)


def _of_visit(order: Record, visit: Record) -> Iterator[Drafted]:
    if visit["dispatch_state"] == "planned":
        return
    aggregate = work_order(order["id"])
    times = {"assigned_at": visit["assigned_at"]}
    ended = _ended_at(order, visit)
    if ended is not None:
        times["ended_at"] = ended
    yield change("assignment", assignment_id(visit["id"]), aggregate, **times)
    if visit["exec_state"] == "declined":
        yield change("inbox_item", inbox_item_id("declined", visit["id"], ""), aggregate, opened_at=ended)
    if visit["confirmation"] == "change_requested":
        item = inbox_item_id("customer_wants_change", visit["id"], "")
        yield change("inbox_item", item, aggregate, opened_at=answered_at(visit))


def _ended_at(order: Record, visit: Record) -> str | None:
    if visit["exec_state"] == "done":
        return str(visit["done_at"])
    if visit["dispatch_state"] == "cancelled":
        return str(order["closed_at"])
    if visit["exec_state"] == "declined" or visit["dispatch_state"] == "withdrawn":
        return str(visit["returned_at"])
    return None


def _later(at: str, minutes: int) -> str:
    return text(minute_from(at) + minutes)
