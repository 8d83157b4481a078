"""Errors as a client meets them: RFC 9457 problem+json with stable codes and a sentence in two languages."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import msgspec
from litestar import Response
from litestar.types import Send

from sync.fault import Fault

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

_causes: dict[str, type[Problem]] = {}


class Phrase(NamedTuple):
    """A part of a problem's sentence, or a sentence among its details, in both languages."""

    en: str
    zh: str

    def said(self, language: str) -> str:
        """In `zh` or `en`."""
        return self.zh if language == "zh" else self.en


class Problem(Exception):
    """One cause of failure, declared once as a subclass; raised with its details.

    A subclass sets `code` (stable; retired, never reused), `status`, `en`, `zh` (sentences for a person, in
    which `{name}` stands for a detail) and `retryable` (the same request may succeed later, unchanged).
    Details are for a program and never hold secrets or personal data; a `Phrase` among them is told in the language of
    the answer. `headers` go onto the answer.
    """

    code: ClassVar[str]
    status: ClassVar[int]
    en: ClassVar[str]
    zh: ClassVar[str]
    retryable: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        if cls.code in _causes:
            raise TypeError(f"problem code {cls.code!r} is taken by {_causes[cls.code].__qualname__}")
        _causes[cls.code] = cls

    def __init__(self, headers: Mapping[str, str] | None = None, /, **details: Any) -> None:
        super().__init__(self.code, details)
        self.headers = dict(headers or {})
        self.details = details

    def sentence(self, language: str) -> str:
        """What happened, in `zh` or `en`."""
        return (self.zh if language == "zh" else self.en).format_map(_said(self.details, language))

    def document(self, language: str) -> dict[str, Any]:
        """The problem+json body."""
        return {
            "type": f"/problems/{self.code}",
            "title": self.code.replace("_", " "),
            "status": self.status,
            "detail": self.sentence(language),
            "code": self.code,
            "retryable": self.retryable,
            "details": _said(self.details, language),
        }


def _said(value: Any, language: str) -> Any:
    """Details with every phrase in one language."""
    if isinstance(value, Phrase):
        return value.said(language)
    if isinstance(value, dict):
        return {name: _said(member, language) for name, member in value.items()}
    return [_said(one, language) for one in value] if isinstance(value, list) else value


def sentence_of(fault: Fault) -> Phrase:
    """A fault as a sentence with the field's name."""
    return Phrase(fault.sentence("en"), fault.sentence("zh"))


def told(fault: Fault) -> dict[str, Any]:
    """A fault as details of a problem: `field`, `fault`, what would be taken, and `reason`, a phrase for people."""
    return all_told([fault])


def all_told(faults: Sequence[Fault]) -> dict[str, Any]:
    """Several faults as details of one problem: the first one leads, `fields` lists them all."""
    first = faults[0]
    reason = Phrase(f"it {first.phrase('en')}", first.phrase("zh"))
    fields = [{"field": one.field, **one.members(), "sentence": sentence_of(one)} for one in faults]
    return {"field": first.field, **first.members(), "reason": reason, "fields": fields}


def wrong(code: str, field: str, about: object = "") -> dict[str, Any]:
    """Details of a problem with one field."""
    return told(Fault(code, field, str(about)))


def causes() -> Mapping[str, type[Problem]]:
    """Every declared cause by its code; the list of errors in the documentation is made from it."""
    return dict(sorted(_causes.items()))


class InternalError(Problem):
    code = "internal_error"
    status = 500
    en = "Something went wrong on our side. Nothing that was confirmed is lost; please try again."
    zh = "服务器出现内部错误。已确认的内容不会丢失，请稍后重试。"
    retryable = True


class NotFound(Problem):
    code = "not_found"
    status = 404
    en = "There is nothing at this address."
    zh = "该地址不存在。"


class MethodNotAllowed(Problem):
    code = "method_not_allowed"
    status = 405
    en = "This address does not understand that method."
    zh = "该地址不支持此请求方法。"


class Unauthorized(Problem):
    code = "unauthorized"
    status = 401
    en = "Please sign in again; nothing on this device is lost."
    zh = "请重新登录；本机上的内容不会丢失。"


class Forbidden(Problem):
    code = "forbidden"
    status = 403
    en = "You may not do this."
    zh = "您没有此操作的权限。"


class TooLarge(Problem):
    code = "request_too_large"
    status = 413
    en = "The request is larger than this server takes."
    zh = "请求内容超出服务器允许的大小。"

    def sentence(self, language: str) -> str:
        """With the limit, where it is told."""
        limit = self.details.get("limit_bytes")
        if limit is None:
            return super().sentence(language)
        said = "请求内容超过 {} 字节。" if language == "zh" else "The request is larger than {} bytes."
        return said.format(limit)


class TooManyRequests(Problem):
    code = "too_many_requests"
    status = 429
    en = "Too many requests; please wait a moment."
    zh = "请求过于频繁，请稍后再试。"
    retryable = True


class BadRequest(Problem):
    code = "bad_request"
    status = 400
    en = "The request cannot be understood."
    zh = "无法理解该请求。"


def preferred_language(accept_language: str) -> str:
    """`zh` or `en`, whichever `Accept-Language` ranks higher; `en` when it names neither."""
    best, best_weight = "en", 0.0
    for item in accept_language.split(","):
        tag, _, parameter = item.strip().partition(";")
        language = tag.split("-")[0].strip().lower()
        try:
            weight = float(parameter.partition("=")[2]) if parameter else 1.0
        except ValueError:
            weight = 0.0
        if language in ("zh", "en") and weight > best_weight:
            best, best_weight = language, weight
    return best


def problem_response(problem: Problem, accept_language: str = "") -> Response[bytes]:
    """The answer that tells a client about a problem."""
    language = preferred_language(accept_language)
    return Response(
        content=msgspec.json.encode(problem.document(language)),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=_headers(problem, language),
    )


async def send_problem(send: Send, problem: Problem, accept_language: str = "") -> None:
    """The same answer, sent without the framework."""
    language = preferred_language(accept_language)
    body = msgspec.json.encode(problem.document(language))
    own = {
        "content-type": MEDIA_TYPE,
        "content-length": str(len(body)),
        **_headers(problem, language),
    }
    headers = [(name.lower().encode(), value.encode()) for name, value in own.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def unexpected(method: str, path: str, error: Exception) -> Problem:
    """What a client is told of a fault of ours; the log gets the rest."""
    log.error("unexpected error at %s %s", method, path, exc_info=error)
    return InternalError()


def _headers(problem: Problem, language: str) -> dict[str, str]:
    return {
        "Cache-Control": "no-store",
        "Content-Language": "zh-CN" if language == "zh" else "en",
        **problem.headers,
    }
