"""After an erasure nothing of the customer is left, and everything else is as it was."""

from __future__ import annotations

from collections import defaultdict

import pytest

from domain import place
from server.db.address import is_sqlite, sqlite_path
from server.db.queries.chain import chain_of
from server.db.rebuild import rebuild
from server.personal.erasing import Blocked, NoSuchCustomer
from server.service import Service
from sync import audit
from sync.record import DIGEST_MODULUS, digest_term
from tests.backup.house import contents
from tests.personal_data import house
from tests.personal_data.house import AGGREGATES, CUSTOMER, found_in


def erase(company: Service, database_url: str) -> None:
    company.erasing.erase(CUSTOMER, reason="request", by="u-1")
    if is_sqlite(database_url):
        house.written_anew(sqlite_path(database_url))


def test_the_secrets_were_everywhere_before(company: Service, database_url: str) -> None:
    assert found_in(database_url).keys() >= {
        "audit", "contact", "customer", "operation", "quarantine", "record", "reminder", "site", "upload", "work_order",
    }  # fmt: skip


def test_no_byte_of_the_customer_is_left_in_the_database(company: Service, database_url: str) -> None:
    erase(company, database_url)
    assert found_in(database_url) == {}


def test_the_file_is_gone_and_its_upload_says_so(company: Service, database_url: str) -> None:
    erase(company, database_url)
    assert company.erasing._blobs.size(house.PHOTO_SHA256) is None
    upload = company.uploads._register.get("upload-1")
    assert upload is not None
    assert (upload.state.value, upload.reason, upload.facts) == ("terminated", "customer_erased", {})


def test_messages_that_lie_in_the_house_are_gone(company: Service, database_url: str) -> None:
    assert [one.key for one in company.messages.folder.filed()] == ["notification-1"]
    erase(company, database_url)
    assert list(company.messages.folder.filed()) == []


def test_chains_and_digests_verify_and_emptied_entries_say_erased(
    company: Service, database_url: str
) -> None:
    before = {id: chain_of(company.store.database, id).entries for id in AGGREGATES}
    erase(company, database_url)
    for id in AGGREGATES:
        kept = chain_of(company.store.database, id)
        assert audit.verify(kept.entries) == []
        assert kept.entries[-1].hash == kept.aggregate.chain_head
        assert [one.hash for one in kept.entries[: len(before[id])]] == [one.hash for one in before[id]]
        assert any(one.payload is None and one.salt is None for one in kept.entries)
        assert kept.aggregate.digest == _digest(company, id)


def _digest(company: Service, aggregate: str) -> int:
    terms: dict[str, int] = defaultdict(int)
    for one in company.reading.of_aggregate(aggregate)[1]:
        terms[one.aggregate] += 0 if one.deleted else digest_term(one.entity, one.id, one.ver)
    return terms[aggregate] % DIGEST_MODULUS


def test_an_entry_without_personal_values_stays_readable(company: Service, database_url: str) -> None:
    erase(company, database_url)
    entries = chain_of(company.store.database, AGGREGATES[2]).entries
    assert any(one.payload is not None for one in entries)


def test_a_rebuild_gives_the_same_rows(company: Service, database_url: str) -> None:
    erase(company, database_url)
    before = contents(database_url)
    rebuild(company.store.database, company.store.projections)
    assert contents(database_url) == before


def test_repeating_an_erasure_changes_nothing(company: Service, database_url: str) -> None:
    erase(company, database_url)
    before = contents(database_url)
    report = company.erasing.erase(CUSTOMER, reason="request", by="u-2")
    assert (report.records, report.operations, report.audit_entries, report.deposits, report.files) == (
        0,
    ) * 5
    assert contents(database_url) == before


def test_another_customers_records_are_as_they_were(company: Service, database_url: str) -> None:
    other = place.customer(house.OTHER)
    before = company.reading.of_aggregate(other)
    erase(company, database_url)
    assert company.reading.of_aggregate(other) == before


def test_a_file_that_somebody_else_has_too_stays(company: Service, database_url: str) -> None:
    house.give_the_same_photo_to_another(company)
    erase(company, database_url)
    assert company.erasing._blobs.size(house.PHOTO_SHA256) == len(house.PHOTO)


def test_an_open_order_blocks_and_nothing_is_changed(company: Service, database_url: str) -> None:
    house.open_an_order(company)
    before = contents(database_url)
    plan = company.erasing.plan(CUSTOMER)
    assert [(one.why, one.id) for one in plan.blocked_by] == [("open_order", "w-open")]
    with pytest.raises(Blocked):
        company.erasing.erase(CUSTOMER, reason="request", by="u-1")
    assert contents(database_url) == before
    assert company.erasing.file.read() == []


def test_a_plan_tells_what_goes_and_what_stays_and_changes_nothing(
    company: Service, database_url: str
) -> None:
    before = contents(database_url)
    plan = company.erasing.plan(CUSTOMER)
    assert (plan.erased, plan.blocked_by, plan.sites, plan.orders, plan.files) == (False, [], 1, 1, 1)
    assert plan.to_blank["contact"] == 2
    assert plan.kept["signed_documents"] == 1
    assert contents(database_url) == before
    erase(company, database_url)
    after = company.erasing.plan(CUSTOMER)
    assert (after.erased, after.to_blank) == (True, {})


def test_what_was_signed_stays_without_the_person(company: Service, database_url: str) -> None:
    before = house.record(company, "sign_off", "sign_off-1")
    erase(company, database_url)
    after = house.record(company, "sign_off", "sign_off-1")
    for name in ("outcome", "signed_at", "document_sha256", "signature", "visit"):
        assert after[name] == before[name]
    assert after["signer"] == {"name": "(erased)", "role": None}


def test_nobody_is_erased_who_is_not_there(company: Service) -> None:
    with pytest.raises(NoSuchCustomer):
        company.erasing.erase("nobody", reason="request", by="u-1")
    assert company.erasing.listed() == []
