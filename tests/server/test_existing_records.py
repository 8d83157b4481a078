"""Making a record whose id is taken changes nothing: only a correction, on a base, changes what is there."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.orders import id_of

CUSTOMER = {"name": {"zh": "岚山朴舍", "en": "Lanshan House"}, "kind": "company", "number": "C-hijacked"}
HIJACK = CUSTOMER | {"name": {"zh": "抢注", "en": "Hijack"}}


def made(desk: httpx.Client, **given: Any) -> httpx.Response:
    return desk.post("/v1/desk/customers", json=given)


def test_a_record_that_is_there_is_not_made_again(desks: dict[str, httpx.Client]) -> None:
    intake = desks["intake"]
    customer = id_of(made(intake, fields=CUSTOMER), "customer")
    before = intake.get(f"/v1/desk/customers/{customer}").json()

    refused = intake.post(
        "/v1/desk/customers",
        json={"id": customer, "fields": HIJACK},
        headers={"Accept-Language": "zh"},
    )

    assert refused.status_code == 422, refused.text
    assert f"编号为“{customer}”的记录已存在" in refused.json()["detail"]
    assert refused.json()["details"]["field"] == "id"
    assert intake.get(f"/v1/desk/customers/{customer}").json() == before


@pytest.mark.parametrize("again", ["same-key", "new-id"])
def test_a_record_that_is_not_there_is_made(desks: dict[str, httpx.Client], again: str) -> None:
    intake = desks["intake"]
    body = {"id": f"customer-{again}", "fields": CUSTOMER | {"number": f"C-{again}"}}

    answers = [
        intake.post("/v1/desk/customers", json=body, headers={"Idempotency-Key": body["id"]})
        for _ in range(2 if again == "same-key" else 1)
    ]

    assert [one.status_code for one in answers] == [201] * len(answers), answers[0].text
    assert {id_of(one, "customer") for one in answers} == {body["id"]}
