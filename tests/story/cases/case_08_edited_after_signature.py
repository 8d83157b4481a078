"""Case 8: an office edit after the signature."""

from __future__ import annotations

from domain.commands import decide, visit
from domain.commands.draft import update
from tests.story import signing
from tests.story.cases.case import Case
from tests.story.people import DeskRefused
from tests.story.stage import Job

SIGNED, CORRECTED = "更换风机", "更换风机及电容"


class EditedAfterSignature(Case):
    """An amendment, and re-signing; the original stays."""

    number = 8
    title = ("An office edit after the signature", "签字后办公室修改")
    job: Job

    def prepare(self) -> None:
        """A job of B."""
        self.job = self.stage.fault(self.stage.b(), "fan noisy", "风机异响")

    def dark(self) -> None:
        """B repairs, the customer signs."""
        phone = self.stage.b()
        self.tell("B repairs and the customer signs", "B 完成维修，客户签字")
        mine = phone.sees("visit", self.job.visit)
        phone.do([*visit.step(mine, "start", at=phone.now()), update(mine, solution=SIGNED)])
        phone.do(visit.step(phone.sees("visit", self.job.visit), "finish", at=phone.now()))
        self.first = signing.sign_on_glass(phone, self.job, self.job.visit, "李厨师长", self.stage.folder)
        self.document = phone.fields("sign_off", self.first)["document"]

    def town(self) -> None:
        """The office asks for a change, B accepts it on the phone, the customer signs again."""
        phone, desk = self.stage.b(), self.stage.desk("supervisor")
        self.tell("the supervisor corrects what was signed", "主管修改已签内容")
        base = self.stage.at_desk(self.job).base
        body = {"set": {"solution": CORRECTED}}
        answer = desk.write("PATCH", f"visits/{self.job.visit}", body, base=base)
        self.expect(
            "the office's edit becomes", "办公室的修改成为", "requested", answer["results"][0]["reason"]
        )
        self.expect("tampering with the signed document", "篡改已签文件", "immutable", self._tamper())
        phone.exchange()
        self.expect(
            "what was signed, on B's phone",
            "B 手机上已签内容",
            SIGNED,
            phone.fields("visit", self.job.visit)["solution"],
        )
        (asked,) = [
            one for one in phone.phone.conflicts(self.job.aggregate) if one.fields["field"] == "solution"
        ]
        phone.do(decide.decide(phone.sees("conflict", asked.id), "losing"))
        phone.exchange()
        self.expect(
            "accepted by B on the phone",
            "B 在手机上接受",
            CORRECTED,
            phone.fields("visit", self.job.visit)["solution"],
        )
        form = self.stage.at_desk(self.job)
        amendments = [(one["was"], one["value"], one["state"]) for one in form.all("amendment")]
        self.expect("the amendment: was, is", "修订：原、现", [(SIGNED, CORRECTED, "proposed")], amendments)
        self.expect("the first signature", "首次签字", "amended", form.one("sign_off", self.first)["state"])
        self.expect("the inbox asks to", "待办要求", ["sign_again"], self.stage.items(self.job))

    def back(self) -> None:
        """Signed again; the original is still there, byte for byte."""
        phone = self.stage.b()
        self.tell("the customer signs the amendment", "客户签署修订")
        second = signing.sign_on_glass(
            phone, self.job, self.job.visit, "李厨师长", self.stage.folder, signs_again=self.first
        )
        phone.exchange()
        form = self.stage.at_desk(self.job)
        self.expect("the amendment", "修订", ["signed"], [one["state"] for one in form.all("amendment")])
        self.expect(
            "the first signature", "首次签字", "signed_again", form.one("sign_off", self.first)["state"]
        )
        self.expect(
            "the original document, byte for byte",
            "原文件逐字节不变",
            True,
            form.one("sign_off", self.first)["document"] == self.document,
        )
        self.expect(
            "the new one shows the correction",
            "新文件含更正",
            True,
            CORRECTED in form.one("sign_off", second)["document"],
        )
        key = phone.key.public_jwk()
        faults = [signing.faults_of(form.one("sign_off", one), key) for one in (self.first, second)]
        self.expect("faults in both signatures", "两次签字的验签问题", [[], []], faults)

    def _tamper(self) -> str:
        """Try to change the signed document through the one desk route that corrects a visit."""
        forged = {"set": {"sign_off": "forged"}}
        base = self.stage.at_desk(self.job).base
        try:
            self.stage.desk("supervisor").write("PATCH", f"visits/{self.job.visit}", forged, base=base)
        except DeskRefused:
            pass  # Refused before it could be kept aside; what stands is what counts.
        mine = self.stage.at_desk(self.job).one("visit", self.job.visit)
        return "immutable" if mine["sign_off"] == self.first else "forged"
