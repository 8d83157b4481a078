"""Which bodies a desk may send: JSON in UTF-8, plain, and not larger than the routes take."""

from __future__ import annotations

import re
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import HTTPRouteHandler
from litestar.handlers.base import BaseRouteHandler

from mobile_api.problem import TooLarge
from mobile_api.problems import ContentEncodingUnsupported, ContentTypeUnsupported, JsonInvalid

MOST_BODY_BYTES = 512 * 1024
_JSON = "application/json"
_PLAIN = "identity"
_CHARSET = re.compile(r'charset\s*=\s*"?([^";\s]*)')
_UTF_8 = frozenset({"utf-8", "utf8", "us-ascii"})
_CLOSE = {"Connection": "close"}
"""The rest of the body is still to come, so the connection cannot serve another request."""


def json_alone(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """A guard for routes that read a body; a body without a type is taken for JSON.

    Raises ContentTypeUnsupported, ContentEncodingUnsupported, TooLarge, JsonInvalid (an empty one).
    """
    if not isinstance(handler, HTTPRouteHandler) or "data" not in handler.parsed_fn_signature.parameters:
        return
    headers = connection.headers
    media_type, _, parameters = headers.get("content-type", _JSON).lower().partition(";")
    charset = _CHARSET.search(parameters)
    if media_type.strip() != _JSON or (charset is not None and charset[1] not in _UTF_8):
        raise ContentTypeUnsupported({"Accept-Post": _JSON})
    if headers.get("content-encoding", _PLAIN).strip().lower() != _PLAIN:
        raise ContentEncodingUnsupported({"Accept-Encoding": _PLAIN}, supported="")
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > MOST_BODY_BYTES:
        raise TooLarge(_CLOSE, limit_bytes=MOST_BODY_BYTES)
    if length in ("", "0") and "transfer-encoding" not in headers:
        raise JsonInvalid("empty")
