"""Case 6: address or phone changed on both sides."""

from __future__ import annotations

from domain.commands import visit
from domain.commands.draft import update
from tests.story.cases.case import Case
from tests.story.people import Form
from tests.story.stage import Job

FOUND = {"line": {"zh": "浦东新区张江路99号后门"}, "city": {"zh": "上海市"}}
OFFICE = {"line": {"zh": "浦东新区张江路95号"}, "city": {"zh": "上海市"}}
PHONE_FOUND, PHONE_OFFICE = "13911112222", "13933334444"


class BothCorrected(Case):
    """Today's visit uses the on-site correction; the master waits for approval; the old value is kept."""

    number = 6
    title = ("Address or phone changed on both sides", "两边都修改了地址或电话")
    job: Job

    def prepare(self) -> None:
        """A job of A."""
        self.job = self.stage.fault(self.stage.a(), "water dispenser dead", "饮水机不出水")

    def dark(self) -> None:
        """A finds the real door and the real number."""
        phone = self.stage.a()
        self.tell("A finds another address and another phone number", "A 现场发现地址和电话有误")
        mine = phone.sees("visit", self.job.visit)
        phone.do(visit.correct_on_site(mine, address=FOUND))
        phone.do([update(phone.sees("contact", self.job.contact), phone=PHONE_FOUND)])

    def office(self) -> None:
        """The office corrects both, too."""
        self.tell("intake corrects address and phone number, too", "客服也修改了地址和电话")
        intake = self.stage.desk("intake")
        intake.write("PATCH", f"sites/{self.job.site}", {"set": {"address": OFFICE}}, base=self._site().base)
        intake.write(
            "PATCH", f"contacts/{self.job.contact}", {"set": {"phone": PHONE_OFFICE}}, base=self._site().base
        )

    def back(self) -> None:
        """The visit goes by what was found; a person decides about the master."""
        mine = self.stage.at_desk(self.job).one("visit", self.job.visit)
        self.expect("the visit goes to", "本次上门地址", FOUND, mine["address_on_site"])
        form = self._site()
        self.expect("the master still says", "主数据地址", OFFICE, form.one("site", self.job.site)["address"])
        (change,) = form.all("master_change")
        self.expect("the correction", "更正", "waiting", change["state"])
        self.expect("the value before it is kept", "原值保留", OFFICE, change["was"])
        waiting = [one["id"] for one in self.stage.desk("intake").get("master-changes", limit=500)["items"]]
        self.expect("listed for approval", "列入待批准", True, change["id"] in waiting)
        (clash,) = form.where("conflict", record=self.job.contact)
        both = {clash["standing"]["value"], clash["losing"]["value"]}
        self.expect("both phone numbers are kept", "两个电话均保留", {PHONE_FOUND, PHONE_OFFICE}, both)
        self.expect("the clash is", "冲突状态", "open", clash["state"])
        self._resolve(form, change["id"])

    def _resolve(self, form: Form, change: str) -> None:
        intake = self.stage.desk("intake")
        intake.write("POST", f"master-changes/{change}/decision", {"approve": True}, base=form.base)
        (clash,) = self._site().where("conflict", record=self.job.contact)
        wanted = clash["losing"]["value"]
        self.stage.decide("dispatcher", self._site(), clash, "losing")
        phone = self.stage.a()
        phone.exchange()
        self.expect(
            "approved: the master's address, on A's phone",
            "批准后 A 手机上的主数据地址",
            FOUND,
            phone.fields("site", self.job.site)["address"],
        )
        self.expect(
            "decided: the phone number, on A's phone",
            "决定后 A 手机上的电话",
            wanted,
            phone.fields("contact", self.job.contact)["phone"],
        )

    def _site(self) -> Form:
        return self.stage.desk("intake").form(f"sites/{self.job.site}")
