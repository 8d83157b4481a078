"""What a desk's body must be: read strictly, in JSON, with texts that people can see, and a base that was."""

from __future__ import annotations

import gzip
import json

import httpx
import pytest

from server.desk.routes import MOST_BODY_BYTES
from sync.operation import LARGEST_OPERATION_BYTES
from tests.server.live import Json, Live, etag
from tests.server.orders import Orders

ORDER: Json = {"site": "site-1", "kind": "fault", "channel": "phone", "symptom": "不制冷", "read_back": True}
CHINESE = {"Accept-Language": "zh-CN"}
PATH = "/v1/desk/work-orders"


@pytest.mark.parametrize("value", ["yes", "true", 1, 0, 1.0], ids=repr)
def test_a_truth_is_true_or_false_and_nothing_like_it(desks: dict[str, httpx.Client], value: object) -> None:
    answer = desks["intake"].post(PATH, json={**ORDER, "read_back": value}, headers=CHINESE)

    assert answer.status_code == 400, answer.text
    assert (answer.json()["details"]["field"], answer.json()["details"]["fault"]) == (
        "read_back",
        "not_boolean",
    )
    assert "必须是布尔值" in answer.json()["detail"]
    assert desks["intake"].post(PATH, json={**ORDER, "read_back": False}).status_code == 201


@pytest.mark.parametrize("value", ["5", 5.0, True], ids=repr)
def test_a_count_is_an_integer_and_nothing_like_it(desks: dict[str, httpx.Client], value: object) -> None:
    store = desks["storekeeper"]
    base = etag(store.get("/v1/desk/stock/store-1"))
    body: Json = {"kind": "receipt", "part": "part-1", "to_location": "store-1"}

    answer = store.post("/v1/desk/stock/moves", json={**body, "quantity": value}, headers={**base, **CHINESE})
    right = store.post("/v1/desk/stock/moves", json={**body, "quantity": 5}, headers=base)

    assert (answer.status_code, right.status_code) == (400, 201), answer.text
    assert (answer.json()["details"]["field"], answer.json()["details"]["fault"]) == (
        "quantity",
        "not_integer",
    )
    assert "必须是整数" in answer.json()["detail"]


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\r", "\x7f", "\x85"], ids=ascii)
def test_a_text_with_a_control_character_is_refused(
    desks: dict[str, httpx.Client], orders: Orders, sign: str
) -> None:
    order = orders.new()
    base = etag(orders.read(order))

    opened = desks["intake"].post(PATH, json={**ORDER, "symptom": f"不{sign}制冷"}, headers=CHINESE)
    corrected = desks["dispatcher"].patch(
        f"{PATH}/{order}", json={"set": {"symptom": f"不{sign}制冷"}}, headers={**base, **CHINESE}
    )
    named = desks["admin"].post(
        "/v1/desk/contacts",
        json={"fields": {"site": "site-1", "name": {"zh": f"王{sign}"}}},
        headers=CHINESE,
    )

    told = [
        (one.status_code, one.json()["details"]["field"], one.json()["details"]["fault"])
        for one in (opened, corrected, named)
    ]
    assert told == [
        (400, "symptom", "control_character"),
        (422, "symptom", "control_character"),
        (422, "name.zh", "control_character"),
    ]
    assert all("不能含有控制字符" in one.json()["detail"] for one in (opened, corrected, named))


def test_lines_and_tabs_are_text(desks: dict[str, httpx.Client]) -> None:
    answer = desks["intake"].post(PATH, json={**ORDER, "symptom": "不制冷\n\t第二行"})

    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("ver", ["9007199254740991", "{next}"])
def test_a_base_that_never_was_is_refused(
    live: Live, desks: dict[str, httpx.Client], orders: Orders, ver: str
) -> None:
    order = orders.new()
    before = orders.read(order)
    stray = f"{live.service.engine.epoch}:{ver.format(next=before.json()['ver'] + 1)}"

    for headers, more in (({"If-Match": f'"{stray}"'}, {}), ({}, {"base": stray})):
        answer = desks["dispatcher"].patch(
            f"{PATH}/{order}", json={"set": {"priority": "high"}, **more}, headers={**headers, **CHINESE}
        )
        assert (answer.status_code, answer.json()["code"]) == (412, "base_elsewhere"), answer.text
        assert "请重新读取后再提交修改" in answer.json()["detail"]
    assert orders.read(order).json() == before.json()
    right = desks["dispatcher"].patch(
        f"{PATH}/{order}", json={"set": {"priority": "high"}}, headers=etag(before)
    )
    assert right.status_code == 200, right.text


def test_a_base_is_written_in_the_digits_of_an_etag(
    live: Live, desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order = orders.new()

    answer = desks["dispatcher"].patch(
        f"{PATH}/{order}",
        json={"set": {"priority": "high"}, "base": f"{live.service.engine.epoch}:١"},
        headers=CHINESE,
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "base_unreadable"), answer.text
    assert "版本格式不符" in answer.json()["detail"]


def test_a_number_in_the_place_of_a_text_is_told_as_that(desks: dict[str, httpx.Client]) -> None:
    fields: Json = {"site": "site-1", "equipment": "RF"}

    text, group = (
        desks["intake"].post("/v1/desk/assets", json={"fields": {**fields, **wrong}}, headers=CHINESE)
        for wrong in ({"model": 1.5}, {"place": {"zh": 2.5}})
    )

    assert (text.status_code, text.json()["details"]["field"], text.json()["details"]["fault"]) == (
        422,
        "model",
        "not_text",
    )
    assert "“model”必须是文本" in text.json()["detail"]
    assert (group.json()["details"]["field"], group.json()["details"]["fault"]) == ("place.zh", "not_text")
    right = desks["intake"].post("/v1/desk/assets", json={"fields": {**fields, "model": "1.5"}})
    assert right.status_code == 201, right.text


def test_what_is_too_large_is_told_by_name_and_limit(desks: dict[str, httpx.Client], orders: Orders) -> None:
    order = orders.new()
    base = etag(orders.read(order))

    def correct(values: Json) -> httpx.Response:
        return desks["supervisor"].patch(f"{PATH}/{order}", json={"set": values}, headers={**base, **CHINESE})

    long, many = correct({"symptom": "长" * 100_000}), correct({"special_needs": {"add": ["x" * 300_000]}})

    assert (long.status_code, long.json()["details"]["field"], long.json()["details"]["fault"]) == (
        422,
        "symptom",
        "too_long",
    )
    assert (many.json()["details"]["field"], many.json()["details"]["limit"]) == (
        "special_needs",
        LARGEST_OPERATION_BYTES,
    )
    assert f"超过 {LARGEST_OPERATION_BYTES} 字节" in many.json()["detail"]
    huge = correct({"symptom": "x" * MOST_BODY_BYTES})
    assert (huge.status_code, huge.json()["details"]) == (413, {"limit_bytes": MOST_BODY_BYTES})
    assert str(MOST_BODY_BYTES) in huge.json()["detail"]


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/json; charset=gbk", "application/x-www-form-urlencoded"]
)
def test_a_body_of_another_type_is_refused(desks: dict[str, httpx.Client], content_type: str) -> None:
    answer = desks["intake"].post(
        PATH, content=json.dumps(ORDER), headers={"Content-Type": content_type, **CHINESE}
    )

    assert (answer.status_code, answer.json()["code"]) == (415, "content_type_unsupported"), answer.text
    assert answer.headers["Accept-Post"] == "application/json"
    assert "请求正文的类型必须是" in answer.json()["detail"]


@pytest.mark.parametrize("content_type", ["", "application/json", 'Application/JSON; charset="UTF-8"'])
def test_json_is_taken_however_it_is_named(desks: dict[str, httpx.Client], content_type: str) -> None:
    headers = {"Content-Type": content_type} if content_type else {}

    answer = desks["intake"].post(PATH, content=json.dumps(ORDER), headers=headers)

    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("encoding", ["gzip", "zstd", "br"])
def test_a_compressed_body_is_refused(desks: dict[str, httpx.Client], encoding: str) -> None:
    answer = desks["intake"].post(
        PATH,
        content=gzip.compress(json.dumps(ORDER).encode()),
        headers={"Content-Type": "application/json", "Content-Encoding": encoding, **CHINESE},
    )

    assert (answer.status_code, answer.json()["code"]) == (415, "content_encoding_unsupported"), answer.text
    assert answer.headers["Accept-Encoding"] == "identity"
    assert answer.json()["detail"] == "请求正文不可压缩。"


def test_signing_in_takes_json_alone(live: Live) -> None:
    body = json.dumps({"login": "intake", "password": "wrong"})

    answer = live.client().post("/v1/desk/login", content=body, headers={"Content-Type": "text/plain"})

    assert (answer.status_code, answer.json()["code"]) == (415, "content_type_unsupported"), answer.text


def test_an_empty_body_is_told_as_empty(desks: dict[str, httpx.Client]) -> None:
    answer = desks["intake"].post(PATH, headers=CHINESE)

    assert (answer.status_code, answer.json()["code"]) == (400, "json_invalid"), answer.text
    assert "内容为空" in answer.json()["detail"]
