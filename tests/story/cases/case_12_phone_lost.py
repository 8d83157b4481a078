"""Case 12: a phone lost."""

from __future__ import annotations

import hashlib

import msgspec

from domain.commands import visit
from domain.commands.draft import create
from doorstep_client import Refused, Unreachable
from tests.story.cases.case import Case
from tests.story.people import Json
from tests.story.photo import take_photo
from tests.story.stage import Job


class PhoneLost(Case):
    """The last digest tells what is missing; a revoked phone may deposit its outbox, and receives nothing."""

    number = 12
    title = ("A phone lost", "手机丢失")
    job: Job

    def prepare(self) -> None:
        """A job of C."""
        self.phone = self.stage.phones["C"]
        self.job = self.stage.fault(self.phone, "freezer alarm", "冷冻柜报警")

    def dark(self) -> None:
        """C works; in the first seconds of signal one batch and the digest go, then the signal is gone."""
        phone = self.phone
        self.tell(
            "C works; a moment of signal takes three actions out, then C loses the phone",
            "C 作业；短暂信号只发出三项操作，随后手机丢失",
        )
        mine = phone.sees("visit", self.job.visit)
        media = phone.new_id()
        path = take_photo(self.stage.folder / f"{media}.jpg", "alarm panel", phone.now(), 640, 480)
        for event in ("travel", "arrive", "start"):
            phone.do(visit.step(mine, event, at=phone.now()))
        phone.do(
            [
                create(
                    "media",
                    media,
                    self.job.aggregate,
                    visit=mine.id,
                    kind="photo",
                    purpose="fault",
                    sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
                    size_bytes=path.stat().st_size,
                    content_type="image/jpeg",
                    captured_at=phone.now(),
                    origin="captured",
                    by=phone.user,
                )
            ]
        )
        phone.phone.attach(media, path, "original", "image/jpeg")
        phone.do(visit.step(mine, "finish", at=phone.now()))
        phone.signal.has_signal = phone.signal.goes_after_exchange = True
        try:
            phone.exchange()
        except Unreachable:
            pass
        self.unsent = [entry.operation.id for entry in phone.phone.outbox()]
        self.last_seq = phone.phone.outbox()[-1].operation.seq

    def office(self) -> None:
        """The desk knows what is missing, says so, and withdraws the phone."""
        listed = self._listed()
        self.digest = listed["outbox_digest"]
        self.expect(
            "actions that the desk knows to be missing",
            "办公室已知缺失的操作",
            len(self.unsent),
            listed["pending"],
        )
        self.expect("their digest, as on the phone", "其摘要与手机一致", _digest(self.unsent), self.digest)
        self.expect("photos that the desk knows to be missing", "办公室已知缺失的照片", 1, listed["uploads"])
        form = self.stage.at_desk(self.job)
        self.expect(
            "the visit, as far as heard",
            "目前所知的上门状态",
            "working",
            form.one("visit", self.job.visit)["exec_state"],
        )
        body = {"reason": "phone lost in a lift shaft"}
        dispatcher = self.stage.dispatcher()
        dispatcher.write("POST", f"visits/{self.job.visit}/evidence-missing", body, base=form.base)
        dispatcher.write("POST", f"devices/{listed['id']}/revoke")
        self.tell(
            "the dispatcher marks the evidence as missing and withdraws the phone",
            "调度标记证据缺失并停用该手机",
        )

    def town(self) -> None:
        """Somebody finds the phone and charges it."""
        phone = self.phone
        self.before = self.stage.at_desk(self.job)
        phone.signal.has_signal = True
        self.tell("somebody finds C's phone; it comes into signal", "有人捡到 C 的手机，恢复信号")
        self.expect("the found phone asks for its manifest", "该手机请求清单", "device_revoked", self._asks())
        self.expect("and to upload", "以及上传", "device_revoked", self._uploads())
        down = phone.signal.bytes_down
        phone.exchange()
        self.received = phone.signal.bytes_down - down
        told = msgspec.json.decode(phone.signal.last_reply)
        empty = {"protocol": 1, "schema": 0, "push": {"quarantined": self.last_seq}}
        told.pop("server_time")
        told.pop("epoch")
        self.expect(
            "it hears up to where its work was taken, and nothing else",
            "只得知已收存到哪一条",
            True,
            told == empty,
        )

    def back(self) -> None:
        """Its work lies in quarantine; nothing came out."""
        phone = self.phone
        states = [one.status for one in phone.results(self.unsent)]
        self.expect("its unsent work", "其未发送的工作", ["quarantined"] * len(self.unsent), states)
        self.expect(
            "records left on it",
            "机上剩余记录",
            [],
            [one for one in phone.phone.aggregates() if phone.phone.of(one, "visit")],
        )
        after = self.stage.at_desk(self.job)
        self.expect("changes of the order by it", "工单因此的变动", 0, after.ver - self.before.ver)
        mine = after.one("visit", self.job.visit)
        self.expect(
            "the visit says that evidence is missing",
            "上门注明证据缺失",
            "phone lost in a lift shaft",
            mine["evidence_missing"]["reason"],
        )
        self.expect(
            "all that it received in exchange is less than a kilobyte",
            "同步收到的数据不足 1 KB",
            True,
            self.received < 1024,
        )
        read = self.stage.dispatcher().get(f"quarantine/{self.phone.phone.identity.device}")
        self.expect(
            "the office reads in quarantine just what was missing",
            "办公室在隔离区读到的正是缺失的操作",
            self.unsent,
            [one["id"] for one in read["items"]],
        )
        self.expect(
            "the last thing that C did: the visit's end",
            "C 的最后一步：上门结束",
            [self.job.visit, "finish"],
            [read["items"][-1]["record"], read["items"][-1]["fields"]["exec_state"]["event"]],
        )
        ids = [one["id"] for one in read["items"]]
        self.expect(
            "by the digest that C's phone had told before",
            "与手机先前所报摘要一致",
            self.digest,
            _digest(ids),
        )
        held = read["deposit"]["outbox"]
        self.expect("actions still missing", "仍缺的操作", 0, held["missing"])
        self.expect("photos still missing", "仍缺的照片", 1, held["uploads"])
        listed = self._listed()
        self.expect("in the list of phones it is withdrawn", "手机列表中已停用", True, listed["revoked"])

    def _listed(self) -> Json:
        device = self.phone.phone.identity.device
        rows: list[Json] = self.stage.dispatcher().get("devices")["items"]
        return next(one for one in rows if one["id"] == device)

    def _asks(self) -> str:
        try:
            self.phone.phone.readiness()
        except Refused as refused:
            return refused.code
        return "answered"

    def _uploads(self) -> str:
        try:
            self.phone.phone.upload()
        except Refused as refused:
            return refused.code
        (one,) = self.phone.phone.uploads()
        return "device_revoked" if "device_revoked" in one.detail else f"{one.state} {one.detail}"


def _digest(ids: list[str]) -> str:
    return hashlib.sha256("".join(f"{id}\n" for id in ids).encode()).hexdigest()
