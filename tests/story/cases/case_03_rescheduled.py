"""Case 3: rescheduled, while another time was agreed on site."""

from __future__ import annotations

from domain.commands import visit
from tests.story.cases.case import Case
from tests.story.stage import Job


class Rescheduled(Case):
    """The latest time that the customer confirmed stands, and the dispatcher is alerted."""

    number = 3
    title = ("Rescheduled, while another time was agreed on site", "办公室改期与现场约定不一致")
    job: Job

    def prepare(self) -> None:
        """A job of A."""
        self.job = self.stage.fault(self.stage.a(), "freezer ices up", "冷冻柜结冰")
        self.agreed, self.planned = self.stage.window(26), self.stage.window(50)

    def dark(self) -> None:
        """Customer and technician agree."""
        phone = self.stage.a()
        self.tell("the customer agrees with A on tomorrow, on site", "客户与 A 现场约定明天")
        mine = phone.sees("visit", self.job.visit)
        phone.do(
            visit.agree_on_site(
                mine, **self.agreed, at=phone.now(), with_whom="王店长", evidence="signed slip 17"
            )
        )

    def office(self) -> None:
        """The office moves it, not knowing."""
        self.tell("the dispatcher moves it to the day after", "调度改到后天")
        base = self.stage.at_desk(self.job).base
        self.stage.dispatcher().write(
            "POST", f"visits/{self.job.visit}/reschedule", {**self.planned}, base=base
        )

    def back(self) -> None:
        """The customer's time stands, until the dispatcher reverses it."""
        form = self.stage.at_desk(self.job)
        mine = form.one("visit", self.job.visit)
        self.expect("the time that stands", "有效的时间", self.agreed, mine["appointment"])
        self.expect("its evidence", "其凭据", "signed slip 17", mine["agreed_on_site"]["evidence"])
        self.expect("what the office planned is kept", "办公室的计划仍保留", self.planned, mine["window"])
        self.expect("confirmation", "确认状态", "confirmed", mine["confirmation"])
        self.expect("the dispatcher is alerted", "提醒调度", ["agreed_otherwise"], self.stage.items(self.job))
        phone = self.stage.a()
        self.expect(
            "A's phone shows",
            "A 的手机显示",
            self.agreed,
            phone.fields("visit", self.job.visit)["appointment"],
        )
        self.stage.settle_item("dispatcher", form, "agreed_otherwise", "window")
        phone.exchange()
        self.expect(
            "one tap at the desk reverses it, on the phone too",
            "调度一键恢复，手机同步",
            [self.planned, "unasked"],
            [phone.fields("visit", self.job.visit)[name] for name in ("appointment", "confirmation")],
        )
