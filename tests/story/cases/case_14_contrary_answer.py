"""Case 14: the technician's offline "confirmed" against the customer's "another time"."""

from __future__ import annotations

from tests.story.cases.case import Case


class ContraryAnswer(Case):
    """Both are kept; the customer's later word stands; technician and dispatcher are told."""

    number = 14
    title = ("“Confirmed” offline against the customer's “another time”", "离线“已确认”与客户“另约时间”相左")

    def office(self) -> None:
        """The customer answers while A's tap is still on A's phone; it is the order of the day's own visit."""
        self.job = self.visit_of_the_day.job
        self.wished = self.stage.window(5)
        self.tell("the customer of the day's visit answers: another time", "当天上门的客户答复：另约时间")
        body = {"answer": "another_time", "how": "message", "wished": self.wished}
        base = self.stage.at_desk(self.job).base
        self.stage.desk("intake").write("POST", f"visits/{self.job.visit}/customer-answer", body, base=base)
        known = self.stage.a().fields("visit", self.job.visit)["technician_confirmed"]["how"]
        self.expect("A's own tap, on A's phone alone so far", "A 的确认目前只在手机上", "tap", known)

    def back(self) -> None:
        """The customer's word stands, at the desk and on the phone."""
        mine = self.stage.at_desk(self.job).one("visit", self.job.visit)
        self.expect("the confirmation", "确认状态", "change_requested", mine["confirmation"])
        self.expect("A's tap is kept", "A 的确认保留", "tap", mine["technician_confirmed"]["how"])
        self.expect(
            "the customer's wish is kept", "客户的要求保留", self.wished, mine["customer_answer"]["wished"]
        )
        self.expect(
            "the dispatcher is told", "告知调度", ["customer_wants_change"], self.stage.items(self.job)
        )
        phone = self.stage.a()
        self.expect(
            "A is told on the phone",
            "A 在手机上得知",
            "change_requested",
            phone.fields("visit", self.job.visit)["confirmation"],
        )
