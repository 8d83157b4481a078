"""Reading photos and clips: an object check gives a link, and the link gives bytes to its holder alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any, Literal

import anyio
import msgspec
from litestar import HttpMethod, Request, Response, Router, get, route
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler

from domain.renditions import ARRIVED, entries, shown
from media.store import BlobStore
from mobile_api.byte_answer import PIECE_BYTES, byte_answer
from mobile_api.problem import NotFound, Phrase, Unauthorized
from server.db.reading import Reading
from server.desk.desk import Desk, who
from server.desk.session import COOKIE
from server.media_links.link import Link, MediaLinks
from server.media_links.problems import (
    MediaLinkNotYours,
    MediaNotHere,
    MediaNotInspected,
    MediaUnfit,
    RenditionMissing,
)
from server.media_standing import Standings
from server.service import Service
from sync.record import Record
from sync.store import Ask, EntitlementRow, WriteTransaction
from sync.value_type import is_identifier

Of = Literal["original", "display", "thumbnail", "stamped", "poster", "proxy"]
_Wanted = Annotated[Of, QueryParameter(description="The original, or what was made of it.")]
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/webm": "weba",
    "application/pdf": "pdf",
}
_HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


class MediaLink(msgspec.Struct, frozen=True, kw_only=True):
    """Where the bytes are, for whoever asked, with the token or session that asked."""

    url: str
    """A path on this server."""
    expires_at: str
    content_type: str
    size_bytes: int | None
    sha256: str


def media_routes(service: Service) -> Sequence[ControllerRouterHandler]:
    """`/v1/media/{id}/link` for phones, and `/v1/media/bytes/{link}` for everybody who was given a link."""
    links = MediaLinks(service.settings.secret, service.clock)
    standings = standings_of(service)

    @get("/{media_id:str}/link", name="media_link", tags=["media"])
    async def media_link(
        request: Request[Any, Any, Any], media_id: FromPath[str], of: _Wanted = "original"
    ) -> Response[MediaLink]:
        """A link for this phone, while its technician has the job that the media belongs to."""
        principal = await service.authenticate_phone(request)

        def work() -> MediaLink:
            media = _entitled(service, principal.user_id, media_id)
            return link_to(media, of, links, f"device:{principal.device_id}", standings)

        return _not_kept(await anyio.to_thread.run_sync(work))

    @route(
        "/bytes/{link:str}",
        http_method=[HttpMethod.GET, HttpMethod.HEAD],
        name="media_bytes",
        tags=["media"],
        status_code=200,
    )
    async def media_bytes(request: Request[Any, Any, Any], link: FromPath[str]) -> Response[Any]:
        """The bytes (200), or the part of them that Range names (206)."""
        given = links.read(link)
        await _check_holder(service, request, given.holder)
        size_bytes = await anyio.to_thread.run_sync(service.blobs.size, given.sha256)
        if size_bytes is None:
            raise NotFound()
        return _bytes(request, service.blobs, given, size_bytes)

    return [Router("/v1/media", route_handlers=[media_link, media_bytes])]


def standings_of(service: Service) -> Standings:
    """Where bytes are, as this service's settings keep them."""
    return Standings(service.store.database, timedelta(days=service.settings.longest_offline_days))


def desk_media_route(desk: Desk, links: MediaLinks, standings: Standings) -> ControllerRouterHandler:
    """Under `/v1/desk`."""

    @get("/media/{media_id:str}/link", name="desk_media_link")
    async def desk_media_link(
        request: Request[Any, Any, Any], media_id: FromPath[str], of: _Wanted = "original"
    ) -> Response[MediaLink]:
        """A link for whoever is signed in and may see the job that the media belongs to."""
        by = who(request)

        def work() -> MediaLink:
            media = desk.records.live("media", media_id, by)
            return link_to(media, of, links, f"account:{by.account}", standings)

        return _not_kept(await anyio.to_thread.run_sync(work))

    return desk_media_link


def link_to(media: Record, of: str, links: MediaLinks, holder: str, standings: Standings) -> MediaLink:
    """A link to the original or a rendition. Raises MediaUnfit, MediaNotHere, MediaNotInspected, RenditionMissing."""
    fields = media.fields
    entry = fields if of == "original" else shown(fields, of)
    if entry is None or of == "original":
        _check_original(media, of, standings)
    if entry is None:
        there = sorted({one["kind"] for one in entries(fields) if shown(fields, one["kind"])} | {"original"})
        raise RenditionMissing(of=of, there=there, list=", ".join(there))
    found = fields["found"] if of == "original" else entry
    name = f"{media.id}.{_ENDINGS.get(found['content_type'], 'bin')}" if of == "original" else ""
    token, expires_at = links.signed(entry["sha256"], found["content_type"], name, holder)
    return MediaLink(
        url=f"/v1/media/bytes/{token}",
        expires_at=f"{datetime.fromtimestamp(expires_at, UTC):%Y-%m-%dT%H:%M:%SZ}",
        content_type=found["content_type"],
        size_bytes=entry.get("size_bytes"),
        sha256=entry["sha256"],
    )


def _check_original(media: Record, of: str, standings: Standings) -> None:
    fields = media.fields
    if fault := fields.get("fault"):
        raise MediaUnfit(
            fault=fault["code"], sentence=Phrase(fault["sentence"]["en"], fault["sentence"]["zh"])
        )
    if fields["state"] not in ARRIVED:
        (standing,) = standings.of([media.id])
        raise MediaNotHere({"Retry-After": "10"}, of=of, missing_bytes=standing.missing_bytes)
    if not fields.get("found"):
        raise MediaNotInspected({"Retry-After": "2"}, of=of)


def _entitled(service: Service, user: str, media_id: str) -> Record:
    """The media of a job that the person has now. What somebody else has is not told from what nobody has."""
    media = _record(service.reading, media_id)
    if media is None or media.deleted:
        raise NotFound()

    def load(tx: WriteTransaction) -> list[EntitlementRow]:
        return tx.load(Ask(entitlements=(user, [media.aggregate]))).entitlements

    if not any(row.to_ver is None for row in service.store.transact(load)):
        raise NotFound()
    return media


def _record(reading: Reading, media_id: str) -> Record | None:
    if not is_identifier(media_id):
        return None
    return reading.records([("media", media_id)]).get(("media", media_id))


async def _check_holder(service: Service, request: Request[Any, Any, Any], holder: str) -> None:
    """Raises Unauthorized, MediaLinkNotYours, and what authentication of phones raises (a withdrawn one)."""
    kind, _, id = holder.partition(":")
    if kind == "device" and "Authorization" in request.headers:
        principal = await service.authenticate_phone(request)
        is_theirs = principal.device_id == id
    elif "Authorization" in request.headers:
        is_theirs = False
    else:
        token = request.cookies.get(COOKIE, "")
        session = await anyio.to_thread.run_sync(service.desk_sessions.find, token) if token else None
        if session is None:
            raise Unauthorized()
        is_theirs = kind == "account" and session.account == id
    if not is_theirs:
        raise MediaLinkNotYours()


def _bytes(request: Request[Any, Any, Any], blobs: BlobStore, link: Link, size_bytes: int) -> Response[Any]:
    shown_as = f'attachment; filename="{link.name}"' if link.name else "inline"
    return byte_answer(
        request,
        partial(_pieces, blobs, link.sha256),
        size_bytes=size_bytes,
        sha256=link.sha256,
        media_type=link.content_type,
        headers={**_HEADERS, "Content-Disposition": shown_as},
    )


async def _pieces(blobs: BlobStore, sha256: str, first: int, last: int) -> AsyncIterator[bytes]:
    """One opening for all pieces: a bucket is asked once for the size, and then for each piece."""
    file = await anyio.to_thread.run_sync(blobs.read, sha256)
    try:
        await anyio.to_thread.run_sync(file.seek, first)
        while first <= last and (
            piece := await anyio.to_thread.run_sync(file.read, min(PIECE_BYTES, last + 1 - first))
        ):
            first += len(piece)
            yield piece
    finally:
        file.close()


def _not_kept(link: MediaLink) -> Response[MediaLink]:
    return Response(link, headers={"Cache-Control": "no-store"})
