"""What customers see behind the link, and what their answer does, over a real server on both databases."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from sync.engine import Draft
from sync.store import DeviceRow
from tests.confirmation.conftest import Question, deliver, instant
from tests.server.live import Live

Asking = Callable[..., Question]
_SLOT = re.compile(r'name="slot" value="([^"]+)"')


def test_looking_answers_nothing_and_notes_that_it_was_opened(ask: Asking) -> None:
    question = ask()
    assert question.message()["state"] == "accepted"
    page = question.look()
    assert page.status_code == 200
    assert "请确认上门时间" in page.text and "Please confirm our visit" in page.text
    assert question.fields().get("customer_answer") is None
    assert (question.message()["state"], question.fields()["confirmation"]) == ("opened", "asked")
    opened = question.message()["opened_at"]
    question.look()
    assert question.message()["opened_at"] == opened


def test_a_page_has_no_script_is_kept_nowhere_and_says_nothing_about_a_person_in_its_address(
    ask: Asking,
) -> None:
    question = ask()
    page = question.look()
    assert "<script" not in page.text and "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store" and page.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in page.headers
    assert 'name="viewport"' in page.text
    assert question.order not in question.path and question.visit not in question.path


def test_yes_confirms_as_the_customers_word(ask: Asking) -> None:
    question = ask()
    page = question.say(answer="yes")
    assert page.status_code == 200 and "您已确认上门时间" in page.text and "You have confirmed" in page.text
    fields = question.fields()
    assert fields["confirmation"] == "confirmed"
    assert fields["customer_answer"]["answer"] == "yes"
    assert fields["customer_answer"]["starts_at"] == instant(question.starts)
    assert fields["customer_answer"]["evidence"] == f"notification/{question.filed.key}"


def test_the_same_link_again_shows_the_first_answer_and_changes_nothing(ask: Asking) -> None:
    question = ask()
    question.say(answer="yes")
    before = question.fields()["customer_answer"]
    again = question.say(answer="call_me")
    assert "You have confirmed" in again.text
    assert "You have confirmed" in question.look().text
    assert question.fields()["customer_answer"] == before


def test_call_me_comes_before_the_dispatcher(ask: Asking) -> None:
    question = ask()
    assert "we will ring you soon" in question.say(answer="call_me").text
    assert question.fields()["confirmation"] == "change_requested"
    (item,) = question.items("customer_wants_change")
    assert item["detail"]["answer"]["answer"] == "call_me"


def test_other_times_come_from_shifts_and_the_chosen_one_reaches_the_dispatcher(
    ask: Asking, desks: dict[str, httpx.Client]
) -> None:
    question = ask()
    assert _SLOT.findall(question.look().text) == [], "no shift is known: no time is promised"
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).replace(hour=1, minute=0, second=0, microsecond=0)
    shift = {
        "technician": "u-technician",
        "kind": "work",
        "starts_at": instant(tomorrow),
        "ends_at": instant(tomorrow + timedelta(hours=3)),
    }
    answer = desks["dispatcher"].post("/v1/desk/shifts", json={"fields": shift})
    assert answer.status_code == 201, answer.text
    slots = _SLOT.findall(question.look().text)
    assert slots[0][:16] == instant(tomorrow)[:16]
    refused = question.say(answer="another_time", slot=instant(tomorrow + timedelta(days=300)))
    assert refused.status_code == 400 and question.fields().get("customer_answer") is None
    page = question.say(answer="another_time", slot=slots[1])
    assert "You have asked for another time" in page.text
    (item,) = question.items("customer_wants_change")
    assert item["detail"]["answer"]["wished"]["starts_at"] == slots[1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"window": "later"}, "time of the visit has changed"),
        (
            {"dispatch_state": {"event": "cancel"}, "dispatch_reason": "customer"},
            "nothing to confirm any more",
        ),
    ],
)
def test_a_link_whose_visit_moved_or_was_cancelled_says_so(
    ask: Asking, live: Live, change: dict[str, object], said: str
) -> None:
    question = ask()
    visit = live.service.reading.records([("visit", question.visit)])["visit", question.visit]
    if "window" in change:
        later = question.starts + timedelta(days=1)
        change = {"window": {"starts_at": instant(later), "ends_at": instant(later + timedelta(hours=1))}}
    _as_dispatcher(live, visit.aggregate, question.visit, change)
    for page in (question.look(), question.say(answer="yes")):
        assert page.status_code == 410 and said in page.text
    assert question.fields().get("customer_answer") is None


def _as_dispatcher(live: Live, aggregate: str, visit: str, fields: dict[str, object]) -> None:
    door = DeviceRow(id="desk-test", user="u-dispatcher", roles=("dispatcher",))
    draft = Draft(id=live.service.new_id(), entity="visit", record=visit, aggregate=aggregate, set=fields)
    live.service.engine.write(door, [draft])


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "é" * 20])
def test_a_forged_link_gets_a_page_that_says_so_in_both_languages(live: Live, token: str) -> None:
    with live.client() as client:
        for page in (client.get(f"/c/{token}"), client.post(f"/c/{token}", data={"answer": "yes"})):
            assert page.status_code == 404
            assert "此链接无效" in page.text and "not valid" in page.text


_STRANGE = [b"", b"answer=", b"answer=maybe", b"\xff\xfe", b"&" * 100, b"answer=another_time&slot=x"]


@pytest.mark.parametrize("body", _STRANGE)
def test_what_no_form_of_ours_sends_is_told_and_changes_nothing(ask: Asking, live: Live, body: bytes) -> None:
    question = ask()
    with live.client() as client:
        page = client.post(question.path, content=body)
    assert page.status_code == 400 and "Please go back and choose again" in page.text
    assert question.fields().get("customer_answer") is None


def test_another_time_without_a_choice_is_a_wish_to_be_called_about(ask: Asking, live: Live) -> None:
    question = ask()
    assert question.say(answer="another_time").status_code == 200
    assert question.fields()["confirmation"] == "change_requested"
    deliver(live)
    assert question.items("customer_wants_change")
