"""Annotations in the form that other programs read: W3C Web Annotation Data Model, with Media Fragments for time."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from domain.shapes import as_svg
from sync.record import Record

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
_MEDIA_FRAGMENTS = "http://www.w3.org/TR/media-frags/"


def collection(case: Record, annotations: Sequence[Record], media: Mapping[str, Record]) -> dict[str, Any]:
    """All annotations of a case; `media` by id. What they are on is named by its hash (RFC 6920)."""
    items = [annotation(one, media.get(one.fields["media"])) for one in annotations]
    return {
        "@context": CONTEXT,
        "id": f"urn:doorstep:expert_case:{case.id}",
        "type": "AnnotationPage",
        "items": items,
    }


def annotation(record: Record, media: Record | None) -> dict[str, Any]:
    """One annotation; a clip's is on its frame, refined by the drawing."""
    fields = record.fields
    drawn = {"type": "SvgSelector", "value": as_svg(fields.get("shapes") or [])}
    frame_ms = fields.get("frame_ms")
    selector = drawn if frame_ms is None else _at_frame(frame_ms, drawn)
    found: dict[str, Any] = {
        "id": f"urn:doorstep:annotation:{record.id}",
        "type": "Annotation",
        "motivation": "commenting",
        "target": {"source": _source(fields["media"], media), "selector": selector},
    }
    if fields.get("text"):
        found["body"] = {"type": "TextualBody", "value": fields["text"], "format": "text/plain"}
    if fields.get("by"):
        found["creator"] = f"urn:doorstep:account:{fields['by']}"
    return found


def _at_frame(frame_ms: int, drawn: dict[str, Any]) -> dict[str, Any]:
    at = f"t=npt:{frame_ms // 1000}.{frame_ms % 1000:03d}"
    return {"type": "FragmentSelector", "conformsTo": _MEDIA_FRAGMENTS, "value": at, "refinedBy": drawn}


def _source(id: str, media: Record | None) -> str:
    sha256 = media.fields.get("sha256") if media is not None else None
    if not sha256:
        return f"urn:doorstep:media:{id}"
    digest = base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip("=")
    return f"ni:///sha-256;{digest}"
