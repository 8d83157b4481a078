"""What settings may say of channels, each checked at the start."""

from __future__ import annotations

from urllib.parse import urlsplit

from server.channels.mail import PLACE
from server.channels.sms import sms_channel
from server.setting_kinds import Kind


def _mail_url(text: str) -> str:
    if "://" not in text or PLACE not in text:
        raise ValueError(f"must be a mail address template of Apprise that holds {PLACE}")
    return text


def _sms_url(text: str) -> str:
    sms_channel(text)
    return text


def _webhook_url(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise ValueError("must be http:// or https:// and a host")
    return text


MAIL_URL = Kind("address template of Apprise with {address}", _mail_url, secret=True)
SMS_URL = Kind("aliyun://KEY:SECRET@HOST?sign=… or tencent://ID:KEY@HOST?app=…&sign=…", _sms_url, secret=True)
WEBHOOK_URL = Kind("http(s) URL", _webhook_url)
