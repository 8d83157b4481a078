"""Case 2: reassigned from A to B while A is dark."""

from __future__ import annotations

from domain.commands import visit
from domain.commands.draft import update
from tests.story.cases.case import Case
from tests.story.people import written
from tests.story.stage import Job


class Reassigned(Case):
    """Both went: two visits, one work order, and nothing of A's is refused."""

    number = 2
    title = ("Reassigned from A to B while A is dark", "A 无信号期间改派给 B")
    job: Job
    of_b: str

    def prepare(self) -> None:
        """A job of A."""
        self.job = self.stage.fault(self.stage.a(), "ice maker leaks", "制冰机漏水")
        self.mine = self.job.visit

    def dark(self) -> None:
        """A works."""
        phone = self.stage.a()
        self.tell("A works on it without signal", "A 在无信号处作业")
        mine = phone.sees("visit", self.mine)
        self.operations = phone.do(
            [*visit.step(mine, "arrive", at=phone.now()), *visit.step(mine, "start", at=phone.now())]
        )
        note = phone.new_id()
        self.operations += phone.do(
            [
                update(mine, findings="进水阀卡滞"),
                *visit.write_note(
                    self.job.aggregate,
                    note=note,
                    text="已更换进水阀",
                    by=phone.user,
                    at=phone.now(),
                    visit=mine.id,
                ),
                *visit.step(mine, "finish", at=phone.now()),
            ]
        )

    def office(self) -> None:
        """The dispatcher hears nothing of A, and sends B."""
        self.tell("the dispatcher hears nothing of A and gives the job to B", "调度联系不上 A，改派给 B")
        base = self.stage.at_desk(self.job).base
        body = {"technician": self.stage.b().user, "reason": "no word from A"}
        answer = self.stage.dispatcher().write("POST", f"visits/{self.mine}/reassign", body, base=base)
        self.of_b = written(answer, "visit")

    def town(self) -> None:
        """B gets it and goes there."""
        phone = self.stage.b()
        phone.exchange()
        self.expect("B's phone has the job", "B 的手机收到工单", True, phone.holds(self.job.aggregate))
        own = phone.sees("visit", self.of_b)
        phone.do([*visit.step(own, "travel", at=phone.now()), *visit.step(own, "arrive", at=phone.now())])
        phone.exchange()

    def back(self) -> None:
        """Everything of A's stands."""
        form = self.stage.at_desk(self.job)
        a, b = form.one("visit", self.mine), form.one("visit", self.of_b)
        results = self.stage.a().results(self.operations)
        self.expect(
            "of A's work refused",
            "A 的操作被拒",
            [],
            [one.reason for one in results if one.status == "parked"],
        )
        self.expect(
            "A's visit", "A 的上门", ["work_done", "withdrawn"], [a["exec_state"], a["dispatch_state"]]
        )
        self.expect("A's findings", "A 的发现", "进水阀卡滞", a.get("findings"))
        self.expect("A's note", "A 的备注", ["已更换进水阀"], [one["text"] for one in form.all("note")])
        self.expect(
            "B's visit", "B 的上门", ["on_site", "dispatched"], [b["exec_state"], b["dispatch_state"]]
        )
        self.expect("it replaces A's", "它接替 A 的上门", True, b.get("instead_of") == self.mine)
        self.expect(
            "visits, orders", "上门数、工单数", [2, 1], [len(form.all("visit")), len(form.all("work_order"))]
        )
        self.expect(
            "A's phone still holds the job",
            "A 的手机仍有该工单",
            False,
            self.stage.a().holds(self.job.aggregate),
        )
        b_phone = self.stage.b()
        b_phone.exchange()
        self.expect(
            "B's phone shows what A has done there",
            "B 的手机显示 A 已做的工作",
            "work_done",
            b_phone.fields("visit", self.mine)["exec_state"],
        )
