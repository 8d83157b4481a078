"""What is held about a customer as a page that anybody can read, without this program: one per language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Literal

import msgspec

from domain.in_chinese import field_name
from server.desk.names import roles, thing
from server.personal.held import Held, HeldAggregate, HeldChange

Language = Literal["zh", "en"]

_TEXTS = {
    "title": ("Personal data", "个人信息"),
    "about": ("Everything that is held about customer {number}, as of {made_at} (UTC).",
              "截至 {made_at}（UTC）所保存的关于客户 {number} 的全部信息。"),
    "records": ("Records", "记录"),
    "history": ("Who changed what", "更改记录"),
    "files": ("Photos, clips and documents", "照片、视频与文件"),
    "files_about": ("The files themselves are handed out on request; each is known by its SHA-256.",
                    "文件本身可应要求提供，均以 SHA-256 标识。"),
    "deleted": ("deleted", "已删除"),
    "erased": ("Changed then, and erased since.", "曾有更改，内容已删除。"),
    "none": ("None.", "无。"),
    "when": ("when (UTC)", "时间（UTC）"),
    "who": ("who", "操作人"),
    "what": ("what", "内容"),
}  # fmt: skip
"""English and Chinese."""
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid #ccc;padding:.3em .5em;text-align:left;"
    "vertical-align:top;overflow-wrap:anywhere}"
)
_OF_OURS = frozenset({"system", "import", "demo", "tests"})


def page(held: Held, language: Language) -> str:
    """The page as HTML, complete in itself."""
    title = _text("title", language)
    about = _text("about", language).format(number=held.number or held.customer, made_at=held.made_at)
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style><h1>{title}</h1><p>{escape(about)}</p>"
        f"{''.join(_aggregate(one, language) for one in held.aggregates)}{_files(held, language)}</html>\n"
    )


def _text(name: str, language: Language) -> str:
    return _TEXTS[name][language == "zh"]


def _aggregate(held: HeldAggregate, language: Language) -> str:
    kind, _, id = held.id.partition("/")
    parts = [f"<h2>{_thing(kind, language)} {escape(id)}</h2><h3>{_text('records', language)}</h3>"]
    for one in held.records:
        mark = f" ({_text('deleted', language)})" if one.deleted else ""
        rows = "".join(_row(field_name(name, language), value) for name, value in sorted(one.fields.items()))
        parts.append(f"<h4>{_thing(one.entity, language)} {escape(one.id)}{mark}</h4><table>{rows}</table>")
    head = "".join(f"<th>{_text(name, language)}</th>" for name in ("when", "who", "what"))
    lines = "".join(_change(one, language) for one in held.history)
    parts.append(f"<h3>{_text('history', language)}</h3><table><tr>{head}</tr>{lines}</table>")
    return "".join(parts)


def _change(change: HeldChange, language: Language) -> str:
    if change.erased:
        return f"<tr><td></td><td></td><td>{_text('erased', language)}</td></tr>"
    names = "；".join if language == "zh" else "; ".join
    what = names(_said(change.after, language)) or "—"
    who = change.by if change.by in _OF_OURS else f"{change.by} ({_role(change.role, language)})"
    return (
        f"<tr><td>{escape(change.at)}</td><td>{escape(who)}</td>"
        f"<td>{_thing(change.entity, language)}: {escape(what)}</td></tr>"
    )


def _said(values: Mapping[str, Any], language: Language) -> Iterator[str]:
    for name, value in sorted(values.items()):
        yield f"{field_name(name.removeprefix('_'), language)} = {_shown(value)}"


def _files(held: Held, language: Language) -> str:
    head = f"<h2>{_text('files', language)}</h2>"
    if not held.files:
        return f"{head}<p>{_text('none', language)}</p>"
    names = ("media", "kind", "captured_at", "size_bytes", "sha256")
    titles = "".join(f"<th>{escape(field_name(name, language))}</th>" for name in names)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(_shown(getattr(one, name)))}</td>' for name in names)}</tr>"
        for one in held.files
    )
    return f"{head}<p>{_text('files_about', language)}</p><table><tr>{titles}</tr>{rows}</table>"


def _row(name: str, value: Any) -> str:
    return f"<tr><th>{escape(name)}</th><td>{escape(_shown(value))}</td></tr>"


def _shown(value: Any) -> str:
    if value is None:
        return "—"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _thing(code: str, language: Language) -> str:
    return escape(thing(code).said(language))


def _role(code: str, language: Language) -> str:
    try:
        return roles([code]).said(language)
    except KeyError:
        return code
