"""A phone proves itself by a short token or by its key, and no lost reply ever logs it out."""

from __future__ import annotations

from typing import Any

import pytest

from mobile_api.derived_key import from_base64url, to_base64url
from mobile_api.device_key import checked_public_key, jwk_of
from mobile_api.device_signature import is_signed
from mobile_api.tokens import AccessTokens
from tests.mobile_api.live import Company, Phone, sync_body

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def test_expired_token_asks_for_a_signature_and_brings_the_nonce(company: Company, phone: Phone) -> None:
    company.clock.pass_seconds(901)

    refused = phone.sync()

    assert (refused.status, refused.code) == (401, "access_token_expired")
    body = sync_body()
    headers = phone.signature(body, nonce=refused.json["details"]["nonce"])
    assert phone.sync(headers=headers).status == 200


def test_expired_token_with_a_signature_costs_no_extra_round_trip(company: Company, phone: Phone) -> None:
    company.clock.pass_seconds(5 * 86_400)
    body = sync_body(phone.operation())

    answer = phone.post("/v1/sync", body, {**phone.by_token(), **phone.signature(body)})

    assert answer.status == 200
    assert answer.json["push"]["results"][0]["status"] == "applied"
    phone.token = answer.json["token"]
    assert phone.sync().status == 200


def test_forged_token_with_a_signature_is_let_in_by_the_signature(phone: Phone) -> None:
    body = sync_body()

    assert (
        phone.post("/v1/sync", body, {"Authorization": "Bearer x.y", **phone.signature(body)}).status == 200
    )


def test_lost_reply_leaves_the_old_nonce_good(phone: Phone) -> None:
    assert phone.sync(signed=True).status == 200
    assert phone.sync(signed=True).status == 200


def test_nonce_that_a_newer_one_has_replaced_is_refused_with_a_fresh_one(phone: Phone) -> None:
    captured = sync_body()
    headers = phone.signature(captured)
    phone.nonce = phone.sync(headers=headers).json["nonce"]
    phone.nonce = phone.sync(signed=True).json["nonce"]

    replayed = phone.post("/v1/sync", captured, headers)

    assert (replayed.status, replayed.code) == (401, "nonce_refused")
    phone.nonce = replayed.json["details"]["nonce"]
    assert phone.sync(signed=True).status == 200


def test_replayed_signed_exchange_changes_nothing(phone: Phone) -> None:
    body = sync_body(phone.operation({"used": {"inc": 1}}))
    headers = phone.signature(body)
    first = phone.post("/v1/sync", body, headers)

    again = phone.post("/v1/sync", body, headers)

    assert again.json["push"]["results"] == first.json["push"]["results"]
    (aggregate,) = again.json["pull"]["aggregates"]
    assert aggregate["records"][0]["fields"]["used"] == 1


def test_new_nonce_is_good_even_if_the_servers_clock_was_set_back(company: Company, phone: Phone) -> None:
    company.clock.pass_seconds(-86_400)
    phone.nonce = phone.sync(signed=True).json["nonce"]

    assert phone.sync(signed=True).status == 200


def test_nonce_is_good_for_its_days_and_no_longer(company: Company, phone: Phone) -> None:
    company.clock.pass_seconds(89 * 86_400)
    assert phone.sync(signed=True).status == 200

    company.clock.pass_seconds(2 * 86_400)
    refused = phone.sync(signed=True)
    assert (refused.status, refused.code) == (401, "nonce_refused")
    phone.nonce = refused.json["details"]["nonce"]
    assert phone.sync(signed=True).status == 200


def test_nonce_of_another_device_is_refused(company: Company, phone: Phone) -> None:
    phone.nonce = company.phone("bob").nonce

    assert phone.sync(signed=True).code == "nonce_refused"


def _other_body(phone: Phone, body: bytes) -> dict[str, str]:
    return phone.signature(body + b" ")


def _other_nonce_signed(phone: Phone, body: bytes) -> dict[str, str]:
    return {**phone.signature(body, nonce="something else"), "Doorstep-Nonce": phone.nonce}


def _other_key(phone: Phone, body: bytes) -> dict[str, str]:
    stranger = Phone(phone.port)
    return stranger.signature(body, nonce=phone.nonce, device=phone.device)


def _short(phone: Phone, body: bytes) -> dict[str, str]:
    headers = phone.signature(body)
    return {**headers, "Doorstep-Signature": to_base64url(from_base64url(headers["Doorstep-Signature"])[:63])}


def _zeros(phone: Phone, body: bytes) -> dict[str, str]:
    return {**phone.signature(body), "Doorstep-Signature": to_base64url(bytes(64))}


def _not_base64(phone: Phone, body: bytes) -> dict[str, str]:
    return {**phone.signature(body), "Doorstep-Signature": "!" * 86}


def _empty(phone: Phone, body: bytes) -> dict[str, str]:
    return {**phone.signature(body), "Doorstep-Signature": ""}


@pytest.mark.parametrize(
    "forged", [_other_body, _other_nonce_signed, _other_key, _short, _zeros, _not_base64, _empty]
)
def test_signature_that_is_not_the_devices_over_this_request_is_refused(phone: Phone, forged: Any) -> None:
    body = sync_body()

    answer = phone.post("/v1/sync", body, forged(phone, body))

    assert (answer.status, answer.code) == (401, "signature_refused")


def test_signature_in_the_upper_half_is_as_good(phone: Phone) -> None:
    body = sync_body()
    headers = phone.signature(body)
    raw = from_base64url(headers["Doorstep-Signature"])
    other_s = P256_ORDER - int.from_bytes(raw[32:], "big")
    headers["Doorstep-Signature"] = to_base64url(raw[:32] + other_s.to_bytes(32, "big"))

    assert phone.post("/v1/sync", body, headers).status == 200


def test_body_and_nonce_cannot_be_shifted_against_each_other(phone: Phone) -> None:
    key = checked_public_key(dict(jwk_of(phone.key.public_key())))
    signature = phone.signature(b"body", nonce="nonce")["Doorstep-Signature"]

    assert is_signed(key, signature, b"body", "nonce")
    assert not is_signed(key, signature, b"bodyn", "once")


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer x", "Bearer a.b", "Basic YTpi", "Bearer é.é", "Bearer " + "a" * 9000],
)
def test_anything_but_a_genuine_token_is_unauthorized(phone: Phone, authorization: str) -> None:
    answer = phone.sync(headers={"Authorization": authorization})

    assert (answer.status, answer.code) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_token_with_a_changed_letter_is_unauthorized(phone: Phone) -> None:
    said, _, mac = phone.token.partition(".")
    other = to_base64url(from_base64url(said).replace(b"alice", b"bobby"))

    assert phone.sync(headers={"Authorization": f"Bearer {other}.{mac}"}).code == "unauthorized"


def test_anothers_token_does_not_speak_for_this_device(company: Company, phone: Phone) -> None:
    other = company.phone("bob")

    answer = phone.sync(headers={**other.by_token(), "Doorstep-Device": phone.device})

    assert (answer.status, answer.code) == (401, "unauthorized")


def test_operations_under_anothers_token_are_parked_and_nothing_of_the_job_is_told(
    company: Company, phone: Phone
) -> None:
    other = company.phone("bob")

    answer = phone.sync(phone.operation(), headers=other.by_token())

    assert answer.json["push"]["results"][0]["status"] == "parked"
    assert answer.json["pull"]["aggregates"] == []


def test_token_is_renewed_by_the_key_alone(company: Company, phone: Phone) -> None:
    company.clock.pass_seconds(901)

    renewed = phone.post("/v1/token", b"", phone.signature(b""))

    assert (renewed.status, renewed.json["token_expires_in"]) == (200, 900)
    phone.token = renewed.json["token"]
    assert phone.sync().status == 200
    phone.nonce = renewed.json["nonce"]
    assert phone.sync(signed=True).status == 200


def test_lost_renewal_is_simply_repeated(company: Company, phone: Phone) -> None:
    for _ in range(3):
        assert phone.post("/v1/token", b"{}", phone.signature(b"{}")).status == 200


def test_renewal_without_any_nonce_takes_one_more_round_trip(phone: Phone) -> None:
    refused = phone.post("/v1/token", b"", phone.signature(b"", nonce=""))

    assert (refused.status, refused.code) == (401, "nonce_refused")
    nonce = refused.json["details"]["nonce"]
    assert phone.post("/v1/token", b"", phone.signature(b"", nonce=nonce)).status == 200


def test_token_is_not_renewed_by_a_token(phone: Phone) -> None:
    assert phone.post("/v1/token", b"", phone.by_token()).code == "unauthorized"


def test_tokens_of_another_secret_are_worth_nothing(company: Company) -> None:
    phone = company.phone()
    phone.token = AccessTokens("another secret", 900, company.clock).issue(phone.device, "alice")

    assert phone.sync().code == "unauthorized"
