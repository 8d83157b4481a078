"""What comes in after an erasure, from phones that were away, brings nothing back."""

from __future__ import annotations

import msgspec
import pytest

from domain import place
from media.gate import Principal
from mobile_api.ports import Quarantine
from server.service import Service
from sync.engine import Draft
from sync.operation import decode_operation
from sync.push import Refused
from sync.store import Ask, DeviceRow, Receipt
from tests.personal_data import house
from tests.personal_data.house import AGGREGATES, CUSTOMER, PHONE_DEVICE, SITE, found_in, operation
from tests.personal_data.secrets import NAME, SECRET


@pytest.fixture
def erased(company: Service) -> Service:
    company.erasing.erase(CUSTOMER, reason="request", by="u-1")
    return company


def late(seq: int, **fields: object) -> bytes:
    return operation(
        PHONE_DEVICE, seq, "note", f"late-{seq}", AGGREGATES[2], "create", {"text": SECRET, **fields}
    )


def receipt(service: Service, seq: int) -> Receipt:
    (found,) = service.engine.store.transact(
        lambda tx: tx.load(Ask(receipts=(PHONE_DEVICE, seq, seq)))
    ).receipts
    return found


def test_a_late_operation_is_parked_as_erased_and_its_values_are_not_kept(
    erased: Service, database_url: str
) -> None:
    (result,) = erased.engine.push(PHONE_DEVICE, [late(3)]).results
    assert (result.status, result.reason) == ("parked", "erased")
    kept = decode_operation(receipt(erased, 3).payload)
    assert (kept.id, kept.set["text"]) == (f"{PHONE_DEVICE}-3", "(erased)")
    assert not {"record", "operation", "note"} & found_in(database_url).keys()


def test_sent_again_it_gets_the_same_answer_and_is_no_fork(erased: Service) -> None:
    first = erased.engine.push(PHONE_DEVICE, [late(3)])
    again = erased.engine.push(PHONE_DEVICE, [late(3), late(4)])
    assert again.fork is None
    assert again.results[0] == first.results[0]
    assert again.results[1].reason == "erased"


def test_another_operation_under_its_number_is_a_fork_still(erased: Service) -> None:
    erased.engine.push(PHONE_DEVICE, [late(3)])
    other = msgspec.json.encode(msgspec.json.decode(late(3)) | {"id": "another"})
    assert erased.engine.push(PHONE_DEVICE, [other]).fork is not None


def test_what_was_taken_before_the_erasure_may_be_repeated_after_it(company: Service) -> None:
    sent = operation(PHONE_DEVICE, 3, "note", "n-3", AGGREGATES[2], "update", {"text": SECRET})
    company.engine.push(PHONE_DEVICE, [sent])
    company.erasing.erase(CUSTOMER, reason="request", by="u-1")
    reply = company.engine.push(PHONE_DEVICE, [sent])
    assert reply.fork is None
    assert [(one.status, one.reason) for one in reply.results] == [("parked", "erased")]


def test_an_operation_that_waits_for_an_unknown_record_is_judged_first(
    erased: Service, database_url: str
) -> None:
    sent = operation(PHONE_DEVICE, 3, "contact", "nobody", AGGREGATES[1], "update", {"phone": SECRET})
    (result,) = erased.engine.push(PHONE_DEVICE, [sent]).results
    assert result.reason == "erased"
    assert "operation" not in found_in(database_url)


@pytest.mark.parametrize("where", ["site", "customer"])
def test_a_new_order_for_an_erased_customer_is_parked_without_its_values(
    erased: Service, database_url: str, where: str
) -> None:
    home = place.work_order("w-new")
    fields = {"site": "elsewhere", "customer": "c-2", "opened_at": "2031-05-05T01:00:00Z", "symptom": SECRET}
    fields[where] = {"site": SITE, "customer": CUSTOMER}[where]
    sent = operation(PHONE_DEVICE, 3, "work_order", "w-new", home, "create", fields)
    (result,) = erased.engine.push(PHONE_DEVICE, [sent]).results
    assert result.reason == "erased"
    assert "operation" not in found_in(database_url)


def test_a_desk_is_refused_at_once(erased: Service) -> None:
    door = DeviceRow(id="desk-a", user="desk-a", roles=("intake",))
    draft = Draft(
        id="late",
        entity="customer",
        record=CUSTOMER,
        aggregate=AGGREGATES[0],
        set={"name": {"zh": NAME}},
        base_ver=1,
    )
    with pytest.raises(Refused, match="erased"):
        erased.engine.write(door, [draft])


def test_another_customers_work_goes_on(erased: Service) -> None:
    door = DeviceRow(id="desk-a", user="desk-a", roles=("intake",))
    draft = Draft(
        id="other",
        entity="customer",
        record="c-2",
        aggregate=place.customer("c-2"),
        set={"name": {"zh": "新"}},
        base_ver=1,
    )
    assert [one.status for one in erased.engine.write(door, [draft])] == ["applied"]


def test_a_late_deposit_is_kept_without_its_values_and_once(erased: Service, database_url: str) -> None:
    quarantine: Quarantine = erased.quarantine
    for _ in range(2):
        kept = quarantine.deposit("lost-2", [late(1), late(2)], most_bytes=10_000, now=erased.now())
        assert kept == 2
    assert len(erased.quarantine.deposited("lost-2", 0, 10)) == 2
    assert "quarantine" not in found_in(database_url)


def test_a_late_file_is_not_admitted(erased: Service) -> None:
    records = erased.uploads._gate
    house.entitle(erased, "u-1")
    why = records.may_upload(Principal("d-1", "u-1"), "media-1", house.PHOTO_SHA256, len(house.PHOTO), {})
    assert why == "customer_erased"
