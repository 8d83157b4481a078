"""`/c/{token}`: the customer looks (which answers nothing, because mail scanners look, too) and answers by a form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast, get_args
from urllib.parse import parse_qs

import anyio
from litestar import MediaType, Request, Response, Router, get, post
from litestar.params import FromPath

from domain.free_slots import Span
from domain.instant import as_instant
from server.public import pages
from server.public.answer import Answer, Answers, Asked
from server.public.link import PATH
from server.service import Service

MOST_BODY_BYTES = 4096
_ANSWERS = get_args(Answer)
_STATUS = {"moved": 410, "ended": 410, "expired": 410, "unknown": 404, "unreadable": 400}


def public_routes(service: Service) -> list[Router]:
    """Everything that customers reach."""
    answers = Answers(
        service.engine,
        service.store.database,
        service.messages.links,
        service.clock,
        service.settings.default_timezone,
    )

    @get("/{token:str}", name="customer_link", include_in_schema=False)
    async def look(token: FromPath[str]) -> Response[str]:
        """The question, or what became of it."""
        return await anyio.to_thread.run_sync(lambda: _looked(answers, token))

    @post("/{token:str}", name="customer_answer", include_in_schema=False, status_code=200)
    async def say(token: FromPath[str], request: Request[Any, Any, Any]) -> Response[str]:
        """The answer. Sending it again shows the first one."""
        body = await request.body()
        return await anyio.to_thread.run_sync(lambda: _answered(answers, token, body))

    return [Router(PATH, route_handlers=[look, say], request_max_body_size=MOST_BODY_BYTES)]


def _looked(answers: Answers, token: str) -> Response[str]:
    asked = answers.asked(token)
    if asked is None:
        return _no_more("unknown")
    answers.open(asked)
    if asked.state == "open":
        slots = answers.slots(asked)
        return _shown(pages.question(asked, answers.zone(asked), slots, action=f"{PATH}{token}"))
    return _settled(answers, asked)


def _answered(answers: Answers, token: str, body: bytes) -> Response[str]:
    asked = answers.asked(token)
    if asked is None:
        return _no_more("unknown")
    if asked.state == "open":
        chosen = _chosen(body, answers.slots(asked))
        if chosen is None:
            return _no_more("unreadable")
        taken = answers.answer(asked, *chosen)
        asked = answers.asked(token)
        if not taken or asked is None:
            return _no_more("ended")
    return _settled(answers, asked)


def _chosen(body: bytes, slots: Sequence[Span]) -> tuple[Answer, Span | None] | None:
    """The form's answer; a time that is not offered (any more) is none. None for what no form of ours sends."""
    try:
        said = parse_qs(body.decode("ascii"), max_num_fields=8)
    except ValueError:
        return None
    answer = said.get("answer", [""])[-1]
    if answer not in _ANSWERS:
        return None
    wanted = said.get("slot", [""])[-1] if answer == "another_time" else ""
    slot = next((one for one in slots if as_instant(one[0]) == wanted), None)
    if wanted and slot is None:
        return None
    return cast(Answer, answer), slot


def _settled(answers: Answers, asked: Asked) -> Response[str]:
    if asked.state == "answered":
        return _shown(pages.answered(asked, answers.zone(asked)))
    return _no_more("ended" if asked.state == "open" else asked.state)


def _no_more(why: str) -> Response[str]:
    return _shown(pages.no_more(why), _STATUS[why])


def _shown(page: str, status: int = 200) -> Response[str]:
    return Response(page, media_type=MediaType.HTML, status_code=status, headers=pages.HEADERS)
