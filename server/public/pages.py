"""The customer's pages: plain HTML in both languages, read on a telephone, without scripts, pictures or cookies."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from domain.free_slots import Span
from domain.instant import as_instant
from domain.messages.person import name_of
from domain.messages.times import span_in_words, time_in_words
from server.public.answer import Asked

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    ),
}
_STYLE = (
    "body{margin:0 auto;max-width:34rem;padding:1rem;font:1.05rem/1.6 system-ui,sans-serif;color:#1b1f24;"
    "background:#fff}h1{font-size:1.3rem}p[lang=en]{color:#4a5460;margin-top:-.6rem}"
    "button,label{display:block;width:100%;box-sizing:border-box;min-height:3rem;margin:.6rem 0;padding:.6rem;"
    "font:inherit;text-align:left;border:1px solid #8a94a0;border-radius:.5rem;background:#f4f6f8;color:inherit}"
    "button.yes{background:#0a6b3d;color:#fff;border-color:#0a6b3d}fieldset{border:0;padding:0;margin:1.2rem 0}"
    "button:focus-visible,input:focus-visible{outline:3px solid #1a66c9}"
    "@media(prefers-color-scheme:dark){body{color:#e6e8ea;background:#15181c}p[lang=en]{color:#a9b2bb}"
    "button,label{background:#232930}}"
)
_SAID = {
    "yes": ("您已确认上门时间：{time}。", "You have confirmed: {time}."),
    "another_time": (
        "您已要求另约时间，我们会与您联系。",
        "You have asked for another time; we will get in touch with you.",
    ),
    "call_me": (
        "您已要求我们致电，我们会尽快给您打电话。",
        "You have asked us to call; we will ring you soon.",
    ),
}
_CALL_US = ("如需更改，请致电我们。", "To change it, please call us.")
_NO_MORE = {
    "moved": (
        "上门时间已更改，此链接不再有效。我们会另行发送新的确认消息。",
        "The time of the visit has changed, and this link is no longer valid. You will get a new message.",
    ),
    "ended": (
        "本次上门已取消、已开始或已结束，无需再确认。",
        "This visit was cancelled, has begun or is over; there is nothing to confirm any more.",
    ),
    "expired": ("此链接已过期。请致电我们。", "This link has expired. Please call us."),
    "unknown": (
        "此链接无效。请检查是否完整复制了链接，或致电我们。",
        "This link is not valid. Please check that all of it was copied, or call us.",
    ),
    "unreadable": (
        "没有收到您的选择。请返回后重新选择。",
        "Your choice did not arrive. Please go back and choose again.",
    ),
}
_Both = tuple[str, str]


def question(asked: Asked, zone: str, slots: Sequence[Span], *, action: str) -> str:
    """The question with its three answers. `action` is where the form is posted to."""
    zh, en = _about(asked, zone)
    other = _other_times(slots, zone)
    form = (
        f'<form method="post" action="{escape(action)}">'
        '<button class="yes" name="answer" value="yes">可以，确认 <span lang="en">Yes, that suits me</span></button>'
        f"{other}"
        '<button name="answer" value="call_me">请给我打电话 <span lang="en">Please call me</span></button></form>'
    )
    heading = ("请确认上门时间", "Please confirm our visit")
    return _page(heading, _both((zh, en)) + form)


def answered(asked: Asked, zone: str) -> str:
    """What was answered."""
    answer = asked.visit.fields["customer_answer"]["answer"] if asked.visit is not None else "yes"
    said = _SAID[answer]
    about_at = asked.notification.fields["about_at"]
    filled = tuple(
        text.replace("{time}", time_in_words(about_at, zone, language))
        for text, language in zip(said, ("zh", "en"), strict=True)
    )
    return _page(("谢谢您的答复", "Thank you"), _both((filled[0], filled[1])) + _both(_CALL_US))


def no_more(why: str) -> str:
    """Why a link cannot be answered: `moved`, `ended`, `expired`, `unknown`, `unreadable`."""
    return _page(("无法确认", "This cannot be answered"), _both(_NO_MORE[why]))


def _about(asked: Asked, zone: str) -> _Both:
    number = (asked.order.fields.get("number") or "") if asked.order is not None else ""
    at = asked.notification.fields["about_at"]
    zh, en = (time_in_words(at, zone, language) for language in ("zh", "en"))
    name_zh, name_en = (name_of(asked.technician, language) for language in ("zh", "en"))
    return (
        f"工程师{name_zh}计划于{zh}上门（工单 {number}）。这个时间可以吗？",
        f"{name_en} plans to be with you on {en} (order {number}). Does that suit you?",
    )


def _other_times(slots: Sequence[Span], zone: str) -> str:
    choices = "".join(
        f'<label><input type="radio" name="slot" value="{as_instant(starts)}"> '
        f"{escape(span_in_words(as_instant(starts), as_instant(ends), zone, 'zh'))} "
        f'<span lang="en">{escape(span_in_words(as_instant(starts), as_instant(ends), zone, "en"))}</span></label>'
        for starts, ends in slots
    )
    legend = "" if not slots else '<legend>另选时间 <span lang="en">Another time</span></legend>'
    wish = "就选这个时间" if slots else "请另约时间"
    wish_en = "Choose this time" if slots else "Another time, please"
    return (
        f"<fieldset>{legend}{choices}"
        f'<button name="answer" value="another_time">{wish} <span lang="en">{wish_en}</span></button></fieldset>'
    )


def _both(text: _Both) -> str:
    return f'<p>{escape(text[0])}</p><p lang="en">{escape(text[1])}</p>'


def _page(heading: _Both, body: str) -> str:
    return (
        '<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(heading[0])} · {escape(heading[1])}</title><style>{_STYLE}</style></head><body>"
        f'<h1>{escape(heading[0])} <span lang="en">{escape(heading[1])}</span></h1>{body}</body></html>'
    )
