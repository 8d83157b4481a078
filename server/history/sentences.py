"""The sentences of a history, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server.history.entry import Person
from server.history.told import Names, changed
from sync.reasons import sentence
from sync.schema import Field

_DID = {
    "create": ("made", "新建了"),
    "update": ("changed", "更改了"),
    "delete": ("deleted", "删除了"),
}
_OUTCOMES = {
    "applied": ("", ""),
    "merged": ("; a rule settled what did not fit", "；不一致之处已按规则处理"),
    "conflict": ("; a person decides what did not fit", "；不一致之处须由人裁定"),
}
_ERASED = (
    "Erased: that something was changed here is kept, what it was is not.",
    "已清除：仅保留此处曾有更改的事实，内容不再保留。",
)
_SPOILT = (
    "The content of this entry cannot be read: it is not what was written.",
    "本条内容无法读取，与当初写入的不一致。",
)
_GIVEN = ("given: ", "所填：")


def entry_sentence(
    by: Person, action: str, thing: str, called: str, spoken: str, *, is_consequence: bool, outcome: str
) -> str:
    """`Tao Lin (dispatcher) changed visit 0199….`"""
    zh = spoken == "zh"
    did, tail = _DID[action][zh], _OUTCOMES[outcome][zh]
    if is_consequence:
        return (
            f"由此，系统{did}{thing}“{called}”{tail}。"
            if zh
            else f"The system then {did} {thing} {called}{tail}."
        )
    if by.role == "system":
        who = by.name if zh else by.name[:1].upper() + by.name[1:]
    else:
        who = f"{by.name}（{by.role_name}）" if zh else f"{by.name} ({by.role_name})"
    return f"{who}{did}{thing}“{called}”{tail}。" if zh else f"{who} {did} {thing} {called}{tail}."


def no_content_sentence(erased: bool, spoken: str) -> str:
    """For an entry whose content was erased, or else spoilt."""
    return (_ERASED if erased else _SPOILT)[spoken == "zh"]


def verdict_sentence(entries: int, broken: Sequence[int], spoken: str) -> str:
    """Whether a chain holds."""
    zh = spoken == "zh"
    if not broken:
        return (
            f"记录链共 {entries} 条，逐条核验无误。"
            if zh
            else f"The chain holds: {entries} entries, link by link."
        )
    places = ("、" if zh else ", ").join(map(str, broken))
    return f"记录链在第 {places} 条处不符。" if zh else f"The chain does not hold at entry {places}."


def field_sentence(
    name: str,
    declared: Field | None,
    before: Any,
    after: Any,
    spoken: str,
    names: Names,
    *,
    given: Any,
    outcome: str,
    reason: str,
) -> str:
    """Name and values; what was given, where that is not what stands; and why."""
    zh = spoken == "zh"
    said = changed(name, declared, before, after, spoken, names)
    if given != after and outcome in ("conflict", "refused", "superseded") and not isinstance(given, dict):
        told = changed(name, declared, given, given, spoken, names)
        value = told.partition("：" if zh else ": ")[2]
        said = f"{said}（{_GIVEN[1]}{value}）" if zh else f"{said} ({_GIVEN[0]}{value})"
    said = said.rstrip("。.")
    if not reason:
        return said + ("。" if zh else ".")
    told = sentence(reason, spoken)
    return f"{said}。告知操作人：“{told}”" if zh else f'{said}. The author was told: "{told}"'
