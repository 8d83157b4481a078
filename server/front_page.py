"""`GET /`: what answers at this address, for a person who opens it and for a program that asks for JSON."""

from __future__ import annotations

from html import escape
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.handlers import HTTPRouteHandler

NAME = "Doorstep 上门服务"
OPENAPI = "/v1/openapi/openapi.json"
DESK_LOGIN = "/v1/desk/login"
PHONE_ENROLMENT = "/v1/enrol"
HEALTH = "/v1/health"
READY = "/v1/ready"

_STYLE = (
    "body{margin:2rem auto;max-width:40rem;padding:0 1rem;font:1rem/1.6 system-ui,sans-serif;"
    "color:#1b1f24;background:#fff}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}"
    "a,code{overflow-wrap:anywhere}code{background:#eef1f4;padding:.1em .3em;border-radius:.2em}"
    "@media(prefers-color-scheme:dark){body{color:#e6e8ea;background:#15181c}"
    "code{background:#2a2f36}a{color:#8ab4f8}}"
)
_HEADERS = {
    "Cache-Control": "no-cache",
    "Vary": "Accept",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}
_PAGE = """<!doctype html>
<html lang="zh-Hans">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}</title>
<style>{style}</style>
</head>
<body>
<h1>{name} <small>{version}</small></h1>
<section>
<p>上门维修与保养企业的后端和同步引擎。<strong>目前还没有操作界面</strong>：一切都通过接口进行。</p>
<ul>
<li>接口说明（OpenAPI）：<a href="{openapi}">{openapi}</a></li>
<li>办公室登录：<code>POST {desk_login}</code>，提交 <code>login</code> 与 <code>password</code></li>
<li>手机登记：<code>POST {phone_enrolment}</code>，凭一次性登记码</li>
<li>运行状况：<a href="{health}">{health}</a>、<a href="{ready}">{ready}</a></li>
</ul>
</section>
<section lang="en">
<h2>English</h2>
<p>The back end and sync engine of a company that repairs and maintains equipment at its customers' doorsteps.
<strong>There are no screens yet</strong>: everything is done through the interface.</p>
<ul>
<li>Interface description (OpenAPI): <a href="{openapi}">{openapi}</a></li>
<li>Desks sign in: <code>POST {desk_login}</code> with <code>login</code> and <code>password</code></li>
<li>Phones enrol: <code>POST {phone_enrolment}</code> with a one-time enrolment code</li>
<li>Health: <a href="{health}">{health}</a>, <a href="{ready}">{ready}</a></li>
</ul>
</section>
</body>
</html>
"""


def front_page_route(version: str) -> HTTPRouteHandler:
    """The route; its answer needs nothing from anywhere else, and tells nothing about the company."""
    addresses = {
        "openapi": OPENAPI,
        "desk_login": DESK_LOGIN,
        "phone_enrolment": PHONE_ENROLMENT,
        "health": HEALTH,
        "ready": READY,
    }
    told = {"name": NAME, "version": version, "screens": False, **addresses}
    page = _PAGE.format(style=_STYLE, name=escape(NAME), version=escape(version), **addresses)

    @get("/", name="front_page", include_in_schema=False, sync_to_thread=False)
    def front_page(request: Request[Any, Any, Any]) -> Response[Any]:
        """HTML, unless the request prefers JSON."""
        if prefers_json(request.headers.get("Accept", "")):
            return Response(told, headers=_HEADERS)
        return Response(page, media_type=MediaType.HTML, headers=_HEADERS)

    return front_page


def prefers_json(accept: str) -> bool:
    """Whether an Accept header wants JSON more than HTML; who does not say gets the page."""
    json, html = (_quality(accept, wanted) for wanted in ("application/json", "text/html"))
    return json > html


def _quality(accept: str, wanted: str) -> float:
    """The weight of a media type, by the range that names it most closely; 0 where none does."""
    kind = wanted.partition("/")[0]
    ranges = {}
    for part in accept.split(","):
        name, *parameters = (one.strip().lower() for one in part.split(";"))
        weight = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        ranges[name] = _number(weight)
    closest = next((name for name in (wanted, f"{kind}/*", "*/*") if name in ranges), None)
    return 0.0 if closest is None else ranges[closest]


def _number(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0
