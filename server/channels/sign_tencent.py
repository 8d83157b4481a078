"""Tencent Cloud's request signature, version 3 (TC3-HMAC-SHA256)."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime

_METHOD = "TC3-HMAC-SHA256"
_CONTENT = "application/json; charset=utf-8"
_NAMES = "content-type;host;x-tc-action"


def sign_tencent(
    key: str, secret: str, host: str, service: str, action: str, body: bytes, timestamp: int
) -> dict[str, str]:
    """The headers of a POST of a JSON body."""
    day = datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d")
    canonical = "\n".join(
        (
            "POST",
            "/",
            "",
            f"content-type:{_CONTENT}\nhost:{host}\nx-tc-action:{action.lower()}\n",
            _NAMES,
            hashlib.sha256(body).hexdigest(),
        )
    )
    scope = f"{day}/{service}/tc3_request"
    to_sign = f"{_METHOD}\n{timestamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signing = f"TC3{secret}".encode()
    for part in (day, service, "tc3_request"):
        signing = hmac.digest(signing, part.encode(), hashlib.sha256)
    made = hmac.new(signing, to_sign.encode(), hashlib.sha256).hexdigest()
    return {
        "Authorization": f"{_METHOD} Credential={key}/{scope}, SignedHeaders={_NAMES}, Signature={made}",
        "Content-Type": _CONTENT,
        "Host": host,
        "X-TC-Action": action,
        "X-TC-Timestamp": str(timestamp),
    }
