"""A key stands for one request: sent again it repeats the answer, with other content it is refused."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager

import httpx
import pytest

from sync.store import WriteTransaction
from tests.server.live import Json, Live, etag
from tests.server.orders import WINDOW, Orders

ORDER: Json = {"site": "site-1", "kind": "fault", "channel": "phone", "symptom": "不制冷", "read_back": True}
PATIENCE_SECONDS = 20.0


def fresh_key() -> dict[str, str]:
    """A key that nobody has used."""
    return {"Idempotency-Key": str(uuid.uuid4())}


def opened(desk: httpx.Client, body: Json, key: dict[str, str]) -> httpx.Response:
    """The answer to opening an order, in Chinese."""
    return desk.post("/v1/desk/work-orders", json=body, headers={**key, "Accept-Language": "zh"})


def test_a_key_with_other_content_is_refused_and_changes_nothing(desks: dict[str, httpx.Client]) -> None:
    key = fresh_key()
    first = opened(desks["intake"], ORDER, key)

    other = opened(desks["intake"], {**ORDER, "symptom": "漏水"}, key)
    again = opened(desks["intake"], ORDER, key)

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert "已用于内容不同的请求" in other.json()["detail"]
    assert not other.json()["retryable"]
    assert again.json() == {**first.json(), "repeated": True}
    english = desks["intake"].post("/v1/desk/work-orders", json={**ORDER, "symptom": "x"}, headers=key)
    assert "was sent before with other content" in english.json()["detail"]


def test_the_same_content_in_other_clothes_is_the_same_request(desks: dict[str, httpx.Client]) -> None:
    key = fresh_key()
    first = opened(desks["intake"], ORDER, key)
    backwards = json.dumps(dict(reversed(ORDER.items())), indent=2, ensure_ascii=True)

    again = desks["intake"].post(
        "/v1/desk/work-orders", content=backwards, headers={**key, "Content-Type": "application/json"}
    )

    assert again.json() == {**first.json(), "repeated": True}


@pytest.mark.parametrize("where", ["header", "body"])
def test_a_form_read_again_before_the_retry_is_still_the_same_request(
    desks: dict[str, httpx.Client], orders: Orders, where: str
) -> None:
    order = orders.new()
    key, path = fresh_key(), f"/v1/desk/work-orders/{order}"

    def send() -> httpx.Response:
        form = orders.read(order)
        body: Json = {"set": {"priority": "high"}}
        if where == "body":
            return desks["dispatcher"].patch(path, json={**body, "base": form.json()["base"]}, headers=key)
        return desks["dispatcher"].patch(path, json=body, headers={**key, **etag(form)})

    first, again = send(), send()

    assert first.status_code == again.status_code == 200, (first.text, again.text)
    assert again.json() == {**first.json(), "repeated": True}


def test_a_retry_is_answered_though_its_base_is_of_an_epoch_that_ended(
    desks: dict[str, httpx.Client], orders: Orders
) -> None:
    """It was done: that is told first. Only what is yet to be done needs a base that holds."""
    order = orders.new()
    key, path, body = fresh_key(), f"/v1/desk/work-orders/{order}", {"set": {"priority": "high"}}
    first = desks["dispatcher"].patch(path, json=body, headers={**key, **etag(orders.read(order))})

    stray = {"If-Match": '"never-was:1"'}
    again = desks["dispatcher"].patch(path, json=body, headers={**key, **stray})
    unknown = desks["dispatcher"].patch(path, json=body, headers={**fresh_key(), **stray})

    assert again.json() == {**first.json(), "repeated": True}
    assert unknown.status_code == 412


def test_one_key_on_two_orders_is_two_requests(desks: dict[str, httpx.Client], orders: Orders) -> None:
    key, body = fresh_key(), {"technician": "u-technician", "window": WINDOW}

    for order in (orders.new(), orders.new()):
        answer = desks["dispatcher"].post(
            f"/v1/desk/work-orders/{order}/visits", json=body, headers={**key, **etag(orders.read(order))}
        )
        assert (answer.status_code, answer.json()["repeated"]) == (201, False), answer.text


def test_while_the_first_is_at_work_the_second_is_told_to_wait(
    live: Live, desks: dict[str, httpx.Client]
) -> None:
    key = fresh_key()

    with ThreadPoolExecutor(2) as senders:
        with held(live, "desk-u-intake"):
            sent = [senders.submit(opened, desks["intake"], ORDER, key) for _ in range(2)]
            done, _ = wait(sent, PATIENCE_SECONDS, FIRST_COMPLETED)
            (waiting,) = (one.result() for one in done)
            assert (waiting.status_code, waiting.json()["code"]) == (409, "idempotency_key_in_use")
            assert waiting.json()["retryable"]
            assert "仍在处理中" in waiting.json()["detail"]
        answers = [one.result(PATIENCE_SECONDS) for one in sent]

    assert sorted(one.status_code for one in answers) == [201, 409]
    after = opened(desks["intake"], ORDER, key)
    assert (after.status_code, after.json()["repeated"]) == (201, True)


def test_a_key_is_free_again_after_a_refusal(desks: dict[str, httpx.Client]) -> None:
    key = fresh_key()

    for _ in range(2):
        assert opened(desks["intake"], {**ORDER, "asset": "asset-9"}, key).status_code == 422
    assert opened(desks["intake"], ORDER, key).status_code == 201


@contextmanager
def held(live: Live, device: str) -> Iterator[None]:
    """A transaction of somebody else holds the row of a desk until the end of the block."""
    has_it, may_end = threading.Event(), threading.Event()

    def work(tx: WriteTransaction) -> None:
        tx.lock_device(device)
        has_it.set()
        assert may_end.wait(PATIENCE_SECONDS)

    with ThreadPoolExecutor(1) as holder:
        holding = holder.submit(live.service.store.transact, work)
        assert has_it.wait(PATIENCE_SECONDS)
        try:
            yield
        finally:
            may_end.set()
            holding.result(PATIENCE_SECONDS)
