"""What customers were told: the list, the words with their preview, and the folder while nothing leaves the house."""

from __future__ import annotations

from html import escape
from typing import Annotated, Any

import anyio
import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from pydantic import Field

from domain import place as places
from domain.declaration import SCHEMA
from domain.messages.kinds import KINDS, fields_of
from domain.messages.template import UnknownName, Unreadable, render
from domain.messages.words import LANGUAGES, Words, template
from domain.refusals import refuse
from mobile_api.problem import wrong
from mobile_api.problems import FieldInvalid
from server.channels.folder import Filed
from server.db.queries.messages import MessageRow, messages
from server.desk.desk import Body, Desk
from server.desk.door import refusal
from server.desk.filters import one_of
from server.desk.page import After, Limit, Page, page, place
from server.desk.session import language, takes
from server.service import Service
from sync.operation import InvalidOperation
from sync.outcome import Result

_OFFICE = ("intake", "dispatcher", "supervisor", "auditor", "admin")
_WORDERS = ("supervisor", "dispatcher", "admin")
STATES = SCHEMA.entities["notification"].fields["state"].type.choices
_MOST_FILED = 200
_PAGE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}
_SAMPLE = {
    "zh": {
        "contact": "王店长",
        "order": "AZ-20260302-0017",
        "technician": "周建国",
        "time": "3月2日周一17:00",
    },
    "en": {
        "contact": "Ms Wang",
        "order": "AZ-20260302-0017",
        "technician": "Zhou Jianguo",
        "time": "Mon 2 Mar, 17:00",
    },
}

MessageState = Annotated[str, QueryParameter(name="state", max_length=64, description=" | ".join(STATES))]
WorkOrder = Annotated[str, QueryParameter(max_length=64, description="id of a work order")]


class Said(msgspec.Struct, kw_only=True):
    """What a kind of message says in one language."""

    subject: str
    body: str


class KindShown(msgspec.Struct, kw_only=True):
    """One kind of message: when it goes out, what its words may name in braces, and what they are now."""

    kind: str
    meaning: str
    fields: tuple[str, ...]
    words: dict[str, Said]
    """By language, the office's own where there are any."""
    template: str | None
    """Id of the `message_template` that holds the office's own words."""


class Try(Body):
    """Words to be tried; what is left out stays as it is now."""

    language: Annotated[str, Field(pattern="^(zh|en)$")] = "zh"
    subject: Annotated[str, Field(max_length=200)] = ""
    body: Annotated[str, Field(max_length=1000)] = ""


def message_routes(service: Service, desk: Desk) -> list[HTTPRouteHandler]:
    """Under `/v1/desk`."""
    database, folder = service.store.database, service.messages.folder

    def written() -> list[Any]:
        return list(desk.records.all_of(places.COMPANY["message_template"])[1])

    @get("/messages", name="desk_messages", guards=[takes(*_OFFICE)])
    async def listed(
        message_state: MessageState = "", work_order: WorkOrder = "", limit: Limit = 100, after: After = ""
    ) -> Page[MessageRow]:
        """Messages to customers, the newest first: accepted, delivered and opened are three facts."""
        state = one_of("state", message_state, STATES)
        aggregate = places.work_order(work_order) if work_order else ""
        begins = place("messages", after)
        rows = await anyio.to_thread.run_sync(lambda: messages(database, state, aggregate, limit + 1, begins))
        return page("messages", rows, limit, lambda row: (row.asked_at, row.id))

    @get("/mailbox", name="desk_mailbox", guards=[takes(*_OFFICE)])
    async def mailbox(request: Request[Any, Any, Any]) -> Response[Any]:
        """What lies in the folder, while no channel is configured: JSON, or a page for a browser."""
        filed = await anyio.to_thread.run_sync(lambda: list(folder.filed())[:_MOST_FILED])
        if "text/html" not in request.headers.get("Accept", ""):
            return Response({"items": filed, "next": None, "is_local": service.messages.is_local})
        return Response(_mailbox(filed), media_type=MediaType.HTML, headers=_PAGE)

    @get("/message-kinds", name="desk_message_kinds", guards=[takes(*_OFFICE)])
    async def kinds(
        request: Request[Any, Any, Any], limit: Limit = 100, after: After = ""
    ) -> Page[KindShown]:
        """Every kind of message with its present words, by name."""
        begins = place("message-kinds", after) or [""]
        records = await anyio.to_thread.run_sync(written)
        rows = [_shown(kind, language(request), records) for kind in sorted(KINDS) if kind > begins[0]]
        return page("message-kinds", rows, limit, lambda row: (row.kind,))

    @post(
        "/message-kinds/{kind:str}/preview",
        name="desk_message_preview",
        guards=[takes(*_WORDERS)],
        status_code=200,
    )
    async def preview(kind: FromPath[str], data: JSONBody[Try], request: Request[Any, Any, Any]) -> Said:
        """The words with sample facts, rendered by the code that sends; names that the kind lacks are refused."""
        if kind not in KINDS:
            raise FieldInvalid(**wrong("not_one_of", "kind", ", ".join(KINDS)))
        present = template(kind, data.language, await anyio.to_thread.run_sync(written)).words
        words = Words(data.subject or present.subject, data.body or present.body)
        values = {**_SAMPLE[data.language], "link": service.messages.links.url(f"message-{'0' * 32}")}
        try:
            return _filled(kind, data.language, words, values)
        except InvalidOperation as refused:
            parked = Result(seq=1, id="", status="parked", reason=refused.reason, detail=refused.detail)
            raise refusal([parked], language(request)) from None

    return [listed, mailbox, kinds, preview]


def _filled(kind: str, spoken: str, words: Words, values: dict[str, str]) -> Said:
    allowed = {name: values[name] for name in fields_of(kind)}
    said = {}
    for name in ("subject", "body"):
        try:
            said[name] = render(getattr(words, name), allowed)
        except UnknownName as unknown:
            refuse("template_name_unknown", f"{name}.{spoken}", str(unknown))
        except Unreadable:
            refuse("template_unreadable", f"{name}.{spoken}")
    return Said(**said)


def _shown(kind: str, spoken: str, records: list[Any]) -> KindShown:
    known = KINDS[kind]
    own = max(
        (one for one in records if not one.deleted and one.fields["kind"] == kind),
        key=lambda one: (one.ver, one.id),
        default=None,
    )
    words = {one: template(kind, one, records).words for one in LANGUAGES}
    return KindShown(
        kind=kind,
        meaning=known.zh if spoken == "zh" else known.en,
        fields=fields_of(kind),
        words={one: Said(subject=said.subject, body=said.body) for one, said in words.items()},
        template=own.id if own is not None else None,
    )


def _mailbox(filed: list[Filed]) -> str:
    shown = "".join(
        f"<article><h2>{escape(one.subject)}</h2><p><small>{escape(one.kind)} → {escape(one.to)} "
        f"({escape(one.route)})</small></p><p>{escape(one.body)}</p></article>"
        for one in filed
    )
    nothing = "<p>还没有消息。No messages yet.</p>"
    return (
        '<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>消息 Messages</title>'
        "<style>body{margin:1.5rem auto;max-width:40rem;padding:0 1rem;font:1rem/1.6 system-ui,sans-serif}"
        "article{border-top:1px solid #ccc;overflow-wrap:anywhere}h2{font-size:1.1rem}</style></head>"
        "<body><h1>消息 Messages</h1><p>尚未配置任何发送渠道，消息保存在本地文件夹。"
        '<span lang="en">No channel is configured: messages land in a local folder.</span></p>'
        f"{shown or nothing}</body></html>"
    )
