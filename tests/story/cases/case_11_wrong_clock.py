"""Case 11: a wrong phone clock."""

from __future__ import annotations

from datetime import datetime

from domain.commands import visit
from domain.commands.draft import update
from doorstep_client import outbox
from tests.story.cases.case import Case
from tests.story.stage import Job

YEAR_MS = 365 * 86_400_000


class WrongClock(Case):
    """Both times are kept and flagged; never silently edited; order never depends on them."""

    number = 11
    title = ("A wrong phone clock", "手机时钟错误")
    job: Job

    def prepare(self) -> None:
        """A job of B."""
        self.job = self.stage.fault(self.stage.b(), "compressor cycles", "压缩机频繁启停")

    def dark(self) -> None:
        """B's clock is twelve years ahead for a while."""
        phone = self.stage.b()
        self.tell("B's phone believes that it is twelve years later", "B 的手机时钟快了十二年")
        phone.clock.wrong_by_ms = 12 * YEAR_MS
        self.wrong = phone.now()
        mine = phone.sees("visit", self.job.visit)
        self.operations = phone.do([*visit.confirm(mine, at=self.wrong), update(mine, cause="控制器故障")])
        phone.clock.wrong_by_ms = 0
        phone.do([update(phone.sees("visit", self.job.visit), cause="压力开关故障")])

    def office(self) -> None:
        """The customer writes meanwhile that another time is needed."""
        self.tell("the customer answers: another time", "客户答复：另约时间")
        body = {"answer": "another_time", "how": "message", "wished": self.stage.window(30)}
        base = self.stage.at_desk(self.job).base
        self.stage.desk("intake").write("POST", f"visits/{self.job.visit}/customer-answer", body, base=base)

    def town(self) -> None:
        """B's later time wins nothing."""
        mine = self.stage.at_desk(self.job).one("visit", self.job.visit)
        self.expect("the confirmation", "确认状态", "change_requested", mine["confirmation"])
        self.expect(
            "the time that the phone showed is kept",
            "手机显示的时间保留",
            self.wrong,
            mine["technician_confirmed"]["at"],
        )
        results = self.stage.b().results(self.operations)
        self.expect(
            "flagged on B's receipts",
            "B 的回执标注",
            [["clock_off"], ["clock_off"]],
            [list(one.flags) for one in results],
        )
        self.expect(
            "the last word stands, though its time is earlier",
            "后写的生效，尽管时间更早",
            "压力开关故障",
            mine["cause"],
        )
        sent = [
            one.operation.at
            for one in outbox.entries(self.stage.b().phone.store)
            if one.operation.id in self.operations
        ]
        self.expect(
            "the measured error of the clock travels with each action, in years",
            "每项操作都附带实测时钟误差（年）",
            [-12, -12],
            [round((one.offset_ms or 0) / YEAR_MS) for one in sent],
        )
        told = [
            one
            for one in self.stage.dispatcher().get(f"work-orders/{self.job.order}")["clock_off"]
            if one["record"] == self.job.visit
        ]
        self.expect(
            "of both the office reads the time that the phone showed",
            "办公室看到两项操作的手机时间",
            [one.wall for one in sent],
            [one["made_at_device"] for one in told],
        )
        self.expect(
            "and beside it the time of arrival, earlier by so many years",
            "以及收到的时间，早若干年",
            [12, 12],
            [_years(one["received_at"], one["made_at_device"]) for one in told],
        )

    def back(self) -> None:
        """Once the clock is right, work is no longer flagged."""
        phone = self.stage.b()
        done = phone.do([update(phone.sees("visit", self.job.visit), fault_code="F07")])
        phone.exchange()
        self.expect(
            "flags with the right clock",
            "时钟正确后的标注",
            [],
            [flag for one in phone.results(done) for flag in one.flags],
        )


def _years(earlier: str, later: str) -> int:
    between = datetime.fromisoformat(later) - datetime.fromisoformat(earlier)
    return round(between.total_seconds() * 1000 / YEAR_MS)
