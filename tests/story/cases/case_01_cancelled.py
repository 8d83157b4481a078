"""Case 1: cancelled while being completed offline."""

from __future__ import annotations

from domain.commands import visit
from tests.story.cases.case import Case
from tests.story.stage import Job


class Cancelled(Case):
    """Started before the phone knew: kept and flagged. Not started: the cancellation wins."""

    number = 1
    title = ("Cancelled while being completed offline", "离线完工时被取消")
    started: Job
    untouched: Job

    def prepare(self) -> None:
        """Two jobs of A."""
        self.started = self.stage.fault(self.stage.a(), "cold room too warm", "冷库温度偏高")
        self.untouched = self.stage.fault(self.stage.a(), "display cabinet noisy", "展示柜异响")

    def dark(self) -> None:
        """One is worked to its end, the other only accepted."""
        phone = self.stage.a()
        self.tell("A repairs one job and accepts another, without signal", "A 离线完成一单，另一单仅接单")
        for event in ("travel", "arrive", "start", "finish"):
            self.operations = phone.do(
                visit.step(phone.sees("visit", self.started.visit), event, at=phone.now())
            )
        phone.do(visit.step(phone.sees("visit", self.untouched.visit), "accept", at=phone.now()))

    def office(self) -> None:
        """Both orders are cancelled."""
        self.tell("the dispatcher cancels both orders", "调度取消了这两张工单")
        for job in (self.started, self.untouched):
            form = self.stage.at_desk(job)
            body = {"reason": "customer bought a new one"}
            self.stage.dispatcher().write("POST", f"work-orders/{job.order}/cancel", body, base=form.base)

    def back(self) -> None:
        """Kept and flagged; billing is the dispatcher's."""
        form = self.stage.at_desk(self.started)
        done = form.one("visit", self.started.visit)
        self.expect("the work that A did", "A 所做的工作", "work_done", done["exec_state"])
        self.expect("the visit in the plan", "计划中的上门", "cancelled", done["dispatch_state"])
        self.expect(
            "marked as done after cancellation", "标记为取消后完成", True, done.get("after_cancellation")
        )
        (receipt,) = self.stage.a().results(self.operations)
        self.expect("A's receipt says", "A 的回执注明", ["after_cancellation"], list(receipt.flags))
        self.expect(
            "the dispatcher's inbox asks",
            "调度待办",
            ["bill_after_cancellation"],
            self.stage.items(self.started),
        )
        self.stage.settle_item("dispatcher", form, "bill_after_cancellation", "bill_travel")
        decided = self.stage.at_desk(self.started)
        order = decided.one("work_order", self.started.order)
        self.expect("one tap bills", "一键决定收费", "bill_travel", order.get("billing_after_cancellation"))
        self.expect("left in the inbox", "待办剩余", [], self.stage.items(self.started))
        untouched = self.stage.at_desk(self.untouched)
        self.expect(
            "the job that never started",
            "未开工的工单",
            ["cancelled", "cancelled"],
            [
                untouched.one("work_order", self.untouched.order)["state"],
                untouched.one("visit", self.untouched.visit)["dispatch_state"],
            ],
        )
        self.expect("questions about it", "对其的疑问", [], self.stage.items(self.untouched))
