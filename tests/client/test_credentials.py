"""A token expires, a nonce is refused, a key is lost: work goes on, and at most one more round trip is paid."""

from __future__ import annotations

import stat
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from doorstep_client import Phone, Refused, Unreachable
from doorstep_client.key import DeviceKey
from doorstep_client.transport import Answer
from sync.store import DeviceRow
from tests.client.clock import HeldClock
from tests.client.conftest import OpenPhone
from tests.client.server import Server


def test_an_expired_token_costs_no_round_trip(phone: Phone, server: Server, clock: HeldClock):
    clock.pass_seconds(3600)
    phone.author("job", "j1", set={"phone": "200"})
    before = len(server.authorised_by)
    phone.sync()
    assert server.authorised_by[before:] == ["signature"]
    assert server.record().fields["phone"] == "200"


def test_a_signed_exchange_brings_a_token_for_the_next(phone: Phone, server: Server, clock: HeldClock):
    clock.pass_seconds(3600)
    phone.sync()
    before = len(server.authorised_by)
    phone.sync()
    assert server.authorised_by[before:] == ["token"]


def test_a_token_that_the_server_no_longer_takes_is_answered_by_a_signature_once(
    phone: Phone, server: Server
):
    server.tokens.clear()
    phone.author("job", "j1", set={"phone": "200"})
    before = len(server.authorised_by)
    phone.sync()
    assert server.authorised_by[before:] == ["token", "signature"]


def test_a_wall_clock_set_forward_does_not_expire_a_token(phone: Phone, server: Server, clock: HeldClock):
    clock.wall_ms += 10 * 365 * 86_400_000
    before = len(server.authorised_by)
    phone.sync()
    assert server.authorised_by[before:] == ["token"]


def test_after_a_restart_of_the_device_the_key_signs(phone: Phone, server: Server, clock: HeldClock):
    clock.boot, clock.mono_ms = "boot-2", 5
    before = len(server.authorised_by)
    phone.sync()
    assert server.authorised_by[before:] == ["signature"]


def test_the_newest_nonce_is_the_one_that_is_signed(phone: Phone, server: Server, clock: HeldClock):
    phone.sync()
    newest = list(server.nonces)[-1]
    server.nonces = {newest: server.nonces[newest]}
    clock.pass_seconds(3600)
    before = len(server.authorised_by)
    phone.sync()
    assert server.authorised_by[before:] == ["signature"]


def test_a_refused_nonce_is_answered_by_signing_the_fresh_one(phone: Phone, server: Server, clock: HeldClock):
    clock.pass_seconds(3600)
    server.nonces.clear()
    phone.author("job", "j1", set={"phone": "200"})
    before = len(server.authorised_by)
    phone.sync()
    assert server.authorised_by[before:] == ["signature", "signature"]
    assert server.record().fields["phone"] == "200"


def test_lost_replies_never_log_a_phone_out(phone: Phone, server: Server, clock: HeldClock):
    clock.pass_seconds(3600)
    server.lose_reply = lambda: True
    for _ in range(3):
        with pytest.raises(Unreachable):
            phone.sync()
    server.lose_reply = lambda: False
    phone.sync()
    assert phone.freshness().unsent == 0


def test_a_refusal_deletes_nothing(phone: Phone, server: Server):
    phone.author("job", "j1", set={"phone": "200"})
    server.refuse = lambda path: Answer(401, {}, b'{"code": "device_unknown", "detail": "enrol again"}')
    with pytest.raises(Refused) as refused:
        phone.sync()
    assert refused.value.code == "device_unknown"
    assert len(phone.outbox()) == 1 and phone.get("job", "j1") is not None


def test_a_server_that_is_unwell_is_unreachable_not_a_refusal(phone: Phone, server: Server):
    server.refuse = lambda path: Answer(503, {}, b"<html>")
    with pytest.raises(Unreachable):
        phone.sync()


def test_a_body_that_is_too_large_goes_in_halves(phone: Phone, server: Server):
    for _ in range(20):
        phone.author("job", "j1", set={"used": {"inc": 1}})
    too_large = iter([True, True])
    server.refuse = lambda path: Answer(413, {}, b"{}") if next(too_large, False) else None
    phone.sync()
    assert server.record().fields["used"] == 20
    assert [len(one.push.ops) for one in server.requests[-4:]] == [5, 5, 5, 5]


def test_enrolment_may_be_repeated_after_a_lost_reply(open_phone: OpenPhone, server: Server):
    phone = open_phone("a")
    server.lose_reply = lambda: True
    with pytest.raises(Unreachable):
        phone.enrol("CODE-A", "phone", "test")
    server.lose_reply = lambda: False
    assert phone.enrol("CODE-A", "phone", "test").device == "phone-alice"
    phone.sync()
    assert phone.aggregates("job") == ["job/j1"]


def test_enrolled_again_a_phone_brings_its_unsent_work_along(
    phone: Phone, server: Server, open_phone: OpenPhone
):
    phone.author("job", "j1", set={"used": {"inc": 1}})
    del server.store._state.devices["phone-alice"]
    server.store.put_device(other_device("phone-other", phone))
    phone.enrol("CODE-A", "phone", "test")
    assert phone.identity.device == "phone-other"
    phone.sync()
    assert server.record().fields["used"] == 1


def other_device(id: str, phone: Phone) -> DeviceRow:
    """The same phone, known under another id."""
    key = msgspec.json.encode(phone._line._key.public_jwk())
    return DeviceRow(id=id, user="alice", roles=("technician",), public_key=key)


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path):
    path = tmp_path / "phone.key"
    first = DeviceKey.in_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert DeviceKey.in_file(path).public_jwk() == first.public_jwk()


def test_a_file_that_holds_another_kind_of_key_is_refused(tmp_path: Path):
    other = ec.generate_private_key(ec.SECP384R1())
    path = tmp_path / "phone.key"
    path.write_bytes(
        other.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    with pytest.raises(ValueError, match="no P-256 key"):
        DeviceKey.in_file(path)
