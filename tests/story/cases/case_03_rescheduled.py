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
    open_form: Job

    def prepare(self) -> None:
        """A job of A, and one of B."""
        self.job = self.stage.fault(self.stage.a(), "freezer ices up", "冷冻柜结冰")
        self.open_form = self.stage.fault(self.stage.b(), "freezer drips", "冷冻柜滴水")
        self.agreed, self.planned = self.stage.window(26), self.stage.window(50)

    def dark(self) -> None:
        """Customer and technician agree."""
        self.tell("two customers agree with A and B on tomorrow, on site", "两位客户分别与 A、B 现场约定明天")
        for phone, job in ((self.stage.a(), self.job), (self.stage.b(), self.open_form)):
            mine = phone.sees("visit", job.visit)
            slip = {"with_whom": "王店长", "evidence": "signed slip 17"}
            phone.do(visit.agree_on_site(mine, **self.agreed, at=phone.now(), **slip))

    def office(self) -> None:
        """The office moves it, not knowing."""
        self.tell("the dispatcher moves A's to the day after", "调度将 A 的改到后天")
        self._move(self.job, self.stage.at_desk(self.job).base)
        self.base = self.stage.at_desk(self.open_form).base

    def town(self) -> None:
        """B's agreement is in already; the dispatcher's form was opened before."""
        self.tell(
            "B's agreement arrives; a dispatcher whose form is older moves that job, too",
            "B 的约定已到；调度用较早打开的表单改期",
        )
        self._move(self.open_form, self.base)
        mine = self.stage.at_desk(self.open_form).one("visit", self.open_form.visit)
        self.expect("the time that stands for B's", "B 的有效时间", self.agreed, mine["appointment"])
        self.expect(
            "the dispatcher is alerted", "提醒调度", ["agreed_otherwise"], self.stage.items(self.open_form)
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

    def _move(self, job: Job, base: str) -> None:
        body = dict(self.planned)
        self.stage.dispatcher().write("POST", f"visits/{job.visit}/reschedule", body, base=base)
