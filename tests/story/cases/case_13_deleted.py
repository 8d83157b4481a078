"""Case 13: deleted in the office while edited offline."""

from __future__ import annotations

from domain.commands import visit
from tests.story.cases.case import Case
from tests.story.stage import Job


class Deleted(Case):
    """A tombstone only; the field work reopens it for review."""

    number = 13
    title = ("Deleted in the office while edited offline", "离线作业期间被办公室删除")
    worked: Job
    untouched: Job

    def prepare(self) -> None:
        """Two jobs of A."""
        self.worked = self.stage.fault(self.stage.a(), "door does not close", "门关不严")
        self.untouched = self.stage.fault(self.stage.a(), "entered twice", "重复录入")

    def dark(self) -> None:
        """A works on one of them."""
        phone = self.stage.a()
        self.tell("A works on one of two orders", "A 完成两张工单之一")
        mine = phone.sees("visit", self.worked.visit)
        self.operations = phone.do(
            [*visit.step(mine, "start", at=phone.now()), *visit.step(mine, "finish", at=phone.now())]
        )

    def office(self) -> None:
        """The dispatcher deletes both as duplicates."""
        self.tell("the dispatcher deletes both as duplicates", "调度将两张都当作重复单删除")
        for job in (self.worked, self.untouched):
            base = self.stage.at_desk(job).base
            self.stage.dispatcher().write("DELETE", f"work-orders/{job.order}", base=base)

    def back(self) -> None:
        """The worked one is back for review, the other is gone."""
        phone = self.stage.a()
        results = phone.results(self.operations)
        self.expect(
            "of A's work refused",
            "A 的操作被拒",
            [],
            [one.reason for one in results if one.status == "parked"],
        )
        form = self.stage.at_desk(self.worked)
        self.expect(
            "A's work at the desk",
            "办公室看到 A 的工作",
            "work_done",
            form.one("visit", self.worked.visit)["exec_state"],
        )
        self.expect(
            "the order is deleted", "工单已删除", False, form.one("work_order", self.worked.order)["deleted"]
        )
        open_ones = form.where("conflict", state="open")
        self.expect(
            "for review, because", "待审原因", ["deleted_meanwhile"], [one["reason"] for one in open_ones]
        )
        self.expect("A's phone holds it", "A 的手机仍有", True, phone.holds(self.worked.aggregate))
        self.expect(
            "A's phone holds the one without work",
            "未作业的一张仍在手机上",
            False,
            phone.holds(self.untouched.aggregate),
        )
        gone = self.stage.at_desk(self.untouched).one("work_order", self.untouched.order)
        self.expect("that one is a tombstone, kept", "其保留为删除标记", True, gone["deleted"])
        self._keep()
        left = self.stage.at_desk(self.worked).where("conflict", state="open")
        self.expect("left to decide", "待决定", [], left)

    def _keep(self) -> None:
        """The dispatcher keeps the order; what has changed since the conflict arose is shown again first."""
        for _ in range(2):
            form = self.stage.at_desk(self.worked)
            (conflict,) = form.where("conflict", state="open")
            if self.stage.decide("dispatcher", form, conflict, "standing") != "value_changed":
                return
