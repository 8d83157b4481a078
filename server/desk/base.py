"""The version that a form displayed, as a desk sends it and as an answer tells it."""

from __future__ import annotations

import re
from typing import Any

from litestar import Request

from server.desk.problems import BaseMissing, BaseUnreadable
from sync.canonical import LARGEST_INTEGER

_BASE = re.compile(r'(?:W/)?"?([A-Za-z0-9_.-]{1,64}):(\d{1,16})"?')


def etag(epoch: str, ver: int) -> str:
    """The entity tag of an aggregate's version."""
    return f'"{epoch}:{ver}"'


def base_ver(request: Request[Any, Any, Any], in_body: str | None, epoch: str) -> int:
    """The base from `If-Match`, or else from the body.

    One of another epoch counts as 0: everything may have changed since. Raises BaseMissing, BaseUnreadable.
    """
    text = request.headers.get("If-Match") or in_body
    if not text:
        raise BaseMissing()
    found = _BASE.fullmatch(text.strip())
    if found is None or int(found[2]) > LARGEST_INTEGER:
        raise BaseUnreadable()
    return int(found[2]) if found[1] == epoch else 0
