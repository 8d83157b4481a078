"""Two phones of a stranger and the real server, over HTTP, find what the contract says."""

import copy
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stranger import tus
from tests.stranger.base import Base
from tests.stranger.clock import Moment
from tests.stranger.company import Company, company
from tests.stranger.digest import aggregate_digest
from tests.stranger.merge import merge
from tests.stranger.outbox import Operation, Outbox, fork_id
from tests.stranger.phone import Phone, Refused

NOTES = "office_notes"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """One server for all of this file: each test brings phones of its own."""
    folder: Path = tmp_path_factory.mktemp("stranger")
    with company(folder) as running:
        yield running


@pytest.fixture
def pair(made: Company) -> tuple[Phone, Phone]:
    """A phone of each technician, freshly enrolled and up to date."""
    phones = made.phone(0, "one"), made.phone(1, "two")
    for phone in phones:
        phone.exchange()
    return phones


def order_of(phone: Phone, made: Company) -> dict[str, Any]:
    """The job as the phone's base has it."""
    return phone.base.records[made.aggregate]["work_order", made.order]


def write(phone: Phone, made: Company, text: str) -> Operation:
    """Rewrite the notes for the technician, from what the phone shows."""
    shown = order_of(phone, made)["fields"].get(NOTES) or ""
    return phone.author("work_order", made.order, made.aggregate, {NOTES: {"text": text, "base": shown}})


def foreseen(phone: Phone, made: Company, operation: Operation) -> Any:
    """What the operation leads to when it meets the job as this phone's base has it."""
    held = phone.base.versions[made.aggregate]
    entity = phone.client.get("/v1/schema").json()["entities"]["work_order"]
    at = Moment(phone.base.epoch, held, held + 1)
    return merge(order_of(phone, made), operation, phone.roles, entity, at)


def test_enrolling_again_with_the_same_key_gives_the_same_device(made: Company) -> None:
    phone = made.phone(0, "one")
    assert phone.enrol()["device"] == phone.outbox.device


def test_a_first_exchange_brings_everything_with_the_digests_that_it_names(
    made: Company, pair: tuple[Phone, Phone]
) -> None:
    for phone in pair:
        reply = phone.send(phone.request({"manifest": {}}))
        fresh = Base()
        fresh.apply(reply["epoch"], reply["pull"])
        assert fresh.digest() == reply["pull"]["digest"] == phone.base.digest()
        assert not fresh.refetch and not fresh.told
        assert made.aggregate in fresh.versions
        for sent in reply["pull"]["aggregates"]:
            assert sent["whole"]
            assert aggregate_digest(fresh.records[sent["id"]].values()) == sent["digest"]


def test_a_poll_by_digest_tells_whether_anything_changed(pair: tuple[Phone, Phone]) -> None:
    phone, _ = pair
    assert phone.send(phone.request({"digest": phone.base.digest()}))["pull"]["unchanged"]
    assert phone.send(phone.request({"digest": "0" * 64}))["pull"]["send_manifest"]


def test_both_edit_one_passage_offline_and_both_texts_are_kept(
    made: Company, pair: tuple[Phone, Phone]
) -> None:
    one, two = pair
    write(one, made, f"Fan replaced by {one.outbox.device}")
    second = write(two, made, f"Belt oiled by {two.outbox.device}")
    first = one.exchange()["push"]["results"]
    assert [result["status"] for result in first] == ["applied"]

    reply = two.exchange()["push"]["results"]

    foresight = foreseen(one, made, second)
    conflict = foresight.conflicts[0]
    assert reply[0]["status"] == "conflict" and reply[0]["reason"] == conflict["reason"] == "text_overlaps"
    assert reply[0]["fields"] == [
        {"field": NOTES, "outcome": "conflict", "reason": "text_overlaps", "conflict": conflict["id"]}
    ]
    one.exchange()
    for phone in pair:
        kept = phone.base.records[made.aggregate]["conflict", conflict["id"]]["fields"]
        assert kept == {name: value for name, value in conflict.items() if name != "id"}
        assert phone.base.versions[made.aggregate] >= reply[0]["wrote"][made.aggregate]
        assert not phone.outbox.overlay(phone.base.versions) and not phone.base.told
    assert one.base.records[made.aggregate] == two.base.records[made.aggregate]


def test_passages_apart_are_joined_as_both_phones_foresee(made: Company, pair: tuple[Phone, Phone]) -> None:
    one, two = pair
    write(one, made, "Noise at the front. Middle. Oil at the back.")
    one.exchange()
    two.exchange()
    write(one, made, "Silence at the front. Middle. Oil at the back.")
    second = write(two, made, "Noise at the front. Middle. Grease at the back.")
    one.exchange()
    result = two.exchange()["push"]["results"][0]
    foresight = foreseen(one, made, second)
    assert (result["status"], result["reason"]) == ("merged", foresight.outcomes[0]["reason"])
    one.exchange()
    for phone in pair:
        assert order_of(phone, made)["fields"][NOTES] == foresight.record.fields[NOTES]
        assert foresight.record.fields[NOTES] == "Silence at the front. Middle. Grease at the back."


def test_a_replayed_batch_has_the_same_results_and_no_second_effect(
    made: Company, pair: tuple[Phone, Phone]
) -> None:
    phone, _ = pair
    phone.author("note", f"note-{phone.outbox.device}", made.aggregate, {"text": "seen"}, action="create")
    write(phone, made, "Read twice.")
    request = phone.request()
    first = phone.send(request)
    again = phone.send(request)
    assert again["push"] == first["push"] and len(first["push"]["results"]) == 2
    phone.outbox.take(again["push"])
    phone.exchange()
    assert phone.base.versions[made.aggregate] == first["push"]["results"][1]["wrote"][made.aggregate]


def test_a_gap_is_named_and_nothing_behind_it_is_taken(made: Company, pair: tuple[Phone, Phone]) -> None:
    phone, _ = pair
    for number in (1, 2):
        phone.author(
            "note", f"gap-{number}-{phone.outbox.device}", made.aggregate, {"text": "x"}, action="create"
        )
    request = phone.request()
    request["push"] |= {"ops": request["push"]["ops"][1:], "first": 2}
    push = phone.send(request)["push"]
    assert push["need_from"] == 1 and not push.get("results")
    phone.outbox.take(push)
    assert phone.outbox.push()["first"] == 1
    statuses = [result["status"] for result in phone.exchange()["push"]["results"]]
    assert statuses == ["applied", "applied"]


def test_without_a_token_the_device_key_signs_in_one_round_trip(
    made: Company, pair: tuple[Phone, Phone]
) -> None:
    phone, _ = pair
    phone.token = ""
    write(phone, made, "Signed.")
    before = phone.round_trips
    reply = phone.exchange(sign=True)
    assert reply["push"]["results"][0]["status"] in ("applied", "conflict")
    assert phone.round_trips == before + 1
    assert reply["token"] and reply["nonce"]
    phone.send(phone.request())


def test_a_refused_nonce_costs_one_more_round_trip(pair: tuple[Phone, Phone]) -> None:
    phone, _ = pair
    phone.nonce = "AAAA"
    with pytest.raises(Refused) as refused:
        phone.send(phone.request(), sign=True)
    assert (refused.value.status, refused.value.code) == (401, "nonce_refused")
    assert phone.send_again(phone.request(), refused.value)["token"]


def test_a_wrong_signature_is_refused_and_a_nonce_may_be_signed_again(pair: tuple[Phone, Phone]) -> None:
    phone, other = pair
    mine, phone.key = phone.key, other.key
    with pytest.raises(Refused) as refused:
        phone.send(phone.request(), sign=True)
    assert (refused.value.status, refused.value.code) == (401, "signature_refused")
    phone.key, nonce = mine, phone.nonce
    phone.send(phone.request(), sign=True)
    phone.nonce = nonce
    assert phone.send(phone.request(), sign=True)["token"], "the reply may have been lost"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer damaged"}, {"Doorstep-Device": "phone"}])
def test_without_credentials_the_answer_is_unauthorized(
    pair: tuple[Phone, Phone], headers: dict[str, str]
) -> None:
    answer = pair[0].client.post("/v1/sync", json=pair[0].request(), headers=headers)
    assert (answer.status_code, answer.json()["code"], answer.json()["details"]) == (401, "unauthorized", {})


def test_a_current_bearer_beside_another_device_is_unauthorized(pair: tuple[Phone, Phone]) -> None:
    phone, other = pair
    headers = phone.bearer() | {"Doorstep-Device": other.outbox.device}
    answer = phone.client.post("/v1/sync", json=phone.request(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


def test_a_signature_counts_beside_a_damaged_bearer_but_not_beside_a_current_one(
    pair: tuple[Phone, Phone],
) -> None:
    phone, _ = pair
    body = json.dumps(phone.request()).encode()
    json_body = {"Content-Type": "application/json"}
    damaged = phone.signed(body) | {"Authorization": "Bearer damaged"} | json_body
    answer = phone.client.post("/v1/sync", content=body, headers=damaged)
    assert answer.status_code == 200 and answer.json()["nonce"]
    current = phone.bearer() | phone.signed(b"another body") | json_body
    answer = phone.client.post("/v1/sync", content=body, headers=current)
    assert answer.status_code == 200 and not answer.json().get("nonce")


def test_an_unknown_device_is_asked_to_sign_once_more_before_it_is_told(pair: tuple[Phone, Phone]) -> None:
    stranger = copy.copy(pair[0])
    stranger.outbox, stranger.nonce = Outbox("never-enrolled"), ""
    with pytest.raises(Refused) as first:
        stranger.send(stranger.request(), sign=True)
    assert first.value.code == "nonce_refused"
    with pytest.raises(Refused) as second:
        stranger.send_again(stranger.request(), first.value)
    assert second.value.code == "device_unknown"


def test_gzip_is_taken(made: Company, pair: tuple[Phone, Phone]) -> None:
    phone, _ = pair
    phone.author(
        "note", f"gzip-{phone.outbox.device}", made.aggregate, {"text": "packed" * 500}, action="create"
    )
    assert phone.exchange(pack=True)["push"]["results"][0]["status"] == "applied"
    write(phone, made, "Packed and signed.")
    assert phone.exchange(pack=True, sign=True)["push"]["results"][0]["status"] in ("applied", "conflict")


def test_a_copy_of_a_phone_goes_on_under_the_name_that_the_server_gives(
    made: Company, pair: tuple[Phone, Phone]
) -> None:
    phone, _ = pair
    twin = copy.copy(phone)
    twin.base, twin.outbox = copy.deepcopy(phone.base), Outbox(phone.outbox.device)
    write(phone, made, "Mine.")
    phone.exchange()
    theirs = write(twin, made, "Theirs.") | {"id": f"twin-{phone.outbox.device}"}
    twin.outbox.operations[1] = theirs
    push = twin.send(twin.request())["push"]
    assert push["fork"] == fork_id(phone.outbox.device, 1, theirs)
    twin.outbox.take(push)
    assert twin.outbox.operations[1]["id"] == theirs["id"]
    with pytest.raises(Refused) as refused:
        twin.send(twin.request(), sign=True)
    assert refused.value.code == "nonce_refused"
    result = twin.send_again(twin.request(), refused.value)["push"]["results"][0]
    assert (result["status"], result["id"]) == ("conflict", theirs["id"])


def test_a_copy_asks_by_operation_id_for_what_its_old_device_left_parked(
    made: Company, pair: tuple[Phone, Phone]
) -> None:
    phone, _ = pair
    note = f"note-{phone.outbox.device}"
    left = phone.author("note", note, made.aggregate, {"text": "too early"})
    phone.exchange()
    twin = copy.copy(phone)
    twin.base, twin.outbox = copy.deepcopy(phone.base), copy.deepcopy(phone.outbox)
    write(phone, made, "The one.")
    phone.exchange()
    write(twin, made, "The other.")["id"] = f"twin-{phone.outbox.device}"
    twin.outbox.take(twin.send(twin.request())["push"])
    with pytest.raises(Refused) as refused:
        twin.send(twin.request(), sign=True)
    told = twin.send_again(twin.request(), refused.value)["push"]
    twin.outbox.take(told)
    assert [(one["id"], one["status"]) for one in told["updates"]] == [(left["id"], "parked")]
    assert twin.outbox.parked() == [] and twin.outbox.parked_ids() == [left["id"]]

    phone.author("note", note, made.aggregate, {"text": "there now"}, action="create")
    phone.exchange()
    (update,) = twin.exchange()["push"]["updates"]

    assert (update["id"], update["seq"]) == (left["id"], left["seq"]) and update["status"] != "parked"
    assert twin.outbox.parked_ids() == []


def test_a_file_goes_up_in_pieces_and_its_record_tells(made: Company, pair: tuple[Phone, Phone]) -> None:
    phone, _ = pair
    data = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 16
    media = f"media-{phone.outbox.device}"
    phone.author(
        "media",
        media,
        made.aggregate,
        {
            "visit": made.visits[0],
            "kind": "photo",
            "content_type": "image/png",
            "size_bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        },
        action="create",
    )
    assert phone.exchange()["push"]["results"][0]["status"] == "applied"
    client, headers = phone.client, phone.bearer()
    address, at = tus.create(client, headers, media, data)
    assert at == 0
    assert tus.append(client, headers, address, 0, data[:1000]).headers["Upload-Offset"] == "1000"
    assert tus.create(client, headers, media, data) == (address, 1000)
    assert tus.offset(client, headers, address) == 1000
    assert tus.append(client, headers, address, 0, data[:10]).status_code == 409
    assert tus.append(client, headers, address, 1000, data[1000:]).status_code == 204
    assert tus.offset(client, headers, address) == len(data)
    phone.exchange()
    state = phone.base.records[made.aggregate]["media", media]["fields"]["state"]
    assert state in ("stored", "verified")


def test_a_withdrawn_visit_leaves_the_phone_and_work_done_before_is_kept(made: Company) -> None:
    made.hire("three")
    phone, visit = made.phone(-1, "three"), made.visits[-1]
    phone.exchange()
    work = phone.author("visit", visit, made.aggregate, {"cause": "dust"})
    made.desk(f"visits/{visit}/withdraw", {"reason": "ill"}, **made.displayed())
    reply = phone.exchange()
    assert reply["push"]["results"][0]["id"] == work["id"]
    assert reply["push"]["results"][0]["status"] == "applied"
    assert made.aggregate in reply["pull"]["leave"]
    assert made.aggregate not in phone.base.versions and phone.base.digest() == reply["pull"]["digest"]


def test_what_is_authored_after_the_right_has_ended_is_parked(made: Company) -> None:
    made.hire("four")
    phone, visit = made.phone(-1, "four"), made.visits[-1]
    phone.exchange()
    made.desk(f"visits/{visit}/withdraw", {"reason": "ill"}, **made.displayed())
    made.hire("five")
    phone.exchange()
    version = int(made.displayed()["If-Match"].strip('"').rpartition(":")[2])
    assert made.aggregate not in phone.base.versions
    note = phone.author(
        "note",
        f"after-{phone.outbox.device}",
        made.aggregate,
        {"text": "still here"},
        action="create",
        base=[phone.base.epoch, version],
    )
    result = phone.exchange()["push"]["results"][0]
    assert (result["id"], result["status"]) == (note["id"], "parked")
