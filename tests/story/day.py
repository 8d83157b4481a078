"""The day itself: one visit from the tap that confirms it to the customer's signature, without signal."""

from __future__ import annotations

import hashlib
import time
from typing import ClassVar

from tests.story import signing
from tests.story.cases.case import Case
from tests.story.last_part import LastPart
from tests.story.on_site import CHECKLISTS, OnSite
from tests.story.people import DeskRefused, Json
from tests.story.photo import exif_model
from tests.story.stage import Job
from tests.story.transcript import DAY, Say

_LONGEST_LOOK_SECONDS = 60.0


class Visit(Case):
    """One visit of A's, tap by tap."""

    number: ClassVar[int] = DAY
    title: ClassVar[Say] = ("A whole visit without signal", "无信号完成一次完整上门")

    job: Job
    part: LastPart
    on_site: OnSite

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
        self.on_site = OnSite(self.stage, self.job, self.part)
        self.on_site.work()
        phone = self.stage.a()
        self.expect(
            "on A's own screen the visit is",
            "A 的屏幕上该上门",
            "done",
            phone.fields("visit", self.job.visit)["exec_state"],
        )
        self.expect(
            "of A's work sent so far",
            "A 已发送的操作",
            0,
            phone.authored - len(phone.phone.outbox()),
        )
        at_desk = self.stage.at_desk(self.job).one("visit", self.job.visit)
        self.expect(
            "the desk has heard of A's work",
            "办公室是否已知 A 的工作",
            False,
            at_desk["exec_state"] not in (None, "received"),
        )

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
        self.expect(
            "answers to checklist steps", "检查表答案数", self.on_site.answered, len(form.all("step_result"))
        )
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
        self._check_signature(form.one("sign_off", self.on_site.signature))
        self.expect(
            "the report", "报告", "handed_over", form.one("service_report", self.on_site.report)["state"]
        )
        self._check_second_order()

    def _looked_at(self) -> list[Json]:
        """The media of the order, as soon as the server has looked at all of them; or as they then are."""
        end = time.monotonic() + _LONGEST_LOOK_SECONDS
        while True:
            rows: list[Json] = self.stage.at_desk(self.job).all("media")
            if all(one["state"] != "stored" for one in rows) or time.monotonic() > end:
                return rows
            time.sleep(0.5)

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
        rows = self._looked_at()
        self.expect(
            "photos of the order, each looked at and found sound",
            "工单照片均已检查合格",
            ["verified"] * len(rows),
            [one["state"] for one in rows],
        )
        hashes = {
            id: hashlib.sha256(path.read_bytes()).hexdigest() for id, path in self.on_site.photos.items()
        }
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
            sorted({exif_model(path) for path in self.on_site.photos.values()}),
        )
        self.expect("closing with everything there", "资料齐全后关单", "closed", self._close_order())

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
        opened = self.stage.at_desk(self.on_site.second).one("work_order", self.on_site.second.order)
        self.expect(
            "the second order has a number of its own",
            "第二张工单获得正式编号",
            True,
            opened["number"].startswith("SO-"),
        )
        self.expect(
            "the number on signed paper stays its alias",
            "签单上的临时编号仍可用",
            self.on_site.provisional,
            opened["provisional_number"],
        )
        hits = self.stage.desk("intake").get("search", q=self.on_site.provisional)["items"]
        self.expect(
            "found by it in the search field",
            "可用其在搜索框查到",
            True,
            self.on_site.second.order in [one["id"] for one in hits],
        )

    def _close_order(self) -> str:
        form = self.stage.at_desk(self.job)
        body = {"outcome": "solved", "anything_else": "nothing"}
        try:
            self.stage.dispatcher().write("POST", f"work-orders/{self.job.order}/close", body, base=form.base)
        except DeskRefused as refused:
            return refused.code
        return str(self.stage.at_desk(self.job).one("work_order", self.job.order)["state"])
