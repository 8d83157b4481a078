"""A customer gets everything that is held about them, for a program and for a person, in both languages."""

from __future__ import annotations

import io
import zipfile

import msgspec
import pytest

from server.personal.erasing import NoSuchCustomer
from server.personal.export import export_file
from server.personal.held import Held, held_about
from server.service import Service
from tests.personal_data import house
from tests.personal_data.house import AGGREGATES, CUSTOMER
from tests.personal_data.secrets import KINDS, NAME, NEEDLES


def exported(company: Service) -> dict[str, str]:
    data = export_file(held_about(company.store.database, CUSTOMER, company.now()))
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


def test_every_record_of_the_customer_is_in_it_with_its_history(company: Service) -> None:
    held = msgspec.json.decode(exported(company)["data.json"], type=Held)
    assert {one.id for one in held.aggregates} == set(AGGREGATES)
    found = {record.entity for one in held.aggregates for record in one.records}
    assert found >= set(KINDS)
    for one in held.aggregates:
        assert one.history and all(line.by and line.at for line in one.history)
    deleted = [record.id for one in held.aggregates for record in one.records if record.deleted]
    assert deleted == ["contact-2"]


def test_files_are_listed_with_their_hashes_and_signed_documents_are_named(company: Service) -> None:
    held = msgspec.json.decode(exported(company)["data.json"], type=Held)
    assert [(one.media, one.sha256) for one in held.files] == [("media-1", house.PHOTO_SHA256)]
    assert held.sign_offs == ["sign_off-1"]


@pytest.mark.parametrize(("page", "word"), [("en.html", "Personal data"), ("zh.html", "个人信息")])
def test_a_person_can_read_it(company: Service, page: str, word: str) -> None:
    text = exported(company)[page]
    assert word in text
    assert NAME in text


def test_what_people_typed_cannot_become_part_of_the_page(company: Service) -> None:
    house.rename(company, "<script>alert(1)</script>")
    files = exported(company)
    assert "<script>" not in files["en.html"] + files["zh.html"]


def test_nothing_of_another_customer_is_in_it(company: Service) -> None:
    assert "别家" not in "".join(exported(company).values())


def test_after_an_erasure_it_holds_the_work_and_not_the_person(company: Service) -> None:
    company.erasing.erase(CUSTOMER, reason="request", by="u-1")
    files = exported(company)
    assert not any(needle in text for needle in NEEDLES for text in files.values())
    held = msgspec.json.decode(files["data.json"], type=Held)
    assert any(line.erased for one in held.aggregates for line in one.history)


def test_of_nobody_there_is_nothing(company: Service) -> None:
    with pytest.raises(NoSuchCustomer):
        held_about(company.store.database, "nobody", company.now())
