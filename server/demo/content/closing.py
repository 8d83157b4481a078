"""How a visit came about and how it ended: confirmation, pauses, sign-off, report, rating, complaint, follow-up."""

from __future__ import annotations

from random import Random

from server.demo.content.identity import stable_id
from server.demo.content.load import Content, Record
from server.demo.content.moments import DAY, day_of, midnight, minute_from, text
from server.demo.content.order import Place, offer_options, sign_off
from server.demo.content.repair import Repair, charge

STARS = ((5, 4, 3, 2, 1), (640, 270, 60, 18, 12)), ((5, 4, 3, 2, 1), (330, 360, 170, 90, 50))
PAUSES = {"waiting_customer": "等待客户腾出操作空间", "meal": "用餐", "fetch_part": "回车取配件"}
VERDICTS = (
    "按文章步骤逐项排查，先确认电气后查制冷",
    "更换判定部件后做全面测试并上传照片",
    "数据正常，判断为间歇性接触不良，重新压接端子",
)
RESOLUTIONS = (
    "主管上门致歉并免费复检",
    "补做清洁并延保三个月",
    "重新讲解费用明细，退还上门费",
    "更换技术员复修，问题解决",
)


class Closing:
    """Writes into the rows it is given and collects the small lists beside the orders."""

    def __init__(self, content: Content, random: Random, end: int) -> None:
        self.content, self.random, self.end = content, random, end
        self.experts = [row for row in content.staff if row["role"] == "expert"]
        self.supervisors = [row["login"] for row in content.staff if row["role"] == "supervisor"]
        self.rows: dict[str, list[Record]] = {
            "ratings": [],
            "complaints": [],
            "follow_ups": [],
            "expert_cases": [],
        }

    def lead_up(self, order: Record, visit: Record, earlier: list[Record]) -> None:
        """Assignment to confirmation; one visit in twenty-five is confirmed late, by the dispatcher."""
        fast, window = order["severity"] == "urgent", minute_from(visit["window_start"])
        known = minute_from(order["triaged_at"])
        if visit["sequence"] > 1:
            known = minute_from(earlier[-1]["returned_at"] or earlier[-1]["ends_at"]) + 10
        assigned = known + self.random.randint(1, 8 if fast else 20)
        acknowledged = assigned + self.random.randint(1, 12 if fast else 60)
        asked = max(window - 90, acknowledged + 1)
        on_time = self.random.random() >= 0.04 and asked < window - 60
        confirmed = (
            self.random.randint(asked + 1, window - 60)
            if on_time
            else max(asked, window - 60) + self.random.randint(3, 30)
        )
        visit.update(
            assigned_at=text(assigned),
            acknowledged_at=text(acknowledged),
            contacted_at=text(acknowledged + 3),
            asked_at=text(asked),
            confirmed_at=text(confirmed),
            confirmation="confirmed",
        )

    def maybe_pause(self, visit: Record, minutes: int) -> None:
        if minutes >= 60 and self.random.random() < 0.08:
            begin = minute_from(visit["started_at"]) + minutes // 3
            reason = self.random.choice(sorted(PAUSES))
            visit["pauses"].append(
                {
                    "from_at": text(begin),
                    "to_at": text(begin + self.random.randint(8, 18)),
                    "reason": reason,
                    "note": PAUSES[reason],
                }
            )

    def leave_incomplete(self, order: Record, visit: Record, reason: str) -> None:
        """The visit ends without a result; a hard case brings the expert's answer with it."""
        visit["exec_state"] = "no_access" if reason == "no_access" else "incomplete"
        visit["incomplete_reason"] = reason
        if reason == "no_access":
            visit.update(started_at=None, pauses=[])
        visit["done_at"] = visit["ends_at"]
        if reason == "needs_expert":
            self.expert_case(order, visit, minute_from(visit["ends_at"]) - 25)

    def expert_case(self, order: Record, visit: Record, requested: int) -> None:
        experts = [
            row
            for row in self.experts
            if any(order["article"].startswith(f"KB-{code}-") for code in row["equipment"])
        ]
        self.rows["expert_cases"].append(
            {
                "id": stable_id("expert_case", visit["id"]),
                "work_order": order["id"],
                "visit": visit["id"],
                "expert": self.random.choice(experts)["login"],
                "requested_at": text(requested),
                "answered_at": text(requested + self.random.randint(12, 95)),
                "verdict": self.random.choice(VERDICTS),
            }
        )

    def finish(
        self,
        order: Record,
        place: Place,
        visit: Record,
        repair: Repair | None,
        pieces: list[tuple[Record, int]],
    ) -> None:
        """Done, signed, reported (within the hour but for one in thirty), charged; the order is closed as solved."""
        done, day = minute_from(visit["ends_at"]), day_of(minute_from(visit["ends_at"]))
        visit.update(
            exec_state="done",
            work_done_at=text(done - 12),
            signed_at=text(done - 3),
            done_at=text(done),
            sign_off=sign_off(place, self.random),
        )
        if repair is not None:
            offer_options(self.content, place, visit, repair, self.random)
            visit["findings"] = f"{repair.cause['name']['zh']}。{repair.article['steps'][-1]}"
        late = self.random.random() < 0.033
        reported = done + (self.random.randint(65, 170) if late else self.random.randint(2, 45))
        closed = max(reported, done + 60)
        order.update(
            state="closed",
            outcome="solved",
            report_delivered_at=text(reported),
            closed_at=text(closed),
            charge=charge(self.content, place.asset, place.contract, pieces, order["kind"], day),
        )
        self._follow_up(order, place, done)

    def _follow_up(self, order: Record, place: Place, done: int) -> None:
        if order["kind"] != "fault" or not (order["severity"] == "urgent" or place.customer["tier"] == "vip"):
            return
        for day in (3, 7):
            called = midnight(day_of(done + day * DAY)) + self.random.randint(560, 1050)
            if called < self.end:
                self.rows["follow_ups"].append(
                    {
                        "id": stable_id("follow_up", order["id"], day),
                        "work_order": order["id"],
                        "day": day,
                        "called_at": text(called),
                        "by": order["agent"],
                        "solved": True,
                    }
                )

    def opinion(self, order: Record, place: Place, visit: Record, repeated: bool) -> Record | None:
        """Three customers in five answer; those who waited for a second visit are less kind."""
        at = minute_from(order["report_delivered_at"]) + self.random.randint(5, 1500)
        if self.random.random() > 0.6 or at >= self.end - 60:
            return None
        stars = self.random.choices(*STARS[repeated])[0]
        comments = self.content.name_pool["comments"][str(stars)]
        acted = at + (
            self.random.randint(8, 58) if self.random.random() < 0.93 else self.random.randint(62, 240)
        )
        rating = {
            "id": stable_id("rating", order["id"]),
            "work_order": order["id"],
            "visit": visit["id"],
            "stars": stars,
            "recommend": min(10, max(0, stars * 2 - self.random.choice((0, 0, 1, 2)))),
            "comment": self.random.choice(comments) if stars < 4 or self.random.random() < 0.4 else None,
            "at": text(at),
            "supervisor_acted_at": text(acted) if stars < 3 else None,
        }
        self.rows["ratings"].append(rating)
        return rating

    def complaint(self, order: Record, about: Record, opened: int) -> None:
        closed = minute_from(order["closed_at"])
        self.rows["complaints"].append(
            {
                "id": stable_id("complaint", order["id"]),
                "work_order": order["id"],
                "about_work_order": about["id"],
                "category": self.random.choice(("quality", "late", "attitude", "price")),
                "root_cause": self.random.choice(("person", "process", "tool")),
                "opened_at": text(opened),
                "answered_at": text(opened + self.random.randint(10, 340)),
                "closed_at": text(closed),
                "owner": self.random.choice(self.supervisors),
                "resolution": self.random.choice(RESOLUTIONS),
            }
        )
