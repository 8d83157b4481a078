"""Drawings leave in a form that other programs read."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest

from domain.shapes import KINDS, as_svg
from domain.web_annotation import annotation, collection
from sync.clock import Clock
from sync.record import Record

BORN = Clock(ver=1, device="d", seq=1, by="expert")
SVG = "{http://www.w3.org/2000/svg}"
SHAPES: dict[str, dict[str, Any]] = {
    "line": {"kind": "line", "from": [0, 0], "to": [500, 500]},
    "arrow": {"kind": "arrow", "from": [900, 100], "to": [400, 400], "colour": "#00ff00"},
    "rectangle": {"kind": "rectangle", "from": [600, 700], "to": [200, 300]},
    "ellipse": {"kind": "ellipse", "from": [100, 100], "to": [301, 200]},
    "freehand": {"kind": "freehand", "points": [[1, 2], [3, 4], [5, 6]]},
    "label": {"kind": "label", "at": [10, 20], "text": '<b>"烧焦" & 松动</b>'},
}


def record(entity: str, id: str, **fields: Any) -> Record:
    """As it stands."""
    return Record(
        entity=entity, id=id, aggregate="work_order/W1", ver=1, created=BORN, fields=fields, clocks={}
    )


MEDIA = record("media", "m1", sha256="ff" * 32)


def test_every_kind_of_shape_is_tried_here() -> None:
    assert set(SHAPES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_each_shape_is_drawn_as_svg(kind: str) -> None:
    drawn = ElementTree.fromstring(as_svg([SHAPES[kind]]))
    assert drawn.get("viewBox") == "0 0 1000 1000"
    assert len(list(drawn)) >= 1


def test_corners_may_be_given_in_any_order() -> None:
    (found,) = ElementTree.fromstring(as_svg([SHAPES["rectangle"]]))
    assert [found.get(one) for one in ("x", "y", "width", "height")] == ["200", "300", "400", "400"]


def test_words_and_colours_cannot_break_out() -> None:
    hostile = {"kind": "label", "at": [0, 0], "text": "</text><script>", "colour": '"><script>'}
    drawn = ElementTree.fromstring(as_svg([SHAPES["label"], hostile]))
    assert {one.tag for one in drawn.iter()} == {f"{SVG}svg", f"{SVG}text"}
    assert [one.text for one in drawn] == [SHAPES["label"]["text"], "</text><script>"]


def test_an_arrow_of_no_length_is_drawn_too() -> None:
    ElementTree.fromstring(as_svg([{"kind": "arrow", "from": [5, 5], "to": [5, 5]}]))


def test_a_drawing_on_a_frame_names_the_clip_by_its_hash_and_the_frame_by_its_time() -> None:
    drawn = record("annotation", "a1", expert_case="E1", media="m1", frame_ms=61_050, shapes=[SHAPES["line"]])

    found = annotation(drawn, MEDIA)

    assert found["target"]["source"] == "ni:///sha-256;" + "_" * 42 + "8"
    assert found["target"]["selector"]["value"] == "t=npt:61.050"
    assert found["target"]["selector"]["refinedBy"]["type"] == "SvgSelector"


def test_a_drawing_on_a_photo_needs_no_time_and_words_are_its_body() -> None:
    drawn = record("annotation", "a1", expert_case="E1", media="m1", shapes=[], text="此处烧焦", by="u-ex")

    found = annotation(drawn, None)

    assert found["target"]["selector"]["type"] == "SvgSelector"
    assert found["target"]["source"] == "urn:doorstep:media:m1"
    assert found["body"]["value"] == "此处烧焦"
    assert found["creator"] == "urn:doorstep:account:u-ex"


def test_all_of_a_case_are_one_page() -> None:
    drawn = [
        record("annotation", id, expert_case="E1", media="m1", shapes=[SHAPES["line"]]) for id in ("a1", "a2")
    ]

    page = collection(record("expert_case", "E1"), drawn, {"m1": MEDIA})

    assert page["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert [one["id"] for one in page["items"]] == [f"urn:doorstep:annotation:{id}" for id in ("a1", "a2")]
