"""The day itself: one visit from the tap that confirms it to the customer's signature, without signal."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from domain.commands import order as orders
from domain.commands import parts, visit
from domain.commands.draft import create, update
from domain.gates import FULL_TEST
from domain.identity import step_result_id, stock_level_id
from tests.story import signing
from tests.story.cases.case import Case
from tests.story.last_part import LastPart
from tests.story.people import DeskRefused, Handset, Json
from tests.story.photo import exif_model, take_photo
from tests.story.stage import Job, Stage
from tests.story.transcript import DAY, Say

CHECKLISTS = ("refrigeration_diagnosis", FULL_TEST, "clean_demonstrate")
WAIVED = "leakage_current"
SIGNER = "王店长"
_ANSWERS: dict[str, Any] = {"yes_no": "yes", "text": "已核对", "photo": "photo"}


class Visit(Case):
    """One visit of A's, tap by tap."""

    number: ClassVar[int] = DAY
    title: ClassVar[Say] = ("A whole visit without signal", "无信号完成一次完整上门")

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.job: Job
        self.second: Job
        self.photos: dict[str, Path] = {}

    def prepare(self) -> None:
        """The job of the day, with its pinned checklists, and the last part in the van."""
        pinned = [self.stage.checklists[code] for code in CHECKLISTS]
        self.job = self.stage.fault(self.stage.a(), "cabinet does not cool", "冷柜不制冷", checklists=pinned)
        self.part = LastPart(self.stage, self.stage.a())
        self.part.bring_one()
        self.tell(
            "the storekeeper leaves one last part in A's van",
            f"仓管在 A 的车上留下最后一件备件（{self.part.part}）",
        )

    def dark(self) -> None:
        """From the door to the signature."""
        self._arrive()
        self._diagnose()
        self._offer()
        self._repair()
        self._test_and_show()
        self._sign()
        self._find_another_fault()
        phone = self.stage.a()
        self.expect(
            "on A's own screen the visit is", "A 的屏幕上该上门", "done", self._mine().fields["exec_state"]
        )
        self.expect(
            "of A's work sent so far",
            "A 已发送的操作",
            0,
            phone.authored - len(phone.phone.outbox()),
        )
        at_desk = self.stage.at_desk(self.job).one("visit", self.job.visit)
        self.expect("the desk has heard", "办公室所知", "received", at_desk["exec_state"])

    def back(self) -> None:
        """Everything is there, as it was done."""
        phone, form = self.stage.a(), self.stage.at_desk(self.job)
        mine = form.one("visit", self.job.visit)
        self.expect("the visit at the desk", "办公室看到的上门", "done", mine["exec_state"])
        self.expect("the order", "工单", "work_done", form.one("work_order", self.job.order)["state"])
        times = ("travel_started", "arrived", "work_started", "work_finished")
        own = phone.fields("visit", self.job.visit)
        self.expect(
            "travel, arrival, start and end as on the phone",
            "出发、到场、开工、完工时间与手机一致",
            [own[name]["at"] for name in times],
            [mine[name]["at"] for name in times],
        )
        self.expect(
            "the customer's details were verified on site",
            "现场核实客户资料",
            True,
            bool(mine.get("details_verified")),
        )
        self.expect("answers to checklist steps", "检查表答案数", self.answered, len(form.all("step_result")))
        waived = [one for one in form.all("step_result") if one.get("waiver")]
        self.expect(
            "left out, with a reason",
            "注明理由的豁免",
            ["现场无漏电测试仪"],
            [one["waiver"]["reason"] for one in waived],
        )
        self.expect("options offered", "提供的方案数", 2, len(form.all("solution_option")))
        chosen = form.one("solution_option", mine["option_chosen"]["option"])
        self.expect("the customer chose", "客户选择", "更换冷凝风机", chosen["title"])
        self.expect(
            "demonstrated: shown, done by the customer",
            "演示：已讲解、客户已操作",
            [2, 2],
            [
                sum(bool(one.get(name)) for one in form.all("demonstration"))
                for name in ("shown", "customer_did_it")
            ],
        )
        self.expect("the last part in the van", "车上最后一件备件余量", 0, self.part.balance())
        self.expect("anything else we can do", "是否还有其他需要", "没有", mine["anything_else"]["answer"])
        self._check_signature(form.one("sign_off", self.signature))
        self.expect("the report", "报告", "handed_over", form.one("service_report", self.report)["state"])
        self._check_second_order()

    def upload(self) -> None:
        """The photos follow, with a cut in the middle of a file."""
        phone = self.stage.a()
        self.expect(
            "closing before the photos have come", "照片未到时关单", "not_ready_to_close", self._close_order()
        )
        before = [one for one in phone.phone.uploads() if one.state != "stored"]
        phone.signal.cuts_next_chunk = True
        stopped = self.stage.try_upload(phone)
        self.expect(
            "a cut in the middle of a photo stops the upload", "照片传到一半断线", True, "middle" in stopped
        )
        phone.phone.upload(most_chunks=1)
        moved = [one for one in phone.phone.uploads() if 0 < one.offset_bytes < one.size_bytes]
        self.expect("it goes on within the file", "文件从中间续传", 1, len(moved))
        phone.phone.upload()
        self.expect(
            "files on A's phone still waiting", "A 手机上待传文件", 0, phone.phone.freshness().uploads
        )
        self.tell(
            f"{len(before)} files, {sum(one.size_bytes for one in before):,} bytes, have gone up",
            f"共上传 {len(before)} 个文件，{sum(one.size_bytes for one in before):,} 字节",
        )
        rows = self.stage.at_desk(self.job).all("media")
        self.expect(
            "media records of the order",
            "工单的媒体记录",
            ["stored"] * len(rows),
            [one["state"] for one in rows],
        )
        hashes = {id: hashlib.sha256(path.read_bytes()).hexdigest() for id, path in self.photos.items()}
        self.expect(
            "photos with the SHA-256 of A's files",
            "SHA-256 与 A 手机上的文件一致",
            len(hashes),
            sum(one["sha256"] == hashes.get(one["id"]) for one in rows),
        )
        self.expect(
            "every photo carries its EXIF",
            "每张照片均带 EXIF",
            ["Mate 60"],
            sorted({exif_model(path) for path in self.photos.values()}),
        )
        self.expect("closing with everything there", "资料齐全后关单", "closed", self._close_order())

    # On site

    def _arrive(self) -> None:
        phone = self.stage.a()
        self.tell("A confirms the visit with one tap, travels, arrives", "A 一键确认上门，出发，到场")
        phone.do(visit.confirm(self._mine(), at=phone.now()))
        phone.do(visit.step(self._mine(), "travel", at=phone.now()))
        phone.do(visit.step(self._mine(), "arrive", at=phone.now()))
        phone.do([update(self._mine(), details_verified=visit.moment(phone.now()))])
        phone.do(visit.step(self._mine(), "start", at=phone.now()))

    def _diagnose(self) -> None:
        phone = self.stage.a()
        self.tell("A goes through the diagnosis checklist, with photos", "A 按诊断检查表逐项检查并拍照")
        self.answered = 0
        self._answer_all("refrigeration_diagnosis")
        phone.do([update(self._mine(), findings="冷凝风机不转", cause="冷凝风机轴承卡死", fault_code="F12")])

    def _offer(self) -> None:
        phone = self.stage.a()
        self.tell("A offers two options; the customer chooses", "A 提供两个方案，客户选择")
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
        self.tell("A builds in the last part from the van", "A 使用车上最后一件备件")
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
        self.expect(
            "the van's stock on A's screen, before any signal",
            "A 屏幕上的车存（尚无信号）",
            1,
            level.fields["balance"],
        )

    def _test_and_show(self) -> None:
        phone = self.stage.a()
        self.tell(
            "full test with one step waived, clean-up, demonstration", "完整测试（豁免一项）、清理、演示"
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
        self.tell("the customer sees the report and signs on the glass", "客户查看报告并在屏幕上签字")
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
        self.tell(
            f"a second fault: A opens order {self.provisional} on site",
            f"发现第二处故障：A 现场开单 {self.provisional}",
        )

    # Checklists

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

    # Afterwards

    def _check_signature(self, kept: Json) -> None:
        key = self.stage.a().key.public_jwk()
        self.expect(
            "faults in the signature, checked with A's public key",
            "用 A 的公钥验签发现的问题",
            [],
            signing.faults_of(kept, key),
        )
        other = self.stage.b().key.public_jwk()
        self.expect(
            "with another phone's key it does not verify",
            "用别的手机的公钥则不通过",
            1,
            len(signing.faults_of(kept, other)),
        )
        forged = {**kept, "document": kept["document"].replace("28000", "18000")}
        self.expect("a forged price is found", "改价可被发现", 1, len(signing.faults_of(forged, key)))

    def _check_second_order(self) -> None:
        opened = self.stage.at_desk(self.second).one("work_order", self.second.order)
        self.expect(
            "the second order has a number of its own",
            "第二张工单获得正式编号",
            True,
            opened["number"].startswith("SO-"),
        )
        self.expect(
            "the number on signed paper stays its alias",
            "签单上的临时编号仍可用",
            self.provisional,
            opened["provisional_number"],
        )
        hits = self.stage.desk("intake").get("search", q=self.provisional)["hits"]
        self.expect(
            "found by it in the search field",
            "可用其在搜索框查到",
            True,
            self.second.order in [one["id"] for one in hits],
        )

    def _close_order(self) -> str:
        form = self.stage.at_desk(self.job)
        body = {"outcome": "solved", "anything_else": "nothing"}
        try:
            self.stage.dispatcher().write("POST", f"work-orders/{self.job.order}/close", body, base=form.base)
        except DeskRefused as refused:
            return refused.code
        return str(self.stage.at_desk(self.job).one("work_order", self.job.order)["state"])

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
