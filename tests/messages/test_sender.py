"""A message leaves once, in time, over the best way there is, or its state says why not."""

from __future__ import annotations

import pytest

from domain.commands.draft import update
from scheduler.instants import later
from scheduler.messages.sender import MOST_ATTEMPTS, Sent
from scheduler.tick import Ticked
from tests.messages.house import START, T_75, T_90, House, Post, Rejected, Unreachable


@pytest.fixture
def house() -> House:
    """Nothing has been asked yet."""
    return House()


def test_a_message_is_sent_once_however_often_the_sender_looks(house: House) -> None:
    assert house.at(T_90) == (Ticked(done=1), Sent(accepted=1))
    assert [house.wait(60), house.wait(600)] == [Sent(), Sent()]
    assert len(house.post.calls) == 1
    (message,) = house.messages()
    assert message.fields["state"] == "accepted"
    assert message.fields["accepted"] == {
        "at": T_90,
        "channel": "post",
        "language": "zh",
        "reference": "ref-1",
    }
    assert message.fields.get("delivered_at") is None and message.fields.get("opened_at") is None


def test_its_words_name_who_when_and_the_link_in_the_customers_language(house: House) -> None:
    house.at(T_90)
    (letter,) = house.post.calls
    (message,) = house.messages()
    assert (letter.key, letter.route, letter.address) == (message.id, "sms", "13900001000")
    number = house["work_order", "W1"].fields["number"]
    assert letter.subject == "请确认上门时间：3月2日周一17:00"
    assert letter.body == (
        f"王店长您好，工程师周建国计划于3月2日周一17:00上门（工单 {number}）。"
        f"请点击链接确认，或另选时间：https://service.example/c/{message.id}"
    )


def test_no_address_and_no_text_lie_in_the_record(house: House) -> None:
    house.at(T_90)
    (message,) = house.messages()
    assert "13900001000" not in str(message.fields) and "王店长" not in str(message.fields)


def test_a_customer_who_reads_english_gets_english(house: House) -> None:
    house.system.give([update(house["customer", "C1"], language="en")])
    house.at(T_90)
    assert house.post.calls[0].subject == "Please confirm our visit: Mon 2 Mar, 17:00"


def test_the_number_found_on_site_goes_before_the_masters(house: House) -> None:
    house.a.give([update(house["visit", "VA"], phone_on_site={"contact": "K1", "phone": "13712345678"})])
    house.at(T_90)
    assert house.post.calls[0].address == "13712345678"


def test_a_channel_that_is_away_is_tried_again_with_the_same_key_after_longer_and_longer(
    house: House,
) -> None:
    house.post.fault = Unreachable("the answer was 503")
    assert house.at(T_90)[1] == Sent(later=1)
    assert house.wait(29) == Sent()
    assert house.wait(1) == Sent(later=1)
    assert house.wait(59) == Sent()
    house.post.fault = None
    assert house.wait(1) == Sent(accepted=1)
    assert len({letter.key for letter in house.post.calls}) == 1
    assert house.states() == [("confirm_ask", "accepted")]


def test_a_channel_that_hangs_is_given_up_and_sends_once_when_it_comes_back(house: House) -> None:
    house.deadline_seconds = 0.05
    house.post.hangs.clear()
    assert house.at(T_90)[1] == Sent(later=1)
    house.post.hangs.set()
    assert house.wait(30) == Sent(accepted=1)
    assert len(house.post.calls) == 2 and len(house.post.letters) == 1


def test_a_rejected_message_takes_the_next_way(house: House) -> None:
    mail = Post("mail")
    mail.fault = Rejected("no such user")
    house.routes["email"] = mail
    house.system.give(
        [update(house["contact", "K1"], channel="email", address_of_channel="wang@example.com")]
    )
    assert house.at(T_90)[1] == Sent(accepted=1)
    assert [letter.address for letter in mail.calls] == ["wang@example.com"]
    assert house.messages()[0].fields["accepted"]["channel"] == "post"


def test_a_way_that_may_have_worked_is_not_replaced_by_another(house: House) -> None:
    mail = Post("mail")
    mail.fault = Unreachable("no answer")
    house.routes["email"] = mail
    house.system.give(
        [update(house["contact", "K1"], channel="email", address_of_channel="wang@example.com")]
    )
    assert house.at(T_90)[1] == Sent(later=1)
    assert house.post.calls == []


def test_what_every_way_rejects_has_failed_with_the_reason(house: House) -> None:
    house.post.fault = Rejected("the answer was 400")
    assert house.at(T_90)[1] == Sent(failed=1)
    assert house.wait(3600) == Sent()
    (message,) = house.messages()
    assert (message.fields["state"], message.fields["failure"]) == ("failed", "post: the answer was 400")


def test_after_many_failures_it_has_failed_and_is_tried_no_more() -> None:
    house = House("2026-03-09T09:00:00.000Z")
    house.post.fault = Unreachable("the answer was 503")
    house.at("2026-03-08T09:00:00.000Z")
    house.change(window={"starts_at": "2026-03-20T09:00:00Z", "ends_at": "2026-03-20T11:00:00Z"})
    house.a.give([update(house["visit", "VA"], exec_state={"event": "accept"})])
    house.a.give([update(house["visit", "VA"], exec_state={"event": "finish"})])
    became = [house.at(house.clock)[1], *(house.wait(2 * 3600) for _ in range(MOST_ATTEMPTS + 2))]
    assert [one.later for one in became].count(1) == MOST_ATTEMPTS - 1
    assert [one.failed for one in became].count(1) == 1
    assert house.states() == [("visit_done", "failed")]


def test_somebody_without_an_address_is_not_reached_and_that_is_said(house: House) -> None:
    house.system.give([update(house["contact", "K1"], phone=None)])
    assert house.at(T_90)[1] == Sent(failed=1)
    assert house.messages()[0].fields["failure"] == "no_address"


def test_an_address_without_a_channel_is_not_reached_and_that_is_said(house: House) -> None:
    del house.routes["sms"]
    assert house.at(T_90)[1] == Sent(failed=1)
    assert house.messages()[0].fields["failure"] == "no_channel"


def test_what_could_not_leave_before_the_visit_never_leaves(house: House) -> None:
    house.clock = T_90
    house.tick()
    house.clock = START
    assert house.sender()() == Sent(expired=1)
    assert (house.post.calls, house.states()) == ([], [("confirm_ask", "expired")])


@pytest.mark.parametrize("event", ["moved", "cancelled", "confirmed"])
def test_what_has_changed_meanwhile_is_withdrawn(house: House, event: str) -> None:
    house.clock = T_90
    house.tick()
    if event == "moved":
        house.move("2026-03-05T09:00:00.000Z")
    elif event == "cancelled":
        house.change(dispatch_state={"event": "cancel"}, dispatch_reason="customer")
    else:
        house.confirm()
    assert house.sender()().withdrawn == 1
    assert house.post.kinds == []
    assert house.states()[0] == ("confirm_ask", "withdrawn")


def test_a_sender_that_slept_through_its_lease_writes_nothing_and_the_key_is_the_same(house: House) -> None:
    house.clock = T_90
    house.tick()
    slow = Post()
    through = slow.send

    def sleeping(letter: object) -> str:
        house.clock = T_75
        assert house.wait(1) == Sent(accepted=1)
        return through(letter)  # type: ignore[arg-type]

    slow.send = sleeping  # type: ignore[method-assign,assignment]
    fast, house.routes = house.routes, dict.fromkeys(house.routes, slow)
    sender = house.sender()
    house.routes = fast
    assert sender() == Sent(overtaken=1)
    assert [letter.key for letter in slow.calls] == [letter.key for letter in house.post.calls]


def test_a_fault_of_ours_ends_and_blocks_no_other(house: House) -> None:
    house.assign("VB", "tb")
    house.clock = T_90
    house.tick()
    sender = house.sender()
    compose = sender._composer.letters

    def broken(notification: object) -> object:
        if notification.fields["visit"] == "VA":  # type: ignore[attr-defined]
            raise LookupError("no words")
        return compose(notification)  # type: ignore[arg-type]

    sender._composer.letters = broken  # type: ignore[method-assign,assignment]
    became = []
    for _ in range(20):
        became.append(sender())
        house.clock = later(house.clock, 600)
    assert became[0] == Sent(accepted=1, later=1)
    assert [one.expired + one.failed for one in became].count(1) == 1
    assert house.messages()[0].fields["state"] != house.messages()[1].fields["state"]
