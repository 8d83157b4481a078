"""Text messages by template id, as Chinese providers take them: the words are theirs, ours are the facts."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlencode, urlsplit

import msgspec

from scheduler.messages.channel import Letter, Rejected, Unreachable
from server.channels.post import post
from server.channels.sign_aliyun import sign_aliyun
from server.channels.sign_tencent import sign_tencent

_BUSY = ("Throttling", "ServiceUnavailable", "InternalError", "LimitExceeded", "BUSINESS_LIMIT_CONTROL")
"""Answers that say "later"."""
Clock = Callable[[], float]


class Account(msgspec.Struct, frozen=True):
    """Where, and in whose name."""

    url: str
    host: str
    key: str
    secret: str
    sign: str
    """The registered signature that stands before the text."""
    app: str = ""
    region: str = "ap-guangzhou"


class Aliyun:
    """See `scheduler.messages.channel.Channel`: SendSms of 2017-05-25. The key goes along as OutId."""

    name = "sms-aliyun"

    def __init__(self, account: Account, clock: Clock = time.time) -> None:
        self._account = account
        self._clock = clock

    def send(self, letter: Letter) -> str:
        """Send by template; the reference is the provider's BizId."""
        account = self._account
        query = {
            "OutId": letter.key,
            "PhoneNumbers": letter.address,
            "SignName": account.sign,
            "TemplateCode": _template(letter),
            "TemplateParam": msgspec.json.encode(dict(letter.values)).decode(),
        }
        at = datetime.fromtimestamp(self._clock(), UTC)
        headers = sign_aliyun(
            account.key,
            account.secret,
            account.host,
            "SendSms",
            "2017-05-25",
            query,
            at,
            os.urandom(16).hex(),
        )
        answer = _answer(post(f"{account.url}/?{urlencode(query, quote_via=quote)}", headers, b""))
        _judge(answer.get("Code"), "OK")
        return str(answer.get("BizId", ""))


class Tencent:
    """See `scheduler.messages.channel.Channel`: SendSms of 2021-01-11. The key goes along as SessionContext."""

    name = "sms-tencent"

    def __init__(self, account: Account, clock: Clock = time.time) -> None:
        self._account = account
        self._clock = clock

    def send(self, letter: Letter) -> str:
        """Send by template, its parameters in the order of the kind's fields; the reference is the SerialNo."""
        account = self._account
        body = msgspec.json.encode(
            {
                "PhoneNumberSet": [letter.address],
                "SmsSdkAppId": account.app,
                "SignName": account.sign,
                "TemplateId": _template(letter),
                "TemplateParamSet": list(letter.values.values()),
                "SessionContext": letter.key,
            }
        )
        headers = sign_tencent(
            account.key, account.secret, account.host, "sms", "SendSms", body, int(self._clock())
        )
        headers |= {"X-TC-Version": "2021-01-11", "X-TC-Region": account.region}
        answer = _answer(post(account.url, headers, body)).get("Response", {})
        if "Error" in answer:
            _judge(answer["Error"].get("Code"), "")
        status: Sequence[Mapping[str, Any]] = answer.get("SendStatusSet") or [{}]
        _judge(status[0].get("Code"), "Ok")
        return str(status[0].get("SerialNo", ""))


def sms_channel(url: str) -> Aliyun | Tencent:
    """The provider that a setting names: `aliyun://KEY:SECRET@HOST?sign=…`, `tencent://ID:KEY@HOST?app=…&sign=…`.

    `plain=1` speaks HTTP, to a gateway on this machine. Raises ValueError for anything else.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PROVIDERS or not parts.hostname or not parts.username or not parts.password:
        raise ValueError(
            "must be aliyun://KEY:SECRET@HOST?sign=NAME or tencent://ID:KEY@HOST?app=ID&sign=NAME"
        )
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if not asked.get("sign") or (parts.scheme == "tencent" and not asked.get("app")):
        raise ValueError("must have sign=, and app= for Tencent")
    return _PROVIDERS[parts.scheme](_account(parts, asked))


_PROVIDERS: dict[str, type[Aliyun] | type[Tencent]] = {"aliyun": Aliyun, "tencent": Tencent}


def _account(parts: SplitResult, asked: Mapping[str, str]) -> Account:
    host = parts.netloc.rpartition("@")[2]
    return Account(
        url=f"{'http' if asked.get('plain') else 'https'}://{host}",
        host=host,
        key=unquote(parts.username or ""),
        secret=unquote(parts.password or ""),
        sign=asked["sign"],
        app=asked.get("app", ""),
        region=asked.get("region", "ap-guangzhou"),
    )


def _template(letter: Letter) -> str:
    if not letter.sms_template:
        raise Rejected(f"no template id is known for {letter.kind} in {letter.language}")
    return letter.sms_template


def _answer(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError:
        raise Unreachable("the answer cannot be read") from None


def _judge(code: object, good: str) -> None:
    if code == good:
        return
    if any(busy in str(code) for busy in _BUSY):
        raise Unreachable(f"the answer was {code}")
    raise Rejected(f"the answer was {code}")
