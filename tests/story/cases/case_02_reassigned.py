"""Case 2: reassigned from A to B while A is dark."""

from __future__ import annotations

from domain.commands import visit
from domain.commands.draft import update
from tests.story.cases.case import Case
from tests.story.people import written
from tests.story.stage import Job


class Reassigned(Case):
    """Both went: two visits, one work order, and nothing of A's is refused. B who has not gone yet is held."""

    number = 2
    title = ("Reassigned from A to B while A is dark", "A 无信号期间改派给 B")
    job: Job
    of_b: str
    ahead: dict[str, tuple[Job, str]]
    """Decision → a job to which B has not gone yet, and B's visit there."""

    def prepare(self) -> None:
        """Three jobs of A."""
        self.job = self.stage.fault(self.stage.a(), "ice maker leaks", "制冰机漏水")
        self.mine = self.job.visit
        self.to_go = self.stage.fault(self.stage.a(), "fan too loud", "风机噪声大")
        self.to_stand_down = self.stage.fault(self.stage.a(), "door seal torn", "门封条破损")

    def dark(self) -> None:
        """A works."""
        phone = self.stage.a()
        self.tell("A works on three jobs without signal", "A 在无信号处处理三单")
        for job in (self.to_go, self.to_stand_down):
            phone.do(visit.step(phone.sees("visit", job.visit), "arrive", at=phone.now()))
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
        self.tell(
            "the dispatcher hears nothing of A and gives the jobs to B", "调度联系不上 A，将三单改派给 B"
        )
        self.of_b = self._reassign(self.job)
        self.ahead = {
            "go": (self.to_go, self._reassign(self.to_go)),
            "stand_down": (self.to_stand_down, self._reassign(self.to_stand_down)),
        }

    def town(self) -> None:
        """B gets them and goes to one."""
        phone = self.stage.b()
        phone.exchange()
        self.expect("B's phone has the job", "B 的手机收到工单", True, phone.holds(self.job.aggregate))
        own = phone.sees("visit", self.of_b)
        phone.do([*visit.step(own, "travel", at=phone.now()), *visit.step(own, "arrive", at=phone.now())])
        for _, of_b in self.ahead.values():
            phone.do(visit.step(phone.sees("visit", of_b), "accept", at=phone.now()))
        phone.exchange()
        self.expect(
            "of B's visits held so far",
            "B 已被提示暂缓的上门",
            [],
            [of_b for _, of_b in self.ahead.values() if phone.fields("visit", of_b).get("held")],
        )

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
        self.expect(
            "both went, and the dispatcher's inbox tells it",
            "两人都去了，调度待办提示",
            ["two_on_one_job"],
            self.stage.items(self.job),
        )
        self.expect("nobody holds B, who is there", "已到场的 B 不被暂缓", None, b.get("held"))
        self._held()
        self._go()
        self._stand_down()

    def _reassign(self, job: Job) -> str:
        """B's visit instead of A's."""
        base = self.stage.at_desk(job).base
        body = {"technician": self.stage.b().user, "reason": "no word from A"}
        answer = self.stage.dispatcher().write("POST", f"visits/{job.visit}/reassign", body, base=base)
        return written(answer, "visit")

    def _held(self) -> None:
        """B's phone and the desk show the hold, and the inbox asks."""
        for decision, (job, of_b) in self.ahead.items():
            shown = {
                "phone": self.stage.b().fields("visit", of_b).get("held") or {},
                "desk": self.stage.at_desk(job).one("visit", of_b).get("held") or {},
            }
            self.expect(
                f"B is held by A's visit, on B's phone and at the desk (to be decided: {decision})",
                f"B 因 A 的上门被提示暂缓，手机与办公室均可见（待决定：{decision}）",
                [(job.visit, "two_on_one_job")] * 2,
                [(one.get("by_visit"), one.get("reason")) for one in shown.values()],
            )
            self.expect(
                "the dispatcher's inbox asks, once",
                "调度待办询问一次",
                ["two_on_one_job"],
                self.stage.items(job),
            )

    def _go(self) -> None:
        """The dispatcher lets B go."""
        job, of_b = self.ahead["go"]
        self.stage.settle_item("dispatcher", self.stage.at_desk(job), "two_on_one_job", "go")
        phone = self.stage.b()
        phone.exchange()
        b = phone.fields("visit", of_b)
        self.expect(
            "one tap lets B go: held, in the plan",
            "一键放行 B：暂缓、计划状态",
            [None, "dispatched"],
            [b.get("held"), b["dispatch_state"]],
        )
        phone.do(visit.step(phone.sees("visit", of_b), "arrive", at=phone.now()))
        phone.exchange()
        form = self.stage.at_desk(job)
        self.expect(
            "both are on the job",
            "两人都在现场",
            ["on_site", "on_site"],
            [form.one("visit", id)["exec_state"] for id in (job.visit, of_b)],
        )
        self.expect("left in the inbox", "待办剩余", [], self.stage.items(job))

    def _stand_down(self) -> None:
        """The dispatcher calls B off."""
        job, of_b = self.ahead["stand_down"]
        self.stage.settle_item("dispatcher", self.stage.at_desk(job), "two_on_one_job", "stand_down")
        phone = self.stage.b()
        phone.exchange()
        b = self.stage.at_desk(job).one("visit", of_b)
        self.expect(
            "one tap calls B off: held, in the plan",
            "一键撤回 B：暂缓、计划状态",
            [None, "withdrawn"],
            [b.get("held"), b["dispatch_state"]],
        )
        self.expect("B's phone still holds that job", "B 的手机仍有该单", False, phone.holds(job.aggregate))
        self.expect("left in the inbox", "待办剩余", [], self.stage.items(job))
