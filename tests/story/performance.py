"""The whole story in its order: enrol, sync, check, go dark, work, meanwhile, return, exchange, look."""

from __future__ import annotations

import time
from collections.abc import Callable

from doorstep_client import Unreachable
from doorstep_client.exchange import Limits
from tests.story.cases import CASES, Case
from tests.story.day import Visit
from tests.story.departure import Departure
from tests.story.figures import tell_figures
from tests.story.people import Handset
from tests.story.stage import Stage
from tests.story.transcript import DAY

QUIET_SECONDS = 60.0
"""By then the server has looked at every photo and sent every message."""
QUIET_LOOKS = 16
FEW_OPERATIONS = Limits(push_operations=3)
"""Phone C sends little at a time, so that an exchange can break off between two of its batches."""


class Performance:
    """Plays everything; afterwards the transcript knows whether it held."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._say = stage.transcript
        self._say.open(DAY, Visit.title)
        for case in CASES:
            self._say.open(case.number, case.title)
        self._visit = Visit(stage)
        self._cases: list[Case] = [self._visit, *(case(stage) for case in CASES)]
        for one in self._cases:
            one.visit_of_the_day = self._visit

    def play(self) -> None:
        """From enrolment to the closing figures."""
        departure = Departure(self._stage, FEW_OPERATIONS)
        self._part(("enrolment and first exchange", "注册与首次同步"), departure.enrol)
        if self._say.is_playable(DAY):
            self._act(departure)
        self._say.table()
        tell_figures(self._stage)

    def _act(self, departure: Departure) -> None:
        self._part(("the office opens the day's work", "办公室安排当天工作"))
        self._each(lambda case: case.prepare())
        self._part(("ready for no signal?", "出发前检查"), departure.check)
        self._part(("no signal", "进入无信号区"), self._go_dark)
        self._each(lambda case: case.dark())
        self._part(("meanwhile, at the office", "与此同时，办公室"))
        self._each(lambda case: case.office())
        self._part(("phone B has signal again", "B 的手机恢复信号"), self._b_returns)
        self._each(lambda case: case.town())
        self._part(("phone A returns: one exchange", "A 返回：一次同步"), self._a_returns)
        self._each(lambda case: case.back())
        self._part(("photos", "照片上传"), self._visit.upload)
        self._part(("nothing was lost", "没有任何丢失"), self._nothing_lost)

    def _part(self, heading: tuple[str, str], play: Callable[[], None] | None = None) -> None:
        self._say.heading(heading)
        if play is not None and self._say.is_playable(DAY):
            with self._say.playing(DAY):
                play()

    def _each(self, play: Callable[[Case], None]) -> None:
        for case in self._cases:
            if self._say.is_playable(case.number):
                with self._say.playing(case.number):
                    play(case)

    def _go_dark(self) -> None:
        for phone in self._stage.phones.values():
            phone.signal.has_signal = False
        for label, phone in self._stage.phones.items():
            try:
                phone.exchange()
                heard = "an answer"
            except Unreachable:
                heard = "no signal"
            self._visit.expect(f"phone {label} hears", f"手机 {label}", "no signal", heard)

    def _b_returns(self) -> None:
        phone = self._stage.b()
        phone.signal.has_signal = True
        phone.exchange()
        self._visit.expect("unsent on phone B", "B 手机未发送", 0, phone.phone.freshness().unsent)

    def _a_returns(self) -> None:
        phone = self._stage.a()
        waiting = len(phone.phone.outbox())
        phone.signal.has_signal = True
        phone.signal.loses_next_reply = True
        try:
            phone.exchange()
        except Unreachable:
            self._visit.tell(
                f"{waiting} actions go out; the reply is lost on its way back",
                f"{waiting} 项操作已发出，应答在途中丢失",
            )
        self._visit.expect(
            "actions without an answer on A's phone",
            "A 手机上无应答的操作",
            waiting,
            phone.phone.freshness().unsent,
        )
        before = phone.signal.exchanges
        taken = phone.exchange()
        self._visit.expect("answered by the next exchange", "再次同步得到的应答", waiting, taken.results)
        self._visit.expect("round trips for that", "所用往返次数", True, phone.signal.exchanges - before <= 2)
        self._visit.expect("faults that the phone found", "手机发现的异常", [], taken.faults)
        self._visit.expect(
            "of A's work refused or parked", "A 的操作被拒或暂存", 0, phone.phone.freshness().parked
        )

    def _until_quiet(self, phone: Handset) -> None:
        """The server looks at photos and sends messages after they have come; then nothing moves any more."""
        deadline, quiet_looks = time.monotonic() + QUIET_SECONDS, 0
        while quiet_looks < QUIET_LOOKS and time.monotonic() < deadline:
            phone.exchange()
            quiet_looks = quiet_looks + 1 if self._is_quiet(phone) else 0
            if quiet_looks < QUIET_LOOKS:
                time.sleep(0.5)

    def _is_quiet(self, phone: Handset) -> bool:
        """Every file that has come was looked at, and the phone sees what the desk sees."""
        homes = [job.aggregate for job in self._stage.jobs if phone.holds(job.aggregate)]
        files = [one for home in homes for one in phone.phone.of(home, "media")]
        return all(one.fields["state"] != "stored" for one in files) and not self._stage.compare(phone)[1]

    def _nothing_lost(self) -> None:
        """Quiet and connected: every action has an answer, and every screen equals the server."""
        for label in ("A", "B"):
            phone = self._stage.phones[label]
            phone.exchange()
            phone.phone.upload()
            self._until_quiet(phone)
            orders, other = self._stage.compare(phone)
            self._each_has_an_answer(label, phone)
            self._visit.expect(
                f"of {orders} orders, records on phone {label} other than at the desk",
                f"{orders} 张工单中手机 {label} 与办公室不同的记录",
                [],
                other,
            )
        devices = {one.phone.identity.device for one in self._stage.phones.values()}
        parked = self._stage.dispatcher().get("parked")["items"]
        self._visit.expect(
            "parked work of these phones at the desk",
            "办公室处这些手机的暂存操作",
            [],
            [one["reason"] for one in parked if one["device"] in devices],
        )

    def _each_has_an_answer(self, label: str, phone: Handset) -> None:
        receipts = phone.phone.receipts()
        self._visit.expect(
            f"actions on phone {label} with an answer",
            f"手机 {label} 有应答的操作",
            phone.authored,
            sum(one.status not in ("pending", "quarantined") for one in receipts),
        )
        self._visit.expect(
            f"phone {label} against the counted manifest",
            f"手机 {label} 对照清单",
            "green",
            self._stage.light(phone),
        )
