"""What is wrong with a value: a code, the field's name, what would be taken; a sentence for it in both languages.

A fault travels as one line of text, such as `window.starts_at: not_instant` or `tier: not_one_of(vip, standard)`,
because that is what results, logs and exceptions hold; `read` makes a fault of it again.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import msgspec

_LONGEST_NAME = 120
"""So much of a name that somebody made up is repeated to them."""


class _Kind(NamedTuple):
    en: str
    zh: str
    takes: str = ""
    """Name of the one parameter, which stands in the sentences in braces."""


FAULTS: dict[str, _Kind] = {
    "needed": _Kind("is needed", "为必填项"),
    "empty": _Kind("must not be empty", "不能为空"),
    "only_blanks": _Kind("must hold more than blanks", "不能只有空格"),
    "too_common": _Kind("is among those that everybody tries first", "太常见，容易被猜中"),
    "unknown": _Kind("is not known here", "不是已知的名称"),
    "unknown_name": _Kind(
        "is not known here; known are {allowed}", "不是已知的名称，可用的有：{allowed}", "allowed"
    ),
    "given_twice": _Kind("is given more than once; give it once", "重复给出，只能给出一次"),
    "unknown_member": _Kind("has no member {name}", "中没有名为 {name} 的成员", "name"),
    "unknown_record": _Kind("names a record that does not exist", "所指的记录不存在"),
    "not_text": _Kind("must be a text", "必须是文本"),
    "not_integer": _Kind("must be an integer", "必须是整数"),
    "not_number": _Kind("must be a number", "必须是数字"),
    "not_boolean": _Kind("must be true or false", "必须是布尔值（是或否）"),
    "not_list": _Kind("must be a list", "必须是列表"),
    "not_object": _Kind("must be an object", "必须是对象"),
    "not_instant": _Kind(
        "must be an instant in UTC, such as 2026-01-31T08:30:00Z",
        "必须是 UTC 时刻，例如 2026-01-31T08:30:00Z",
    ),
    "not_date": _Kind("must be a date, such as 2026-01-31", "必须是日期，例如 2026-01-31"),
    "not_zone": _Kind(
        "must be an IANA time zone, such as Asia/Shanghai", "必须是 IANA 时区，例如 “Asia/Shanghai”"
    ),
    "not_one_of": _Kind("must be one of {allowed}", "必须是以下之一：{allowed}", "allowed"),
    "not_reference": _Kind("must be the id of a {entity}", "必须是一条 {entity} 记录的编号", "entity"),
    "not_identifier": _Kind(
        "must have 1 to 64 letters, digits, and _ . : - characters",
        "须为 1 至 64 个字母、数字或 _ . : - 字符",
    ),
    "not_bilingual": _Kind("must hold a text for zh, en or both", "须含 zh、en 之一或两者的文本"),
    "not_base64url": _Kind("must be base64url without padding", "必须是不带填充的 base64url 文本"),
    "not_from_here": _Kind("is not one that this list gave", "不是本列表给出的位置"),
    "not_aggregate": _Kind(
        "must name an aggregate, such as work_order/0199", "必须是聚合的名称，例如 “work_order/0199”"
    ),
    "not_sha256": _Kind("must have 64 lower-case hexadecimal digits", "须为 64 位小写十六进制数字"),
    "not_base64": _Kind("must be base64 of the right length", "必须是长度正确的 base64 文本"),
    "not_printable": _Kind("must hold printable characters alone", "只能含有可显示的字符"),
    "not_media_type": _Kind("must be a media type, such as image/jpeg", "必须是媒体类型，例如 “image/jpeg”"),
    "not_whole_number": _Kind("must be a whole number, not below 0", "必须是不小于 0 的整数"),
    "not_unique": _Kind(
        "must be a name that is unique, ASCII and not empty", "必须是唯一、非空的 ASCII 名称"
    ),
    "needed_or": _Kind("is needed where {name} is not given", "与 {name} 须填其一", "name"),
    "same_as": _Kind("must differ from {name}", "不能与 {name} 相同", "name"),
    "not_offered": _Kind("is not offered here", "在此不可用"),
    "wrong_form": _Kind("does not have the expected form", "格式不符"),
    "too_far": _Kind("is too far away", "距今过远"),
    "too_long": _Kind("has more than {limit} characters", "超过 {limit} 个字符", "limit"),
    "too_short": _Kind("has fewer than {limit} characters", "少于 {limit} 个字符", "limit"),
    "too_many_bytes": _Kind("has more than {limit} bytes", "超过 {limit} 字节", "limit"),
    "too_many": _Kind("has more than {limit} items", "超过 {limit} 项", "limit"),
    "too_few": _Kind("has fewer than {limit} items", "少于 {limit} 项", "limit"),
    "too_small": _Kind("must be at least {limit}", "不能小于 {limit}", "limit"),
    "too_great": _Kind("must be at most {limit}", "不能大于 {limit}", "limit"),
    "too_deep": _Kind("is nested deeper than {limit} levels", "嵌套超过 {limit} 层", "limit"),
    "out_of_range": _Kind("must lie between -(2^53-1) and 2^53-1", "必须在 -(2^53-1) 与 2^53-1 之间"),
    "not_whole": _Kind(
        "must be an integer (send the smaller unit: fen, seconds, microdegrees)",
        "必须是整数（请使用更小的单位：分、秒、微度）",
    ),
    "name_not_ascii": _Kind("has a member whose name is not ASCII", "含有名称不是 ASCII 的成员"),
    "not_json": _Kind("cannot be said in JSON", "无法用 JSON 表示"),
    "half_character": _Kind("holds half a character", "含有不完整的字符"),
    "control_character": _Kind(
        "must not hold control characters other than line feed and tab",
        "不能含有控制字符（换行与制表符除外）",
    ),
    "no_edit": _Kind("must be an object with {allowed}", "必须是含 {allowed} 的对象", "allowed"),
    "no_lists": _Kind("must hold lists under {allowed}", "的 {allowed} 必须是列表", "allowed"),
    "no_count": _Kind(
        'must be {{"inc": n}} or {{"recount": n, "observed": n}}',
        "必须是 “inc”，或 “recount” 与 “observed” 的整数",
    ),
    "no_text_edit": _Kind(
        'must be a text or {{"text": …, "base": …}}', "必须是文本，或含 “text” 与 “base” 的对象"
    ),
    "no_event": _Kind('must be {{"event": …}}', "必须是含 “event” 的对象"),
    "unknown_event": _Kind("has no event {name}", "没有名为 {name} 的事件", "name"),
    "unknown_state": _Kind("has no state {name}", "没有名为 {name} 的状态", "name"),
    "element_not_text": _Kind("must hold texts alone", "的每一项都必须是文本"),
    "entry_without_id": _Kind("needs an id of its own in each entry", "的每一条都须有各自的编号"),
    "does_not_fit": _Kind("does not fit", "不符合要求"),
}
"""Code → sentences about the field, and what stands in them. Codes retire, never return."""

_LINE = re.compile(r"(?P<field>.*?): (?P<code>[a-z_]+[a-z0-9_]*)(?:\((?P<about>.*)\))?", re.DOTALL)


class Fault(msgspec.Struct, frozen=True):
    """One fault. `field` is a name with the way to it, such as `window.starts_at` or `parts[2].code`."""

    code: str
    field: str = ""
    about: str = ""
    """What the code takes: a number, a name, or the allowed values with commas."""

    def __str__(self) -> str:
        return f"{self.field}: {self.code}" + (f"({self.about})" if self.about else "")

    def at(self, field: str) -> Fault:
        """The same fault of another field."""
        return msgspec.structs.replace(self, field=field)

    def sentence(self, language: str) -> str:
        """What is wrong, for a person, in `zh` or `en`."""
        if language.startswith("zh"):
            return f"{quoted(self.field) if self.field else '该值'}{self.phrase(language)}。"
        return f"{self.field or 'The value'} {self.phrase(language)}."

    def phrase(self, language: str) -> str:
        """The sentence without the field."""
        kind = FAULTS[self.code]
        is_chinese = language.startswith("zh")
        template = kind.zh if is_chinese else kind.en
        if not kind.takes:
            return template.replace("{{", "{").replace("}}", "}")
        about = self.about
        if is_chinese and kind.takes != "limit":
            about = "、".join(quoted(one) for one in about.split(", "))
        return template.format_map({kind.takes: about})

    def members(self) -> dict[str, Any]:
        """For a program: `fault`, and what the code takes under its name."""
        takes = FAULTS[self.code].takes
        if takes == "limit":
            return {"fault": self.code, takes: int(self.about)}
        if takes == "allowed":
            return {"fault": self.code, takes: self.about.split(", ")}
        return {"fault": self.code, takes: self.about} if takes else {"fault": self.code}


def line(code: str, field: str, about: object = "") -> str:
    """The text of a fault."""
    text = str(about)
    return str(Fault(code, field, named(text) if FAULTS[code].takes == "name" else text))


def named(name: str) -> str:
    """A name as a fault repeats it: on one line, and not longer than names are."""
    return " ".join(name.split())[:_LONGEST_NAME]


def read(text: str) -> Fault | None:
    """The fault that a text tells; None when it tells none."""
    found = _LINE.fullmatch(text)
    if found is None or found["code"] not in FAULTS:
        return None
    about = found["about"] or ""
    kind = FAULTS[found["code"]]
    if bool(kind.takes) != bool(about) or (kind.takes == "limit" and not about.lstrip("-").isdecimal()):
        return None
    return Fault(found["code"], found["field"], about)


def quoted(name: str) -> str:
    """A name of ours inside a Chinese sentence."""
    return f"“{name}”"
