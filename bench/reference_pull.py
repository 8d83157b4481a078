"""A first pull without a protocol: select the stored bytes that a user may see, join them, send them."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

from bench.asgi import answer, whole_body
from bench.history import NEW_USER
from bench.sqlite_file import connect
from sync.pull import DEFAULT_LIMITS

_BODIES = """
SELECT record.aggregate, record.body FROM entitlement
JOIN record ON record.aggregate = entitlement.aggregate
WHERE entitlement.user_id = ? AND entitlement.to_ver IS NULL AND entitlement.aggregate > ?
ORDER BY entitlement.aggregate"""


def application(folder: Path, database: str, packing: str = "") -> Any:
    """`POST /<aggregate>` gives what comes after it, as much as one answer of the product holds.

    With `packing` "zlib" it is compressed at level 1.
    """
    raw = connect(folder / database)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await whole_body(receive)
        size, last, bodies = 0, "", []
        found = raw.execute(_BODIES, (NEW_USER, scope["path"][1:]))
        for aggregate, body in found:
            if size > DEFAULT_LIMITS.reply_bytes and aggregate != last:
                break
            bodies.append(body)
            size += len(body)
            last = aggregate
        found.close()
        said = b'{"records":[' + b",".join(bodies) + b"]}"
        await answer(send, zlib.compress(said, 1) if packing else said)

    return app
