"""Case 7: a verdict after completion."""

from __future__ import annotations

from domain.commands import expert, visit
from tests.story.cases.case import Case
from tests.story.people import Form, written
from tests.story.stage import Job


class LateVerdict(Case):
    """Both are kept; stop-work becomes an urgent call-back."""

    number = 7
    title = ("A verdict after completion", "完工后才到的专家意见")
    job: Job

    def prepare(self) -> None:
        """A job of B."""
        self.job = self.stage.fault(self.stage.b(), "gas smell near the unit", "机组附近有异味")

    def dark(self) -> None:
        """B asks the expert, waits in vain, and completes."""
        phone = self.stage.b()
        self.tell("B asks an expert, hears nothing, and completes", "B 向专家求助，无回音，先行完工")
        self.case = phone.new_id()
        mine = phone.sees("visit", self.job.visit)
        phone.do(visit.step(mine, "start", at=phone.now()))
        phone.do(
            expert.ask_expert(
                mine, case=self.case, question="异味来源？", at=phone.now(), by=phone.user, urgent=True
            )
        )
        for event in ("finish", "complete"):
            phone.do(visit.step(phone.sees("visit", self.job.visit), event, at=phone.now()))

    def town(self) -> None:
        """The case arrives; the expert stops the work that is done already."""
        desk = self.stage.desk("expert")
        listed = [one["id"] for one in desk.get("expert-cases")["items"]]
        self.expect("the case is on the expert's list", "案例进入专家列表", True, self.case in listed)
        desk.write("POST", f"expert-cases/{self.case}/claim", {}, base=desk.order(self.job.order).base)
        self.tell("the expert answers: stop work, leaking R290", "专家答复：停止作业，R290 泄漏")
        verdict = {
            "cause": "R290 泄漏",
            "next_steps": ["关闭电源", "通风"],
            "stop_work": True,
            "stop_reason": "可燃制冷剂泄漏",
        }
        answer = desk.write(
            "POST", f"expert-cases/{self.case}/verdict", verdict, base=desk.order(self.job.order).base
        )
        self.verdict = written(answer, "verdict")

    def back(self) -> None:
        """Both stand; somebody must go back at once; the phone shows it."""
        form: Form = self.stage.at_desk(self.job)
        self.expect(
            "B's completed visit", "B 已完成的上门", "done", form.one("visit", self.job.visit)["exec_state"]
        )
        self.expect("the case", "案例", "answered", form.one("expert_case", self.case)["state"])
        self.expect(
            "the verdict stops work", "意见要求停工", True, form.one("verdict", self.verdict)["stop_work"]
        )
        self.expect("the dispatcher's inbox", "调度待办", ["urgent_call_back"], self.stage.items(self.job))
        phone = self.stage.b()
        phone.exchange()
        self.expect(
            "B's phone shows the stop",
            "B 的手机显示停工",
            True,
            phone.fields("verdict", self.verdict)["stop_work"],
        )
        phone.do(expert.acknowledge_verdict(phone.sees("verdict", self.verdict), at=phone.now()))
        phone.exchange()
        kept = self.stage.at_desk(self.job).one("verdict", self.verdict)
        self.expect(
            "read by B, and still a stop",
            "B 已读，停工仍有效",
            [True, True],
            [bool(kept.get("acknowledged")), kept["stop_work"]],
        )
