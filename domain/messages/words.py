"""The words of every kind in both languages, where the office has not written its own; and the office's."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from domain.messages.kinds import ASK, CONFIRMED, DONE, ON_THE_WAY, REMIND
from sync.record import Record

LANGUAGES = ("zh", "en")


class Words(msgspec.Struct, frozen=True):
    """A subject and a text, with names in braces."""

    subject: str
    body: str


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """What one kind of message says in one language, and what a provider of text messages calls it."""

    words: Words
    sms_template: str = ""


BUILT_IN: dict[tuple[str, str], Words] = {
    (ASK, "zh"): Words(
        "请确认上门时间：{time}",
        "{contact}您好，工程师{technician}计划于{time}上门（工单 {order}）。请点击链接确认，或另选时间：{link}",
    ),
    (ASK, "en"): Words(
        "Please confirm our visit: {time}",
        "Hello {contact}, {technician} plans to be with you on {time} (order {order}). "
        "Please confirm, or choose another time: {link}",
    ),
    (REMIND, "zh"): Words(
        "还请确认上门时间：{time}",
        "{contact}您好，我们还没有收到您对上门时间（{time}，工单 {order}）的确认。请点击：{link}",
    ),
    (REMIND, "en"): Words(
        "Still to be confirmed: our visit, {time}",
        "Hello {contact}, we have not heard yet whether {time} suits you (order {order}). Please answer: {link}",
    ),
    (CONFIRMED, "zh"): Words(
        "上门时间已确认：{time}",
        "{contact}您好，工程师{technician}将于{time}上门，时间已确认（工单 {order}）。",
    ),
    (CONFIRMED, "en"): Words(
        "Confirmed: our visit, {time}",
        "Hello {contact}, it is confirmed that {technician} comes on {time} (order {order}).",
    ),
    (ON_THE_WAY, "zh"): Words(
        "工程师已出发", "{contact}您好，工程师{technician}已出发，预约时间为{time}（工单 {order}）。"
    ),
    (ON_THE_WAY, "en"): Words(
        "Your technician is on the way",
        "Hello {contact}, {technician} is on the way to you; the agreed time is {time} (order {order}).",
    ),
    (DONE, "zh"): Words(
        "服务已完成", "{contact}您好，工程师{technician}已完成本次服务（工单 {order}）。感谢您的信任。"
    ),
    (DONE, "en"): Words(
        "The work is done",
        "Hello {contact}, {technician} has finished the work (order {order}). Thank you for your trust.",
    ),
}


def template(kind: str, language: str, written: Iterable[Record]) -> Template:
    """What is said: the office's own words (of several records for one kind, those written last), else the built-in.

    Subject and text are taken each for itself, so that half a template is enough.
    """
    own = max(
        (one for one in written if not one.deleted and one.fields["kind"] == kind),
        key=lambda one: (one.ver, one.id),
        default=None,
    )
    built_in = BUILT_IN[kind, language]
    if own is None:
        return Template(words=built_in)
    said = {
        name: (own.fields.get(name) or {}).get(language) or "" for name in ("subject", "body", "sms_template")
    }
    words = Words(said["subject"] or built_in.subject, said["body"] or built_in.body)
    return Template(words=words, sms_template=said["sms_template"])
