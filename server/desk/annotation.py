"""What an expert draws on photos and frames, and the same for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import anyio
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from pydantic import Field, StringConstraints

from domain.commands import expert
from domain.commands.draft import Drafted
from domain.shapes import SIDE
from domain.web_annotation import collection
from server.desk.desk import Based, Body, Desk, Id, Line, Text, who
from server.desk.door import Written
from server.desk.idempotency import RequestIds
from server.desk.session import takes

_READERS = ("expert", "dispatcher", "supervisor", "auditor", "admin")
_MOST_MS = 24 * 3_600_000

Thousandth = Annotated[int, Field(ge=0, le=SIDE)]
Point = Annotated[list[Thousandth], Field(min_length=2, max_length=2)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]


class _Shape(Body):
    colour: Colour | None = None


class Stretch(_Shape):
    """From one point to another."""

    kind: Literal["line", "arrow", "rectangle", "ellipse"]
    start: Annotated[Point, Field(alias="from")]
    to: Point


class Freehand(_Shape):
    """A drawn line."""

    kind: Literal["freehand"]
    points: Annotated[list[Point], Field(min_length=2, max_length=500)]


class Label(_Shape):
    """Words at a point."""

    kind: Literal["label"]
    at: Point
    text: Annotated[Line, Field(max_length=120)]


class Annotation(Based):
    """A drawing, some words, or both, on a photo or on one frame of a clip."""

    media: Id
    frame_ms: Annotated[int, Field(ge=0, le=_MOST_MS)] | None = None
    shapes: Annotated[
        list[Annotated[Stretch | Freehand | Label, Field(discriminator="kind")]], Field(max_length=50)
    ] = []
    text: Annotated[Text, Field(max_length=1000)] | None = None


def annotation_routes(desk: Desk) -> Sequence[HTTPRouteHandler]:
    """Under `/v1/desk/expert-cases`."""

    @post("/{case_id:str}/annotations", name="desk_annotate", guards=[takes("expert")], status_code=201)
    async def annotate(
        case_id: FromPath[str], data: JSONBody[Annotation], request: Request[Any, Any, Any]
    ) -> Response[Written]:
        """Draw on a photo, or on a frame of a clip. Points are thousandths of width and height, seen upright."""

        def drafts(ids: RequestIds) -> Sequence[Drafted]:
            return expert.annotate(
                desk.live("expert_case", case_id, who(request)),
                annotation=ids.record(),
                media=data.media,
                expert=who(request).account,
                shapes=[one.model_dump(by_alias=True, exclude_none=True) for one in data.shapes],
                frame_ms=data.frame_ms,
                text=data.text,
            )

        return await desk.door.change(request, data.base, drafts, status=201)

    @get(
        "/{case_id:str}/annotations",
        name="desk_read_annotations",
        guards=[takes(*_READERS)],
        media_type="application/ld+json",
    )
    async def annotations(case_id: FromPath[str], request: Request[Any, Any, Any]) -> dict[str, Any]:
        """As W3C Web Annotations: what they are on is named by its SHA-256, frames by Media Fragments."""

        def read() -> dict[str, Any]:
            case = desk.live("expert_case", case_id, who(request))
            records = [one for one in desk.records.all_of(case.aggregate)[1] if not one.deleted]
            drawn = [
                one for one in records if one.entity == "annotation" and one.fields["expert_case"] == case_id
            ]
            media = {one.id: one for one in records if one.entity == "media"}
            return collection(case, sorted(drawn, key=lambda one: one.id), media)

        return await anyio.to_thread.run_sync(read)

    return [annotate, annotations]
