"""Values in the words of a service manager: codes, yes and no, times, lists."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
"""Of all sites in the story; their times are shown in it."""

CODES: dict[str, tuple[str, str]] = {
    # states of a visit and of an order
    "received": ("received", "已接收"),
    "accepted": ("accepted", "已接单"),
    "traveling": ("on the way", "路上"),
    "on_site": ("on site", "已到场"),
    "working": ("working", "作业中"),
    "work_done": ("work done", "作业完成"),
    "signed_off": ("signed off", "已签字"),
    "done": ("done", "已完成"),
    "dispatched": ("dispatched", "已派出"),
    "withdrawn": ("withdrawn", "已撤回"),
    "cancelled": ("cancelled", "已取消"),
    "scheduled": ("scheduled", "已排期"),
    "in_progress": ("in progress", "进行中"),
    "closed": ("closed", "已关闭"),
    "triaged": ("triaged", "已分诊"),
    # confirmation
    "confirmed": ("confirmed", "已确认"),
    "change_requested": ("the customer asks for another time", "客户要求改期"),
    "unasked": ("not asked yet", "尚未询问"),
    "another_time": ("another time", "另约时间"),
    "tap": ("one tap", "一键确认"),
    # what became of an operation
    "applied": ("applied", "已生效"),
    "merged": ("merged", "已合并"),
    "conflict": ("two words, kept for a decision", "意见不一，待定"),
    "parked": ("parked", "已暂存"),
    "pending": ("not sent", "未发送"),
    "quarantined": ("in quarantine", "已隔离存放"),
    "requested": ("a request to the owner", "已作为申请提交"),
    "later_stands": ("the later one stands", "后提交者生效"),
    "deleted_meanwhile": ("deleted meanwhile, back for review", "已删除，恢复待审"),
    "immutable": ("cannot be changed any more", "不可更改"),
    "not_allowed": ("nobody writes this by hand", "不能手工填写"),
    "owner_stands": ("the owner's word stands", "以负责人为准"),
    "after_cancellation": ("done after cancellation", "取消后完成"),
    "after_signature": ("after the signature", "签字之后"),
    "clock_off": ("phone clock wrong", "手机时钟有误"),
    # the inbox
    "bill_after_cancellation": ("decide on billing", "决定是否收费"),
    "agreed_otherwise": ("another time was agreed on site", "现场另约了时间"),
    "customer_wants_change": ("the customer wants another time", "客户要求改期"),
    "recount": ("recount", "盘点"),
    "duplicate_serial": ("the same serial number twice", "序列号重复"),
    "sign_again": ("sign again", "重新签字"),
    "urgent_call_back": ("urgent call-back", "紧急回访"),
    "two_on_one_job": ("two technicians on one job", "两人同到一单"),
    "open": ("open", "待处理"),
    "settled": ("settled by the rules", "按规则已定"),
    "decided": ("decided", "已决定"),
    "bill_travel": ("bill the travel", "收取上门费"),
    # masters, documents, media, cases
    "waiting": ("waits for approval", "等待批准"),
    "approved": ("approved", "已批准"),
    "standing": ("stands", "有效"),
    "amended": ("amended", "已修订"),
    "signed_again": ("signed again", "已重新签字"),
    "proposed": ("waits for the customer", "等待客户"),
    "signed": ("signed", "已签字"),
    "stored": ("stored", "已存储"),
    "captured": ("taken", "已拍摄"),
    "answered": ("answered", "已答复"),
    "handed_over": ("handed over", "已当面交付"),
    "device_revoked": ("refused: the phone is withdrawn", "拒绝：手机已停用"),
    "unlocked": ("unlocked", "开放"),
    "solved": ("solved", "已解决"),
    "not_ready_to_close": ("refused: something is missing", "拒绝：资料不全"),
    "no signal": ("no signal", "无信号"),
    "green": ("green", "绿灯"),
    "red": ("red", "红灯"),
}

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_LONG_HEX = re.compile(r"[0-9a-f]{64}")
_NOTHING = ("nothing", "无")


def in_words(value: Any, language: str) -> str:
    """A value as people say it."""
    place = 0 if language == "en" else 1
    match value:
        case _ if value in (None, "", [], (), {}):
            return _NOTHING[place]
        case bool():
            return (("no", "否"), ("yes", "是"))[value][place]
        case str():
            return CODES[value][place] if value in CODES else _text(value)
        case {"zh": _} | {"en": _}:
            return str(value.get(language) or next(iter(value.values())))
        case {"line": line}:
            return in_words(line, language)
        case {"starts_at": start, "ends_at": end}:
            return f"{_text(start)} – {_text(end)}"
        case dict():
            return ", ".join(
                f"{in_words(key, language)}: {in_words(one, language)}" for key, one in value.items()
            )
        case set() | frozenset():
            return in_words(sorted(value), language)
        case list() | tuple():
            return (", " if language == "en" else "、").join(in_words(one, language) for one in value)
        case _:
            return str(value)


def _text(text: str) -> str:
    shortened = _LONG_HEX.sub(lambda found: found[0][:12] + "…", text)
    return _INSTANT.sub(lambda found: _on_site(found[0]), shortened)


def _on_site(instant: str) -> str:
    """A moment as the clock at the site shows it; seconds only where there are some."""
    moment = datetime.fromisoformat(instant).astimezone(ZONE)
    return moment.strftime("%Y-%m-%d %H:%M:%S" if moment.second else "%Y-%m-%d %H:%M")
