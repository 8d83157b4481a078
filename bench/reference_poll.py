"""A poll without a protocol: is the token genuine and current, and what does the device's row say?"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from bench.asgi import answer, whole_body
from bench.company import SECRET
from bench.sqlite_file import connect
from mobile_api.tokens import AccessTokens

_DEVICE = "SELECT user_id, revoked FROM device WHERE id = ?"


def application(folder: Path, database: str) -> Any:
    """Answers `unchanged`, in as many bytes as the product does."""
    raw = connect(folder / database)
    tokens = AccessTokens(SECRET, 3600, time.time)
    said = b'{"unchanged":true,"digest":"%s"}' % (b"0" * 160)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await whole_body(receive)
        bearer = tokens.read(dict(scope["headers"])[b"authorization"].partition(b" ")[2])
        if bearer is None or not tokens.is_current(bearer):
            raise PermissionError
        user, revoked = raw.execute(_DEVICE, (bearer.device,)).fetchone()
        if revoked or user != bearer.user:
            raise PermissionError
        await answer(send, said)

    return app
