"""What A does at the customer's, tap by tap, without signal."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from domain.commands import order as orders
from domain.commands import parts, visit
from domain.commands.draft import create, update
from domain.gates import FULL_TEST
from domain.identity import step_result_id, stock_level_id
from tests.story import signing
from tests.story.last_part import LastPart
from tests.story.people import Handset
from tests.story.photo import take_photo
from tests.story.stage import Job, Stage
from tests.story.transcript import DAY

CHECKLISTS = ("refrigeration_diagnosis", FULL_TEST, "clean_demonstrate")
WAIVED = "leakage_current"
SIGNER = "王店长"
_ANSWERS: dict[str, Any] = {"yes_no": "yes", "text": "已核对", "photo": "photo"}


class OnSite:
    """One visit, from the tap that confirms it to the customer's signature."""

    def __init__(self, stage: Stage, job: Job, part: LastPart) -> None:
        self.stage = stage
        self.job = job
        self.part = part
        self.answered = 0
        self.photos: dict[str, Path] = {}
        """Media → file."""
        self.signature = ""
        self.report = ""
        self.second: Job
        self.provisional = ""

    def work(self) -> None:
        """All of it."""
        self._arrive()
        self._diagnose()
        self._offer()
        self._repair()
        self._test_and_show()
        self._sign()
        self._find_another_fault()

    def _arrive(self) -> None:
        phone = self.stage.a()
        self.stage.tell(
            DAY, "A confirms the visit with one tap, travels, arrives", "A 一键确认上门，出发，到场"
        )
        phone.do(visit.confirm(self._mine(), at=phone.now()))
        phone.do(visit.step(self._mine(), "travel", at=phone.now()))
        phone.do(visit.step(self._mine(), "arrive", at=phone.now()))
        phone.do([update(self._mine(), details_verified=visit.moment(phone.now()))])
        phone.do(visit.step(self._mine(), "start", at=phone.now()))

    def _diagnose(self) -> None:
        phone = self.stage.a()
        self.stage.tell(
            DAY, "A goes through the diagnosis checklist, with photos", "A 按诊断检查表逐项检查并拍照"
        )
        self._answer_all("refrigeration_diagnosis")
        phone.do([update(self._mine(), findings="冷凝风机不转", cause="冷凝风机轴承卡死", fault_code="F12")])

    def _offer(self) -> None:
        phone = self.stage.a()
        self.stage.tell(DAY, "A offers two options; the customer chooses", "A 提供两个方案，客户选择")
        options = (
            ("更换冷凝风机", "一次解决", "需等待 40 分钟", 40, 28000, True),
            ("清洁并加注润滑", "价格低", "可能很快再次故障", 25, 9000, False),
        )
        ids = []
        for title, pros, cons, minutes, labour, recommended in options:
            ids.append(phone.new_id())
            price = {"parts_fen": 19000, "labour_fen": labour, "total_fen": 19000 + labour}
            phone.do(
                [
                    create(
                        "solution_option",
                        ids[-1],
                        self.job.aggregate,
                        visit=self.job.visit,
                        title=title,
                        pros=pros,
                        cons=cons,
                        minutes=minutes,
                        price=price,
                        recommended=recommended,
                    )
                ]
            )
        phone.do(visit.choose_option(self._mine(), option=ids[0], at=phone.now(), by_name=SIGNER))

    def _repair(self) -> None:
        phone = self.stage.a()
        self.stage.tell(DAY, "A builds in the last part from the van", "A 使用车上最后一件备件")
        phone.do(
            parts.use_part(
                self._mine(),
                move=phone.new_id(),
                part=self.part.part,
                quantity=1,
                from_location=self.part.van,
                at=phone.now(),
                by=phone.user,
                price_fen=19000,
            )
        )
        phone.do([update(self._mine(), solution="更换冷凝风机，清洁冷凝器")])
        level = phone.sees("stock_level", stock_level_id(self.part.van, self.part.part))
        about = ("the van's stock on A's screen, before any signal", "A 屏幕上的车存（尚无信号）")
        self.stage.expect(DAY, about, 1, level.fields["balance"])

    def _test_and_show(self) -> None:
        phone = self.stage.a()
        self.stage.tell(
            DAY, "full test with one step waived, clean-up, demonstration", "完整测试（豁免一项）、清理、演示"
        )
        self._answer_all(FULL_TEST)
        self._answer_all("clean_demonstrate")
        phone.do([update(self._mine(), cleaned_up=visit.moment(phone.now()))])
        for point in ("设定温度", "除霜按钮"):
            phone.do(
                [
                    create(
                        "demonstration",
                        phone.new_id(),
                        self.job.aggregate,
                        visit=self.job.visit,
                        point=point,
                        shown=True,
                        customer_did_it=True,
                        operator=SIGNER,
                        proficient=True,
                        shown_at=visit.moment(phone.now()),
                    )
                ]
            )
        phone.do([update(self._mine(), anything_else={"asked_at": phone.now(), "answer": "没有"})])
        phone.do(visit.step(self._mine(), "finish", at=phone.now()))

    def _sign(self) -> None:
        phone = self.stage.a()
        self.stage.tell(
            DAY, "the customer sees the report and signs on the glass", "客户查看报告并在屏幕上签字"
        )
        self.signature = signing.sign_on_glass(phone, self.job, self.job.visit, SIGNER, self.stage.folder)
        self.report = signing.hand_over(phone, self.job, self.job.visit, self.signature)
        phone.do(visit.step(self._mine(), "complete", at=phone.now()))

    def _find_another_fault(self) -> None:
        """A second order, opened on site with a provisional number."""
        phone = self.stage.a()
        me, today = phone.fields("technician", phone.user), phone.now()[:10]
        known = [
            phone.sees("work_order", one.partition("/")[2]) for one in phone.phone.aggregates("work_order")
        ]
        start = f"T{me['number']}-{today[2:].replace('-', '')}-"
        ordinal = 1 + sum(str(one.fields.get("provisional_number")).startswith(start) for one in known)
        order, own = phone.new_id(), phone.new_id()
        drafts = orders.open_on_site(
            order=order,
            visit=own,
            technician=phone.user,
            technician_number=me["number"],
            ordinal=ordinal,
            site=self.job.site,
            customer=self.stage.customer,
            asset=self.job.asset,
            symptom="门封条老化",
            opened_at=phone.now(),
            opened_on=today,
            second_fault_of=self.job.order,
        )
        phone.do(drafts)
        self.second = Job(order, self.job.site, self.job.contact, self.job.asset, "", {phone.user: own})
        self.provisional = str(drafts[0].set["provisional_number"])
        self.stage.tell(
            DAY,
            f"a second fault: A opens order {self.provisional} on site",
            f"发现第二处故障：A 现场开单 {self.provisional}",
        )

    def _answer_all(self, code: str) -> None:
        phone = self.stage.a()
        template = phone.sees("checklist_template", self.stage.checklists[code])
        for step in template.fields["steps"]:
            phone.do(self._answer(phone, template.id, step))
            self.answered += 1

    def _answer(self, phone: Handset, template: str, step: Mapping[str, Any]) -> list[Any]:
        mine = self._mine()
        if step["id"] == WAIVED:
            waiver = {"reason": "现场无漏电测试仪", "by_name": phone.user}
            return visit.answer_step(mine, template=template, step=step["id"], waiver=waiver, at=phone.now())
        media = []
        if step.get("evidence_required"):
            about = f"step_result/{step_result_id(mine.id, template, step['id'])}"
            media.append(self._photograph(step["text"].get("en") or step["id"], about))
        return visit.answer_step(
            mine,
            template=template,
            step=step["id"],
            answer=_answer_to(step),
            verdict="passed",
            at=phone.now(),
            media=media or None,
        )

    def _photograph(self, caption: str, about: str) -> str:
        """A photo and its row; the bytes wait for signal."""
        phone, id = self.stage.a(), self.stage.a().new_id()
        path = take_photo(self.stage.folder / f"{id}.jpg", caption, phone.now())
        phone.do(
            [
                create(
                    "media",
                    id,
                    self.job.aggregate,
                    visit=self.job.visit,
                    about=about,
                    kind="photo",
                    purpose="evidence",
                    sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
                    size_bytes=path.stat().st_size,
                    content_type="image/jpeg",
                    captured_at=phone.now(),
                    origin="captured",
                    by=phone.user,
                )
            ]
        )
        phone.phone.attach(id, path, "original", "image/jpeg")
        self.photos[id] = path
        return id

    def _mine(self) -> Any:
        return self.stage.a().sees("visit", self.job.visit)


def _answer_to(step: Mapping[str, Any]) -> Any:
    """A fitting answer: the first choice, a number in range, yes."""
    form = step.get("answer") or {}
    match form.get("type"):
        case "choice":
            return form["choices"][0]["code"]
        case "number":
            return max(int(form["min"]), min(220, int(form["max"])))
        case other:
            return _ANSWERS.get(str(other), "yes")
