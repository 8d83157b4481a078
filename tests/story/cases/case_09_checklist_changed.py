"""Case 9: the checklist changed mid-visit."""

from __future__ import annotations

from typing import Any

from domain.commands import visit
from tests.story.cases.case import Case
from tests.story.people import DeskRefused
from tests.story.stage import Job

STEPS: list[dict[str, Any]] = [
    {"id": "leak", "text": {"zh": "检漏", "en": "Leak test"}, "answer": {"type": "yes_no"}, "required": True},
    {"id": "noise", "text": {"zh": "异响", "en": "Noise"}, "answer": {"type": "yes_no"}, "required": True},
]


class ChecklistChanged(Case):
    """The visit stays on its pinned version."""

    number = 9
    title = ("The checklist changed mid-visit", "上门途中检查表改版")
    job: Job

    def prepare(self) -> None:
        """A checklist of this performance, pinned to a job of A."""
        self.code = f"story_{self.stage.run.lower()}"
        self.first, self.second = f"{self.code}-1", f"{self.code}-2"
        self._publish(self.first, 1, STEPS[:1])
        self.job = self.stage.fault(self.stage.a(), "ice on the fan", "风机结冰", checklists=[self.first])

    def dark(self) -> None:
        """A answers the step that A sees."""
        phone = self.stage.a()
        self.tell("A works through version 1", "A 按第 1 版检查")
        mine = phone.sees("visit", self.job.visit)
        phone.do(
            [
                *visit.step(mine, "start", at=phone.now()),
                *visit.answer_step(
                    mine, template=self.first, step="leak", answer="yes", verdict="passed", at=phone.now()
                ),
            ]
        )

    def office(self) -> None:
        """The supervisor publishes version 2 and retires version 1."""
        self.tell("the supervisor publishes version 2 with one more step", "主管发布第 2 版，多一个步骤")
        self._publish(self.second, 2, STEPS)
        self.forged = self._change_steps()
        self._retire(self.first)

    def back(self) -> None:
        """Version 1 stays for this visit, as it was."""
        phone = self.stage.a()
        self.expect(
            "the visit's checklist on the phone",
            "手机上本次上门的检查表",
            [self.first],
            phone.fields("visit", self.job.visit)["checklists"],
        )
        self.expect(
            "its steps",
            "其步骤",
            ["leak"],
            [one["id"] for one in phone.fields("checklist_template", self.first)["steps"]],
        )
        self.expect("changing a published version", "修改已发布版本", "immutable", self.forged)
        form = self.stage.at_desk(self.job)
        kept = [(one["template"], one["answer"]) for one in form.all("step_result")]
        self.expect("A's answer at the desk", "办公室看到 A 的答案", [(self.first, "yes")], kept)
        self.expect("A's answers refused", "A 的答案被拒", 0, phone.phone.freshness().parked)
        self.expect(
            "version 2 has come for later visits",
            "第 2 版已供以后使用",
            2,
            len(phone.fields("checklist_template", self.second)["steps"]),
        )
        self._retire(self.second)

    def _publish(self, id: str, version: int, steps: list[dict[str, Any]]) -> None:
        fields = {
            "code": self.code,
            "version": version,
            "name": {"zh": "演练检查表", "en": "Story checklist"},
            "steps": steps,
        }
        self.stage.desk("supervisor").write("POST", "checklist-templates", {"id": id, "fields": fields})

    def _change_steps(self) -> str:
        desk = self.stage.desk("supervisor")
        base = self._base(self.first)
        try:
            answer = desk.write(
                "PATCH", f"checklist-templates/{self.first}", {"set": {"steps": STEPS}}, base=base
            )
        except DeskRefused as refused:
            return refused.code
        return str(answer["results"][0]["reason"])

    def _retire(self, id: str) -> None:
        body = {"set": {"retired": True}}
        self.stage.desk("supervisor").write("PATCH", f"checklist-templates/{id}", body, base=self._base(id))

    def _base(self, id: str) -> str:
        return self.stage.desk("supervisor").base(f"checklist-templates/{id}")
