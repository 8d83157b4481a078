"""The toy business, in which a technician may also open a job on site."""

from __future__ import annotations

from collections.abc import Iterable

from sync.merge import Author
from sync.operation import Operation
from sync.record import Record
from sync.rules import FollowUp, Grant, View, Withdrawal
from tests.sync.toy import ToyRules


class SiteRules(ToyRules):
    """A job that a technician creates becomes theirs."""

    def judge(self, operation: Operation, author: Author, record: Record | None, view: View) -> str | None:
        if operation.entity == "job" and operation.action == "create" and record is None:
            return None
        mine = view.record("job", operation.aggregate.partition("/")[2])
        if mine is not None and mine.fields.get("answered_by") == author.user:
            return None
        return super().judge(operation, author, record, view)

    def rights(self, before: Record | None, after: Record, view: View) -> Iterable[Grant | Withdrawal]:
        found = list(super().rights(before, after, view))
        author = after.fields.get("answered_by")
        if before is None and after.entity == "job" and author:
            found.append(Grant(user=author, aggregate=after.aggregate, because=f"{after.id}-opened"))
        return found

    def follow(
        self, operation: Operation, author: Author, before: Record | None, after: Record, view: View
    ) -> Iterable[FollowUp]:
        return super().follow(operation, author, before, after, view)
