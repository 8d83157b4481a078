"""The version that a form displayed, as a desk sends it and as an answer tells it."""

from __future__ import annotations

import re
from typing import Any

from litestar import Request

from server.desk.problems import BaseElsewhere, BaseMissing, BaseUnreadable
from sync.canonical import LARGEST_INTEGER
from sync.clock import Base

_BASE = re.compile(r'(?:W/)?"?([A-Za-z0-9_.-]{1,64}):([0-9]{1,16})"?')


def etag(epoch: str, ver: int) -> str:
    """The entity tag of an aggregate's version."""
    return f'"{epoch}:{ver}"'


def shown_base(request: Request[Any, Any, Any], in_body: str | None) -> Base:
    """The base from `If-Match`, or else from the body. Raises BaseMissing, BaseUnreadable."""
    text = request.headers.get("If-Match") or in_body
    if not text:
        raise BaseMissing()
    found = _BASE.fullmatch(text.strip())
    if found is None or int(found[2]) > LARGEST_INTEGER:
        raise BaseUnreadable()
    return Base(found[1], int(found[2]))


def checked_ver(base: Base, epoch: str) -> int:
    """The version, where the base is of this server's epoch. Raises BaseElsewhere.

    A phone's base of another epoch is taken, flagged and counted as concurrent (openapi/sync-protocol.md, 5.3): its
    author is gone. A person at a desk can read again, and is asked to.
    """
    if base.epoch != epoch:
        raise BaseElsewhere(field="base")
    return base.ver


def check_reached(ver: int, present: int) -> None:
    """Raises BaseElsewhere for a version that its aggregate does not have yet."""
    if ver > present:
        raise BaseElsewhere(field="base")
