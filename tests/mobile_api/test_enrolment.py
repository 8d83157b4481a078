"""A one-time code and a fresh device key make a phone one of ours."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from mobile_api.device_key import jwk_of
from tests.mobile_api.live import Company, Phone


def test_enrolled_phone_can_exchange_at_once(company: Company) -> None:
    phone = Phone(company.port)

    status, reply = phone.enrol(company.code("alice"))

    assert status == 201
    assert (reply["user"], reply["roles"], reply["epoch"]) == ("alice", ["technician"], "epoch-1")
    assert (reply["schema"], reply["token_expires_in"]) == (2, 900)
    assert phone.sync(phone.operation()).json["push"]["results"][0]["status"] == "applied"


def test_first_nonce_is_good_for_a_signature(company: Company) -> None:
    assert company.phone().sync(signed=True).status == 200


def test_code_may_be_typed_as_people_type(company: Company) -> None:
    code = company.code()
    assert code == "0000000001"

    status, _ = Phone(company.port).enrol(" ooooo-ooool ")

    assert status == 201


def test_code_enrols_one_phone(company: Company) -> None:
    code = company.code()
    Phone(company.port).enrol(code)

    status, problem = Phone(company.port).enrol(code)

    assert (status, problem["code"]) == (409, "enrolment_code_used")


def test_lost_enrolment_reply_is_asked_for_again(company: Company) -> None:
    phone, code = Phone(company.port), company.code()
    _, first = phone.enrol(code)

    status, again = phone.enrol(code)

    assert (status, again["device"]) == (201, first["device"])


def test_expired_code_says_so(company: Company) -> None:
    code = company.code(minutes=10)
    company.clock.pass_seconds(11 * 60)

    status, problem = Phone(company.port).enrol(code)

    assert (status, problem["code"]) == (410, "enrolment_code_expired")


def test_guessing_is_stopped_for_an_address_and_only_for_a_while(company: Company) -> None:
    phone = Phone(company.port)
    for _ in range(10):
        assert phone.enrol("WRONG-WRONG")[1]["code"] == "enrolment_code_unknown"

    right = company.code()
    exhausted = phone.enrol(right)[1]
    assert exhausted["code"] == "enrolment_attempts_exhausted"
    assert (
        exhausted["detail"]
        == f"Too many wrong codes; please wait {exhausted['details']['wait_seconds']} seconds."
    )

    company.clock.pass_seconds(601)
    assert phone.enrol(right)[0] == 201


def test_guessing_is_stopped_in_all(start: Callable[..., Company]) -> None:
    company = start(code_failures_per_address=1000, code_failures_in_all=5)
    phone = Phone(company.port)
    for _ in range(5):
        phone.enrol("WRONG-WRONG")

    answer = phone.post("/v1/enrol", b'{"code":"X","public_key":%s}' % _jwk(phone))

    assert (answer.status, answer.code) == (429, "enrolment_attempts_exhausted")
    assert int(answer.headers["Retry-After"]) == 600


def test_enrolling_many_phones_is_no_guessing(company: Company) -> None:
    assert [Phone(company.port).enrol(company.code())[0] for _ in range(15)] == [201] * 15


def test_refused_key_does_not_cost_the_code(company: Company) -> None:
    phone, code = Phone(company.port), company.code()

    assert phone.enrol(code, public_key={"kty": "EC"})[1]["code"] == "public_key_invalid"

    assert phone.enrol(code)[0] == 201


_GOOD = jwk_of(Phone(0).key.public_key())


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"crv": "P-384"}, "P-256"),
        ({"kty": "RSA"}, "kty EC"),
        ({"x": _GOOD["y"]}, "curve"),
        ({"x": "AA"}, "32 bytes"),
        ({"x": "A" * 43 + "="}, "base64url"),
        ({"x": "é" * 43}, "base64url"),
        ({"x": 5}, "must be texts"),
        ({"d": "AAAA"}, "private"),
    ],
)
def test_key_that_is_no_point_on_the_curve_is_refused(
    company: Company, changed: dict[str, object], why: str
) -> None:
    status, problem = Phone(company.port).enrol(company.code(), public_key={**_GOOD, **changed})

    assert (status, problem["code"]) == (400, "public_key_invalid")
    assert why in problem["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{}", "code"),
        (b'{"code":5}', "code"),
        (b'{"code":""}', "code"),
        (b'{"code":"X"}', "public_key"),
        (b'{"code":"X","public_key":[]}', "public_key"),
        (b'{"code":"X","public_key":{},"name":"%s"}' % (b"n" * 101), "name"),
        (b'{"code":"X","public_key":{},"platform":"a\\u0000b"}', "platform"),
        (b"[]", "body"),
    ],
)
def test_bad_enrolment_names_the_field(company: Company, body: bytes, field: str) -> None:
    answer = Phone(company.port).post("/v1/enrol", body)

    assert (answer.status, answer.code) == (400, "field_invalid")
    assert answer.json["details"]["field"] == field


def test_sentences_come_in_chinese(company: Company) -> None:
    answer = Phone(company.port).post(
        "/v1/enrol", b'{"code":"X","public_key":%s}' % _jwk(Phone(0)), {"Accept-Language": "zh-CN"}
    )

    assert answer.headers["Content-Language"] == "zh-CN"
    assert "登记码" in answer.json["detail"]


def _jwk(phone: Phone) -> bytes:
    return json.dumps(jwk_of(phone.key.public_key())).encode()


def test_what_is_empty_is_called_empty(company: Company) -> None:
    phone = Phone(company.port)

    nothing = phone.post("/v1/enrol", b"")
    no_code = phone.post("/v1/enrol", b'{"code":"","public_key":%s}' % _jwk(phone))
    cut = phone.post("/v1/enrol", b'{"code"')

    assert (nothing.status, nothing.code) == (400, "json_invalid")
    assert nothing.json["details"]["fault"] == "empty" and cut.json["details"]["fault"] == "cut_off"
    assert no_code.json["details"]["fault"] == "empty"
