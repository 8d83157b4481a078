"""Real servers on the loopback, one for each channel: what a provider would be, and what it was given."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

from scheduler.messages.channel import Channel, Letter
from server.channels.mail import AppriseChannel
from server.channels.sms import sms_channel
from server.channels.webhook import Webhook
from tests.parts.free_port import LOOPBACK, free_port

WEBHOOK_SECRET = "a webhook's secret that only tests know, and a gateway"


class Provider:
    """What a provider was given, and how it behaves: `good`, `away`, `refuses` or `hangs`."""

    def __init__(self) -> None:
        self.manner = "good"
        self.given: list[dict[str, Any]] = []
        self.hold = threading.Event()
        """Set it to let go of callers that hang."""

    def carried(self) -> list[tuple[str, str]]:
        """(address, words or facts) of each message."""
        return [(one["to"], one["said"]) for one in self.given]


class _Smtp:
    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self._provider.manner == "refuses":
            return "550 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self._provider.manner == "away":
            return "451 try again later"
        if self._provider.manner == "hangs":
            self._provider.hold.wait(10)
        mail: Message = message_from_bytes(envelope.content, policy=default)  # type: ignore[arg-type]
        body = mail.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
        self._provider.given.append(
            {"to": envelope.rcpt_tos[0], "said": body.strip(), "subject": mail["Subject"], "mail": mail}
        )
        return "250 OK"


@contextmanager
def smtp() -> Iterator[tuple[Channel, Provider]]:
    """A mail server."""
    provider = Provider()
    port = free_port()
    controller = Controller(_Smtp(provider), hostname=LOOPBACK, port=port)
    controller.start()
    template = f"mailto://{LOOPBACK}:{port}?from=service@example.com&to={{address}}&mode=insecure"
    try:
        yield AppriseChannel("mail", template), provider
    finally:
        provider.hold.set()
        controller.stop()


class _Http(BaseHTTPRequestHandler):
    provider: Provider
    answer: Any

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.provider.manner == "hangs":
            self.provider.hold.wait(10)
        status, said = type(self).answer(self, body)
        told = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@contextmanager
def _http(answer: Any) -> Iterator[tuple[str, Provider]]:
    provider = Provider()
    handler = type("Handler", (_Http,), {"provider": provider, "answer": answer})
    server = ThreadingHTTPServer((LOOPBACK, 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"{LOOPBACK}:{server.server_port}", provider
    finally:
        provider.hold.set()
        server.shutdown()
        server.server_close()


def _gateway(request: _Http, body: bytes) -> tuple[int, Any]:
    """A company's gateway, which checks the signature as Standard Webhooks says, and honours the key."""
    key, at = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    made = hmac.digest(WEBHOOK_SECRET.encode(), f"{key}.{at}.".encode() + body, hashlib.sha256)
    if request.headers["webhook-signature"] != f"v1,{base64.b64encode(made).decode()}":
        return 401, {}
    if request.provider.manner != "good":
        return {"away": 503, "refuses": 422, "hangs": 503}[request.provider.manner], {}
    said = json.loads(body)
    if key not in [one["key"] for one in request.provider.given]:
        request.provider.given.append({"to": said["to"], "said": said["body"], "key": key})
    return 200, {"reference": f"gw-{len(request.provider.given)}"}


def _aliyun(request: _Http, body: bytes) -> tuple[int, Any]:
    from urllib.parse import parse_qs, urlsplit

    asked = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
    if not request.headers["Authorization"].startswith("ACS3-HMAC-SHA256 Credential=KEY,"):
        return 403, {}
    if request.provider.manner == "away":
        return 200, {"Code": "isp.SYSTEM_ERROR.ServiceUnavailable"}
    if request.provider.manner == "refuses":
        return 200, {"Code": "isv.MOBILE_NUMBER_ILLEGAL"}
    facts = json.loads(asked["TemplateParam"])
    said = " ".join([asked["TemplateCode"], asked["SignName"], *facts.values()])
    request.provider.given.append({"to": asked["PhoneNumbers"], "said": said, "key": asked["OutId"]})
    return 200, {"Code": "OK", "BizId": "biz-1"}


def _tencent(request: _Http, body: bytes) -> tuple[int, Any]:
    asked = json.loads(body)
    if not request.headers["Authorization"].startswith("TC3-HMAC-SHA256 Credential=KEY/"):
        return 403, {}
    if request.provider.manner == "away":
        return 200, {"Response": {"Error": {"Code": "RequestLimitExceeded"}}}
    if request.provider.manner == "refuses":
        status = {"Code": "FailedOperation.PhoneNumberInBlacklist"}
        return 200, {"Response": {"SendStatusSet": [status]}}
    said = " ".join([asked["TemplateId"], asked["SignName"], *asked["TemplateParamSet"]])
    request.provider.given.append(
        {"to": asked["PhoneNumberSet"][0], "said": said, "key": asked["SessionContext"]}
    )
    return 200, {"Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": "serial-1"}]}}


@contextmanager
def webhook() -> Iterator[tuple[Channel, Provider]]:
    """A company's own gateway."""
    with _http(_gateway) as (host, provider):
        yield Webhook(f"http://{host}/messages", WEBHOOK_SECRET, lambda: 1_800_000_000.0), provider


@contextmanager
def aliyun() -> Iterator[tuple[Channel, Provider]]:
    """A provider of text messages that speaks as Aliyun."""
    with _http(_aliyun) as (host, provider):
        yield sms_channel(f"aliyun://KEY:SECRET@{host}?sign=Doorstep&plain=1"), provider


@contextmanager
def tencent() -> Iterator[tuple[Channel, Provider]]:
    """One that speaks as Tencent."""
    with _http(_tencent) as (host, provider):
        yield sms_channel(f"tencent://KEY:SECRET@{host}?app=1400&sign=Doorstep&plain=1"), provider


def a_letter(key: str = "message-" + "a1" * 16, address: str = "wang@example.com") -> Letter:
    """A message as the composer makes it."""
    return Letter(
        key=key,
        kind="visit_confirmed",
        route="email",
        address=address,
        language="zh",
        subject="上门时间已确认：3月2日周一17:00",
        body="王店长您好，工程师周建国将于3月2日周一17:00上门，时间已确认（工单 AZ-1）。",
        values={
            "contact": "王店长",
            "order": "AZ-1",
            "technician": "周建国",
            "time": "3月2日周一17:00",
        },
        sms_template="SMS_1001",
    )
