"""Case 4: two technicians on one job."""

from __future__ import annotations

import hashlib
from typing import Any

from domain.commands import parts, visit
from domain.commands.draft import create, update
from domain.identity import step_result_id
from tests.story import signing
from tests.story.cases.case import Case
from tests.story.people import Handset
from tests.story.photo import take_photo
from tests.story.stage import Job

CHECKLIST, STEP = "refrigeration_diagnosis", "condenser_state"


class TwoTechnicians(Case):
    """Each owns their visit; media and parts are united; differing answers are both shown, the lead decides."""

    number = 4
    title = ("Two technicians on one job", "两名技师同做一单")
    job: Job

    def prepare(self) -> None:
        """A leads, B helps."""
        pinned = [self.stage.checklists[CHECKLIST]]
        self.template = pinned[0]
        self.job = self.stage.fault(self.stage.a(), "cold store down", "冷库停机", checklists=pinned)
        self.stage.assign(self.job, self.stage.b(), checklists=pinned, job_role="helper")

    def dark(self) -> None:
        """Both look at the condenser, and see different things."""
        self.tell("A and B both judge the condenser, differently", "A 与 B 对冷凝器的判断不同")
        self._work(self.stage.a(), "dusty")
        self._work(self.stage.b(), "blocked")

    def back(self) -> None:
        """Both answers are there; the lead decides and signs."""
        lead, helper = self.stage.a(), self.stage.b()
        answers = {
            one.fields["visit"]: one.fields["answer"]
            for one in lead.phone.of(self.job.aggregate, "step_result")
        }
        self.expect(
            "both answers on A's phone",
            "A 手机上两个答案都在",
            ["blocked", "dusty"],
            sorted(answers.values()),
        )
        self.expect(
            "each on its author's visit", "各在本人的上门下", "dusty", answers[self.job.visits[lead.user]]
        )
        theirs = step_result_id(self.job.visits[helper.user], self.template, STEP)
        decided = {"add": [{"id": STEP, "step_result": theirs}]}
        lead.do([update(self._visit_of(lead), answers_decided=decided)])
        lead.do(visit.step(self._visit_of(lead), "finish", at=lead.now()))
        self.signature = signing.sign_on_glass(
            lead, self.job, self.job.visits[lead.user], "王店长", self.stage.folder
        )
        lead.exchange()
        form = self.stage.at_desk(self.job)
        mine = form.one("visit", self.job.visits[lead.user])
        answer_of = {one["id"]: one["answer"] for one in form.all("step_result")}
        decided_for = [answer_of[one["step_result"]] for one in mine["answers_decided"]]
        self.expect("the lead let B's answer stand", "主责采纳 B 的答案", ["blocked"], decided_for)
        self.expect("photos of the order, united", "工单照片合并", 2, len(form.where("media", kind="photo")))
        users = {self.stage.name(one["moved_by"]) for one in form.all("stock_move")}
        both = {self.stage.name(one.user) for one in (lead, helper)}
        self.expect("parts of the order, united, by", "工单用料合并，来自", both, users)
        self.expect(
            "roles",
            "分工",
            ["lead", "helper"],
            [form.one("visit", self.job.visits[one.user])["job_role"] for one in (lead, helper)],
        )
        self.expect(
            "the lead signed", "主责签字", [self.signature], [one["id"] for one in form.all("sign_off")]
        )
        self.expect("questions left", "遗留疑问", [], self.stage.items(self.job))
        helper.exchange()
        self.expect(
            "B sees the lead's decision",
            "B 看到主责的决定",
            True,
            bool(helper.fields("visit", mine["id"]).get("answers_decided")),
        )

    def _work(self, phone: Handset, seen: str) -> None:
        mine = self._visit_of(phone)
        phone.do([*visit.step(mine, "arrive", at=phone.now()), *visit.step(mine, "start", at=phone.now())])
        media = phone.new_id()
        path = take_photo(self.stage.folder / f"{media}.jpg", f"condenser {seen}", phone.now(), 640, 480)
        phone.do(
            [
                create(
                    "media",
                    media,
                    self.job.aggregate,
                    visit=mine.id,
                    kind="photo",
                    purpose="evidence",
                    sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
                    size_bytes=path.stat().st_size,
                    content_type="image/jpeg",
                    captured_at=phone.now(),
                    origin="captured",
                    by=phone.user,
                ),
                *visit.answer_step(
                    mine, template=self.template, step=STEP, answer=seen, at=phone.now(), media=[media]
                ),
            ]
        )
        phone.phone.attach(media, path, "original", "image/jpeg")
        van, part = self.stage.in_van(phone)
        phone.do(
            parts.use_part(
                mine,
                move=phone.new_id(),
                part=part,
                quantity=1,
                from_location=van,
                at=phone.now(),
                by=phone.user,
            )
        )

    def _visit_of(self, phone: Handset) -> Any:
        return phone.sees("visit", self.job.visits[phone.user])
