"""Case 10: retry, double tap, replayed batch."""

from __future__ import annotations

import msgspec

from domain.commands import parts, visit
from domain.identity import stock_level_id
from sync.wire import SyncReply
from tests.story.cases.case import Case
from tests.story.stage import Job


class Repeated(Case):
    """One effect."""

    number = 10
    title = ("Retry, double tap, replayed batch", "重试、双击、重复批次")
    job: Job

    def prepare(self) -> None:
        """A job of A; the agent clicks twice."""
        key = f"story-{self.stage.run}"
        self.job = self.stage.job(("display dark", "显示屏不亮"), key=key)
        again = self.stage.desk("intake").last_again()
        same = again["repeated"] and f"work_order/{self.job.order}" in again["records"]
        self.expect("the agent's double click makes one order", "客服双击只生成一张工单", True, same)
        self.stage.assign(self.job, self.stage.a())
        self.van, self.part = self.stage.in_van(self.stage.a())

    def dark(self) -> None:
        """A taps twice with a glove, and uses a part."""
        phone = self.stage.a()
        self.tell("A taps “arrived” twice, and uses one part", "A 双击“到场”，并使用一件备件")
        self.before = phone.fields("stock_level", stock_level_id(self.van, self.part))["balance"]
        mine = phone.sees("visit", self.job.visit)
        self.taps = phone.do(
            [*visit.step(mine, "arrive", at=phone.now()), *visit.step(mine, "arrive", at=phone.now())]
        )
        phone.do(
            parts.use_part(
                mine,
                move=phone.new_id(),
                part=self.part,
                quantity=1,
                from_location=self.van,
                at=phone.now(),
                by=phone.user,
            )
        )

    def back(self) -> None:
        """The batch went out twice already, because its reply was lost; now its bytes go a third time."""
        phone = self.stage.a()
        results = phone.results(self.taps)
        self.expect("the two taps", "两次点击", ["applied", "applied"], [one.status for one in results])
        form = self.stage.at_desk(self.job)
        self.expect("the visit", "上门", "on_site", form.one("visit", self.job.visit)["exec_state"])
        self.expect("conflicts", "冲突", [], form.all("conflict"))
        self.expect(
            "uses of the part, after a lost reply", "应答丢失后备件使用次数", 1, len(form.all("stock_move"))
        )
        answer = phone.signal.repeat_batch()
        reply = msgspec.json.decode(answer.body, type=SyncReply)
        told = {one.id: one for one in reply.push.results} if reply.push else {}
        first = {one.id: one.status for one in phone.phone.receipts()}
        differing = [one.id for one in told.values() if first[one.id] != one.status]
        self.expect("results other than the first time", "与首次不同的结果", [], differing)
        again = self.stage.at_desk(self.job)
        self.expect("changes of the order by it", "工单因此的变动", 0, again.ver - form.ver)
        phone.exchange()
        level = phone.fields("stock_level", stock_level_id(self.van, self.part))["balance"]
        self.expect("pieces gone from the van", "车上减少的件数", 1, self.before - level)
