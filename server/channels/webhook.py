"""A company's own gateway: JSON, signed as Standard Webhooks says. It is told the key, and shall honour it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable

import msgspec

from scheduler.messages.channel import Letter
from server.channels.post import post


class Answer(msgspec.Struct):
    """What a gateway may answer."""

    reference: str = ""


class Webhook:
    """See `scheduler.messages.channel.Channel`."""

    name = "webhook"

    def __init__(self, url: str, secret: str, clock: Callable[[], float]) -> None:
        self._url = url
        self._secret = secret.encode()
        self._clock = clock

    def send(self, letter: Letter) -> str:
        """Post it; the reference is the one in a JSON answer, if there is any."""
        body = msgspec.json.encode(
            {
                "type": "message",
                "id": letter.key,
                "kind": letter.kind,
                "route": letter.route,
                "to": letter.address,
                "language": letter.language,
                "subject": letter.subject,
                "body": letter.body,
                "values": dict(letter.values),
            }
        )
        headers = {
            "Content-Type": "application/json",
            **signature(self._secret, letter.key, self._clock(), body),
        }
        answer = post(self._url, headers, body)
        try:
            return msgspec.json.decode(answer, type=Answer).reference
        except msgspec.DecodeError:
            return ""


def signature(secret: bytes, key: str, now: float, body: bytes) -> dict[str, str]:
    """The three headers by which a receiver knows who sent it, and that it was not sent before."""
    at = str(int(now))
    signed = b".".join((key.encode(), at.encode(), body))
    made = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    return {"webhook-id": key, "webhook-timestamp": at, "webhook-signature": f"v1,{made}"}
