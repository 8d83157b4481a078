"""Case 5: the last part used twice, and the same serial number twice."""

from __future__ import annotations

from domain.commands import parts
from domain.commands.draft import create
from domain.identity import stock_level_id
from tests.story.cases.case import Case
from tests.story.last_part import LastPart
from tests.story.people import Handset
from tests.story.stage import Job


class LastPartTwice(Case):
    """Both facts stand, the balance goes negative, recount and replenishment follow; twins go to the inbox."""

    number = 5
    title = ("The last part used twice; one serial number twice", "最后一件备件被用两次；序列号重复")
    job: Job

    def prepare(self) -> None:
        """A and B on one job; one last piece in A's van."""
        self.job = self.stage.fault(self.stage.a(), "compressor seized", "压缩机卡死")
        self.stage.assign(self.job, self.stage.b(), job_role="helper")
        self.last = LastPart(self.stage, self.stage.a())
        self.last.bring_one()
        self.serial = f"PC-{self.stage.run}"

    def dark(self) -> None:
        """Both book the same piece; A also reads a serial number that another machine has."""
        self.tell("A and B both book the last piece in A's van", "A 与 B 都登记使用了 A 车上最后一件")
        self.moves = {one.user: self._use(one) for one in (self.stage.a(), self.stage.b())}
        phone = self.stage.a()
        twin = create(
            "asset",
            phone.new_id(),
            f"site/{self.job.site}",
            site=self.job.site,
            customer=self.stage.customer,
            equipment="RF",
            serial=self.job.serial,
        )
        phone.do([twin])

    def back(self) -> None:
        """Facts stand; a person counts."""
        form = self.stage.at_desk(self.job)
        users = {self.stage.name(one["moved_by"]) for one in form.all("stock_move")}
        self.expect("both uses stand", "两次使用均保留", {self.stage.name(one) for one in self.moves}, users)
        self.expect("balance in A's van", "A 车上的余量", -1, self.last.balance())
        level = stock_level_id(self.last.van, self.last.part)
        asked = [one["kind"] for one in self.last.form().where("inbox_item", state="open", record=level)]
        self.expect("the storekeeper is asked to", "请仓管", ["recount"], asked)
        self.expect(
            "one piece booked twice", "同一件登记两次", ["duplicate_serial"], self.stage.items(self.job)
        )
        site = self.stage.desk("intake").form(f"sites/{self.job.site}")
        twins = [one["kind"] for one in site.where("inbox_item", state="open")]
        self.expect("two machines with one serial number", "两台设备同一序列号", ["duplicate_serial"], twins)
        desk = self.stage.desk("storekeeper")
        waiting = [one["id"] for one in desk.get("inbox", role="storekeeper", limit=500)["items"]]
        self.expect(
            "in the storekeeper's inbox",
            "在仓管待办中",
            True,
            self.last.form().where("inbox_item", record=level)[0]["id"] in waiting,
        )
        count = {"location": self.last.van, "part": self.last.part, "counted": 0, "observed": -1}
        desk.write("POST", "stock/counts", count, base=self.last.form().base)
        self.expect("balance after the recount", "盘点后余量", 0, self.last.balance())
        left = [one["kind"] for one in self.last.form().where("inbox_item", state="open", record=level)]
        self.expect("recounts left", "待盘点", [], left)
        self.stage.settle_item("storekeeper", self.stage.at_desk(self.job), "duplicate_serial", "done")
        self.expect("left in the order's inbox", "工单待办剩余", [], self.stage.items(self.job))

    def _use(self, phone: Handset) -> str:
        move = phone.new_id()
        mine = phone.sees("visit", self.job.visits[phone.user])
        phone.do(
            parts.use_part(
                mine,
                move=move,
                part=self.last.part,
                quantity=1,
                from_location=self.last.van,
                serial=self.serial,
                at=phone.now(),
                by=phone.user,
            )
        )
        return move
