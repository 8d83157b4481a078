"""An expert's day at the desk: the queue, the page of a case, drawing, answering, learning."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sync.engine import Draft
from tests.server.company import DOOR
from tests.server.live import Json, Live
from tests.server.orders import Orders, id_of


class Cases:
    """Cases about fresh orders, as phones and the system make them."""

    def __init__(self, live: Live, desks: dict[str, httpx.Client], orders: Orders) -> None:
        self._live, self._orders, self.expert = live, orders, desks["expert"]

    def new(self, **fields: Any) -> tuple[str, str]:
        """(order, case)."""
        order, visit = self._orders.assigned()
        case = f"case-{order}"
        asked = {
            "visit": visit,
            "asked_by": "u-technician",
            "asked_at": "2031-05-05T01:00:00Z",
            "question": "漏电？",
        }
        self.by_system(order, "expert_case", case, {**asked, **fields})
        return order, case

    def by_system(self, order: str, entity: str, id: str, set: Json, action: str = "create") -> None:
        """A change that came by another way."""
        draft = Draft(
            id=self._live.service.new_id(),
            entity=entity,
            record=id,
            aggregate=f"work_order/{order}",
            action=action,  # type: ignore[arg-type]
            set=set,
        )
        self._live.service.engine.write(DOOR, [draft])

    def clip(self, order: str, case: str, id: str) -> None:
        """A clip about it."""
        row = {"kind": "video", "sha256": "ab" * 32, "size_bytes": 9, "content_type": "video/mp4"}
        self.by_system(order, "media", id, {**row, "about": f"expert_case/{case}"})

    def post(self, case: str, what: str, body: Json, by: httpx.Client | None = None) -> httpx.Response:
        """A write on the present base."""
        desk = by or self.expert
        page = desk.get(f"/v1/desk/expert-cases/{case}").json()
        return desk.post(
            f"/v1/desk/expert-cases/{case}/{what}", json=body, headers={"If-Match": f'"{page["base"]}"'}
        )

    def page(self, case: str) -> Json:
        """What the expert sees."""
        answer = self.expert.get(f"/v1/desk/expert-cases/{case}")
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found


@pytest.fixture
def cases(live: Live, desks: dict[str, httpx.Client], orders: Orders) -> Cases:
    """Makes cases."""
    return Cases(live, desks, orders)


def test_the_queue_goes_by_the_clock(cases: Cases) -> None:
    _, plain = cases.new(asked_at="2030-01-01T00:00:00Z")
    _, second = cases.new(urgent=True, received_at="2031-05-05T02:00:00.000Z")
    _, first = cases.new(urgent=True, received_at="2031-05-05T01:30:00.000Z")
    _, closed = cases.new(urgent=True)
    cases.post(closed, "verdict", {"cause": "x"})

    items = cases.expert.get("/v1/desk/expert-queue").json()["items"]

    mine = [one for one in items if one["id"] in (plain, second, first, closed)]
    assert [one["id"] for one in mine] == [first, second, plain]
    assert [one["due_at"] for one in mine] == ["2031-05-05T02:30:00.000Z", "2031-05-05T03:00:00.000Z", None]


def test_the_page_holds_what_an_expert_looks_at(cases: Cases) -> None:
    order, case = cases.new()
    cases.clip(order, case, f"clip-{order}")

    page = cases.page(case)

    assert page["order"]["id"] == order
    assert [one["id"] for one in page["records"]["media"]] == [f"clip-{order}"]
    assert page["case"]["fields"]["state"] == "media_arriving"
    assert {"asset", "history", "earlier", "knowledge"} <= page.keys()


def test_a_case_is_taken_kept_and_given_back(cases: Cases) -> None:
    _, case = cases.new()

    assert cases.post(case, "keep", {}).status_code == 403
    assert cases.post(case, "claim", {}).status_code == 200
    claimed = cases.page(case)["case"]["fields"]
    assert (claimed["state"], claimed["claimed_by"]) == ("claimed", "u-expert")
    assert claimed["lease_until"]
    assert cases.post(case, "keep", {}).status_code == 200
    assert cases.post(case, "release", {}).status_code == 200
    assert cases.page(case)["case"]["fields"]["state"] == "requested"


def test_a_supervisor_gives_back_what_an_expert_has(cases: Cases, desks: dict[str, httpx.Client]) -> None:
    order, case = cases.new()
    cases.by_system(
        order, "expert_case", case, {"state": {"event": "claim"}, "claimed_by": "u-other"}, "update"
    )

    taken = cases.post(case, "claim", {})

    assert taken.status_code == 422
    assert taken.json()["details"]["reason"] == "case_taken"
    assert cases.post(case, "release", {}).status_code == 403
    assert cases.post(case, "release", {}, by=desks["supervisor"]).status_code == 200
    assert cases.post(case, "claim", {}).status_code == 200


def test_a_drawing_reaches_the_record_and_other_programs(cases: Cases) -> None:
    order, case = cases.new()
    cases.clip(order, case, f"clip-{order}")
    shapes = [
        {"kind": "arrow", "from": [100, 200], "to": [300, 400], "colour": "#ff0000"},
        {"kind": "label", "at": [310, 410], "text": "此处烧焦"},
    ]

    answer = cases.post(
        case,
        "annotations",
        {"media": f"clip-{order}", "frame_ms": 1250, "shapes": shapes, "text": "更换端子"},
    )

    assert answer.status_code == 201, answer.text
    (drawn,) = cases.page(case)["records"]["annotation"]
    assert (drawn["fields"]["shapes"], drawn["fields"]["frame_ms"]) == (shapes, 1250)
    exported = cases.expert.get(f"/v1/desk/expert-cases/{case}/annotations")
    assert exported.headers["content-type"].startswith("application/ld+json")
    (item,) = exported.json()["items"]
    assert item["target"]["selector"]["value"] == "t=npt:1.250"
    assert item["body"]["value"] == "更换端子"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "arrow", "from": [100, 200], "to": [300, 1001]},
        {"kind": "star", "at": [1, 1]},
        {"kind": "line", "from": [1, 1]},
        {"kind": "freehand", "points": [[1, 1]]},
        {"kind": "line", "from": [1, 1], "to": [2, 2], "colour": "red"},
    ],
    ids=["outside", "unknown", "half", "short", "colour"],
)
def test_a_shape_that_cannot_be_drawn_is_refused_by_name(cases: Cases, wrong: Json) -> None:
    order, case = cases.new()
    cases.clip(order, case, f"clip-{order}")

    answer = cases.post(case, "annotations", {"media": f"clip-{order}", "shapes": [wrong]})

    assert answer.status_code == 400
    assert "shapes" in answer.text
    assert cases.page(case)["records"]["annotation"] == []


def test_a_drawing_on_another_jobs_clip_is_refused(cases: Cases) -> None:
    order, other = cases.new()
    cases.clip(order, other, f"clip-{order}")
    _, case = cases.new()

    answer = cases.post(case, "annotations", {"media": f"clip-{order}", "text": "x"})

    assert answer.status_code == 422
    assert answer.json()["details"]["reason"] == "media_elsewhere"


def test_stop_work_is_lifted_by_an_expert(cases: Cases, desks: dict[str, httpx.Client]) -> None:
    _, case = cases.new()
    given = cases.post(case, "verdict", {"cause": "漏电", "stop_work": True, "stop_reason": "触电危险"})
    verdict = id_of(given, "verdict")

    assert cases.post(case, "lift-stop-work", {"verdict": verdict}, by=desks["supervisor"]).status_code == 403
    assert cases.post(case, "lift-stop-work", {"verdict": "none"}).status_code == 404
    assert cases.post(case, "lift-stop-work", {"verdict": verdict}).status_code == 200
    assert cases.page(case)["records"]["verdict"][0]["fields"]["stop_work"] is False


def test_one_click_makes_a_draft_of_an_article(cases: Cases) -> None:
    _, case = cases.new()
    given = cases.post(
        case,
        "verdict",
        {"cause": "电容鼓包", "next_steps": ["断电", "更换电容"], "parts": ["P-1"], "fault_code": "E5"},
    )

    answer = cases.expert.post(
        f"/v1/desk/expert-cases/{case}/knowledge-draft", json={"verdict": id_of(given, "verdict")}
    )

    assert answer.status_code == 201, answer.text
    article = cases.expert.get(f"/v1/desk/knowledge-articles/{id_of(answer, 'knowledge_article')}").json()
    fields = article["fields"]
    assert (fields["title"]["zh"], fields["steps"], fields["fault_code"]) == (
        "电容鼓包",
        ["断电", "更换电容"],
        "E5",
    )
    assert fields["published"] is False
    assert cases.page(case)["knowledge"] == []


def test_an_answer_too_long_for_a_bad_link_is_refused_with_a_sentence(cases: Cases) -> None:
    _, case = cases.new()

    answer = cases.post(case, "verdict", {"cause": "x", "next_steps": ["检查接线端子" * 30] * 20})

    assert answer.status_code == 422
    assert "4096" in answer.text
