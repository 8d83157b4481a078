"""One request to a provider's address; what its status says about trying again."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from scheduler.messages.channel import Rejected, Unreachable

TIMEOUT_SECONDS = 15.0
_MOST_BYTES = 64 * 1024
_LATER = frozenset({408, 409, 425, 429})
"""Refusals that say "not now"."""


def post(url: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """The answer's body; redirections are not followed. Raises Rejected, Unreachable."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body, dict(headers))
        response = connection.getresponse()
        answer = response.read(_MOST_BYTES)
    except (OSError, http.client.HTTPException, ssl.SSLError) as error:
        raise Unreachable(f"no answer: {type(error).__name__}") from error
    finally:
        connection.close()
    if 200 <= response.status < 300:
        return answer
    if 300 <= response.status < 500 and response.status not in _LATER:
        raise Rejected(f"the answer was {response.status}")
    raise Unreachable(f"the answer was {response.status}")
