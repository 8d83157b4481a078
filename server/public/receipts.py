"""`POST /v1/message-receipts`: the company's gateway tells that a message arrived, or that it did not after all.

Signed as the messages to it are (`server.channels.webhook`). Sending a receipt again changes nothing.
"""

from __future__ import annotations

import hmac
from typing import Any, Literal

import anyio
import msgspec
from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler

from domain.commands.draft import update
from mobile_api.clock import instant
from mobile_api.problem import Unauthorized, wrong
from mobile_api.problems import FieldInvalid
from scheduler.tick import DOOR
from server.channels.webhook import signature
from server.service import Service
from sync.engine import Draft
from sync.record import Record

MOST_SECONDS = 300
"""How far a receipt's time may lie from ours."""
MOST_BODY_BYTES = 4096


class Receipt(msgspec.Struct, kw_only=True):
    """What became of a message. `id` is the key that came with it."""

    id: str
    state: Literal["delivered", "failed"]
    reason: str = ""


def receipts_route(service: Service) -> HTTPRouteHandler:
    """The route; without a gateway in the settings, nobody's signature is good."""
    secret = service.settings.message_webhook_secret.encode()

    @post(
        "/v1/message-receipts",
        name="message_receipts",
        include_in_schema=False,
        status_code=204,
        request_max_body_size=MOST_BODY_BYTES,
    )
    async def take(request: Request[Any, Any, Any]) -> Response[None]:
        """Note it. Raises Unauthorized, FieldInvalid."""
        body = await request.body()
        if not secret or not _is_signed(request, secret, body, service.clock()):
            raise Unauthorized()
        try:
            receipt = msgspec.json.decode(body, type=Receipt)
        except msgspec.DecodeError:
            raise FieldInvalid(**wrong("not_object", "body")) from None
        await anyio.to_thread.run_sync(lambda: _note(service, receipt))
        return Response(None, status_code=204)

    return take


def _is_signed(request: Request[Any, Any, Any], secret: bytes, body: bytes, now: float) -> bool:
    headers = request.headers
    at = headers.get("webhook-timestamp", "")
    if not at.isascii() or not at.isdecimal() or len(at) > 12 or abs(now - int(at)) > MOST_SECONDS:
        return False
    made = signature(secret, headers.get("webhook-id", ""), int(at), body)["webhook-signature"]
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(made.encode(), one.encode()) for one in given)


def _note(service: Service, receipt: Receipt) -> None:
    found = service.reading.records([("notification", receipt.id)])
    notification = found.get(("notification", receipt.id))
    if notification is None:
        raise FieldInvalid(**wrong("unknown_record", "id"))
    service.engine.write(DOOR, [_draft(notification, receipt, instant(service.clock()))])


def _draft(notification: Record, receipt: Receipt, now: str) -> Draft:
    delivered = receipt.state == "delivered"
    fields: dict[str, object] = (
        {"delivered_at": now} if delivered else {"failure": receipt.reason[:400] or "failed"}
    )
    changed = update(notification, state={"event": "deliver" if delivered else "fail"}, **fields)
    return Draft(
        id=f"{receipt.state}-{notification.id}",
        entity=changed.entity,
        record=changed.record,
        aggregate=changed.aggregate,
        set=changed.set,
    )
