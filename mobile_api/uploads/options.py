"""OPTIONS: what this server can do. Needs no version and no account."""

from __future__ import annotations

from litestar import Response

from media.checksum import ALGORITHMS
from mobile_api.uploads import headers
from mobile_api.uploads.call import Desk, answer


def options(desk: Desk) -> Response[None]:
    return answer(
        204,
        {
            "Tus-Version": headers.VERSION,
            "Tus-Extension": ",".join(headers.EXTENSIONS),
            "Tus-Max-Size": str(desk.uploads.limits.max_size_bytes),
            "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        },
    )
