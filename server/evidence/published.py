"""What anybody may ask of the log: its present state, its key, and that it continues an earlier state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import anyio
import msgspec
from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, Parameter

from domain.evidence.package import Consistency
from mobile_api.problem import wrong
from mobile_api.problems import FieldInvalid
from server.evidence.proofs import Proofs
from sync.canonical import LARGEST_INTEGER
from sync.log.checkpoint import read_checkpoint

_NO_STORE = {"Cache-Control": "no-store"}

Size = Annotated[int, Parameter(ge=1, le=LARGEST_INTEGER)]


class PublishedKey(msgspec.Struct, frozen=True, kw_only=True):
    """The log's name and its present key, as tools for signed notes take it."""

    origin: str
    key: str


def published_routes(proofs: Proofs) -> Sequence[HTTPRouteHandler]:
    """Open to everybody: hashes and a public key, and nothing that anybody could use against a person."""

    @get("/v1/log/checkpoint", name="log_checkpoint", tags=["log"], media_type=MediaType.TEXT)
    async def checkpoint() -> Response[str]:
        """The log's present state, signed (C2SP tlog-checkpoint). Who keeps it can later prove what came before it."""
        note = await anyio.to_thread.run_sync(proofs.checkpoint)
        return Response(note, media_type=MediaType.TEXT, headers=_NO_STORE)

    @get("/v1/log/key", name="log_key", tags=["log"])
    async def key() -> Response[PublishedKey]:
        """The key that signs checkpoints and receipts; the keys before it are in the log itself."""
        note = await anyio.to_thread.run_sync(proofs.checkpoint)
        origin = read_checkpoint(note)[0].origin
        return Response(
            PublishedKey(origin=origin, key=proofs.key.named(origin).encoded()), headers=_NO_STORE
        )

    @get("/v1/log/consistency", name="log_consistency", tags=["log"])
    async def consistency(earlier: FromQuery[Size], size: FromQuery[Size]) -> Response[Consistency]:
        """The proof that the log with `size` entries continues the one with `earlier` (RFC 9162, 2.1.4)."""
        found = await anyio.to_thread.run_sync(proofs.consistency, earlier, size)
        if found is None:
            raise FieldInvalid(**wrong("out_of_range", "size"))
        return Response(found, headers=_NO_STORE)

    return [checkpoint, key, consistency]
